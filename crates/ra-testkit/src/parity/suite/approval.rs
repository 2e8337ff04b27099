//! The phone's driver.

use std::io::Write as _;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use ra_carrier::Network;
use ra_core::Misuse;
use ra_core::mobile::{Config, Event, MfaAnswer, MobileError, Outcome, Phase};
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, Token};

use crate::parity::peers::{accept, is_untouched, json, listener, read_request};
use crate::parity::{Operations, RunningApproval};

/// The reply to a scan.
pub const CREATED: (&str, &str) = ("200 OK", r#"{"handshake_token":"canary-handshake"}"#);
/// The reply to a decision.
pub const DONE: (&str, &str) = ("204 No Content", "");
const MFA: &str =
    r#"{"message":"mfa","code":60003,"mfa":{"ticket":"canary-mfa","methods":[{"type":"totp"}]}}"#;

/// The service that a phone calls.
pub struct Phone {
    /// Listener for calls.
    pub rest: TcpListener,
    /// Configuration of an approval there.
    pub config: Config,
}

#[allow(clippy::new_without_default, reason = "it opens a listener")]
impl Phone {
    pub fn new() -> Self {
        let (rest, address) = listener();
        let api = format!("http://{address}/api/v9").parse().unwrap();
        Self {
            rest,
            config: Config::new(api, Token::new("canary-token".to_owned())),
        }
    }

    pub fn approval<A: Operations>(&self, adapter: A) -> A::Approval {
        let config = self.config.clone();
        let started = adapter.start_approval(config, fingerprint(), Network::default());
        started.unwrap()
    }

    /// Answers calls one after the other and says what was asked.
    pub fn answer(
        self,
        replies: &'static [(&str, &str)],
    ) -> thread::JoinHandle<(Self, Vec<String>)> {
        thread::spawn(move || {
            let mut requests = Vec::new();
            for (status, body) in replies {
                let mut stream = accept(&self.rest);
                requests.push(read_request(&mut stream));
                stream.write_all(json(status, body).as_bytes()).unwrap();
            }
            (self, requests)
        })
    }
}

fn fingerprint() -> Fingerprint {
    Fingerprint::from_bytes([7; 32])
}

fn paths(requests: &[String]) -> Vec<&str> {
    requests
        .iter()
        .map(|request| request.split(' ').nth(1).unwrap())
        .collect()
}

pub fn r41_r42_r44_an_approval_waits_for_the_person<A: Operations>(adapter: A) {
    let phone = Phone::new();
    let mut approval = phone.approval(adapter);
    let service = phone.answer(&[CREATED, DONE]);
    assert_eq!(
        approval.approve(),
        Err(Misuse::NothingToDecide),
        "nothing was shown yet"
    );
    let confirm = Event::Confirm {
        fingerprint: fingerprint(),
    };
    assert_eq!(approval.next_event(), Some(confirm));
    approval.approve().unwrap();
    assert_eq!(approval.next_event(), None);
    assert_eq!(approval.phase(), Phase::Ended);
    assert!(approval.approve().is_err());
    assert_eq!(approval.outcome().unwrap(), Outcome::Approved);
    let (_, requests) = service.join().unwrap();
    let expected = [
        "/api/v9/users/@me/remote-auth",
        "/api/v9/users/@me/remote-auth/finish",
    ];
    assert_eq!(paths(&requests), expected);
    for request in requests {
        assert!(request.contains("\r\nauthorization: canary-token\r\n"));
    }
}

pub fn r42_a_refusal_is_told_to_the_service<A: Operations>(adapter: A) {
    let phone = Phone::new();
    let mut approval = phone.approval(adapter);
    let service = phone.answer(&[CREATED, DONE]);
    approval.next_event().unwrap();
    approval.decline().unwrap();
    assert_eq!(approval.outcome().unwrap(), Outcome::Declined);
    let (_, requests) = service.join().unwrap();
    assert_eq!(paths(&requests)[1], "/api/v9/users/@me/remote-auth/cancel");
}

pub fn r43_a_second_factor_is_asked_for_until_it_is_right<A: Operations>(adapter: A) {
    let phone = Phone::new();
    let mut approval = phone.approval(adapter);
    let service = phone.answer(&[
        CREATED,
        ("401 Unauthorized", MFA),
        ("400 Bad Request", r#"{"code":60008}"#),
        ("200 OK", r#"{"token":"canary-passed"}"#),
        DONE,
    ]);
    let totp = |code: &str| MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new(code.to_owned()));
    let asked = |retry| Event::MfaRequired {
        methods: vec![MfaMethod::Totp],
        retry,
    };
    approval.next_event().unwrap();
    approval.approve().unwrap();
    assert_eq!(approval.next_event(), Some(asked(false)));
    approval.answer_mfa(totp("000000")).unwrap();
    assert_eq!(approval.next_event(), Some(asked(true)));
    approval.answer_mfa(totp("123456")).unwrap();
    assert_eq!(approval.outcome().unwrap(), Outcome::Approved);
    let (_, requests) = service.join().unwrap();
    assert!(requests[4].contains("\r\nx-discord-mfa-authorization: canary-passed\r\n"));
}

pub fn r44_without_a_decision_nothing_is_approved<A: Operations>(adapter: A) {
    let mut phone = Phone::new();
    phone.config.decide_within = Duration::from_millis(50);
    let approval = phone.approval(adapter);
    let service = phone.answer(&[CREATED]);
    let outcome = approval.outcome();
    assert!(matches!(outcome, Err(MobileError::TooLate)), "{outcome:?}");
    let (phone, _) = service.join().unwrap();
    assert!(is_untouched(&phone.rest), "no further call");
}

pub fn r44_an_approval_that_was_given_up_approves_nothing<A: Operations>(adapter: A) {
    let phone = Phone::new();
    let mut approval = phone.approval(adapter);
    let service = phone.answer(&[CREATED]);
    approval.next_event().unwrap();
    approval.abandon().unwrap();
    assert!(approval.approve().is_err());
    assert_eq!(approval.abandon(), Err(Misuse::Ended));
    assert_eq!(approval.outcome().unwrap(), Outcome::Abandoned);
    let (phone, _) = service.join().unwrap();
    assert!(is_untouched(&phone.rest));
}

pub fn an_approval_that_is_dropped_approves_nothing<A: Operations>(adapter: A) {
    let phone = Phone::new();
    let mut approval = phone.approval(adapter);
    let service = phone.answer(&[CREATED]);
    approval.next_event().unwrap();
    approval.approve().unwrap();
    drop(approval); // before the decision was sent
    let (phone, _) = service.join().unwrap();
    assert!(is_untouched(&phone.rest));
}

pub fn a_refused_or_silent_service_ends_the_approval_without_a_secret_in_its_words<
    A: Operations,
>(
    adapter: A,
) {
    let phone = Phone::new();
    let approval = phone.approval(adapter);
    let service = phone.answer(&[("404 Not Found", r#"{"message":"canary","code":10020}"#)]);
    let error = approval.outcome().unwrap_err();
    assert_eq!(error.http().unwrap().code(), Some(10020));
    assert!(!format!("{error:?} {error} {:?}", error.http()).contains("canary"));
    service.join().unwrap();

    let mut phone = Phone::new();
    phone.config.call_within = Duration::from_millis(50);
    let outcome = phone.approval(adapter).outcome(); // the call waits in the listener's queue
    assert!(
        matches!(outcome, Err(MobileError::Create(_))),
        "{outcome:?}"
    );
}
