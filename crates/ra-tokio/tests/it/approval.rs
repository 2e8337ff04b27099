//! The phone's driver.

use std::time::Duration;

use ra_core::Misuse;
use ra_core::mobile::{Config, Event, MfaAnswer, MobileError, Outcome};
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, Token};
use ra_tokio::{Approval, Network, StartError};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::support::{bounded, json, listener, read_request};

const CREATED: &str = r#"{"handshake_token":"canary-handshake"}"#;
const MFA: &str =
    r#"{"message":"mfa","code":60003,"mfa":{"ticket":"canary-mfa","methods":[{"type":"totp"}]}}"#;

struct Phone {
    rest: TcpListener,
    config: Config,
}

impl Phone {
    async fn new() -> Self {
        let (rest, address) = listener().await;
        let api = format!("http://{address}/api/v9").parse().unwrap();
        Self {
            rest,
            config: Config::new(api, Token::new("canary-token".to_owned())),
        }
    }

    fn approval(&self) -> Approval {
        Approval::start(self.config.clone(), fingerprint(), Network::default()).unwrap()
    }

    /// Answers calls one after the other and says what was asked.
    async fn answer(&self, replies: &[(&str, &str)]) -> Vec<String> {
        let mut requests = Vec::new();
        for (status, body) in replies {
            let (mut stream, _) = self.rest.accept().await.unwrap();
            requests.push(read_request(&mut stream).await);
            stream
                .write_all(json(status, body).as_bytes())
                .await
                .unwrap();
        }
        requests
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

#[tokio::test]
async fn r41_r42_r44_an_approval_waits_for_the_person() {
    bounded(async {
        let phone = Phone::new().await;
        let mut approval = phone.approval();
        let (outcome, requests) = tokio::join!(
            async {
                assert_eq!(
                    approval.approve(),
                    Err(Misuse::NothingToDecide),
                    "nothing was shown yet"
                );
                assert_eq!(
                    approval.next_event().await,
                    Some(Event::Confirm {
                        fingerprint: fingerprint()
                    })
                );
                approval.approve().unwrap();
                assert_eq!(approval.next_event().await, None);
                assert!(approval.approve().is_err());
                approval.outcome().await
            },
            phone.answer(&[("200 OK", CREATED), ("204 No Content", "")])
        );
        assert_eq!(outcome.unwrap(), Outcome::Approved);
        assert_eq!(
            paths(&requests),
            [
                "/api/v9/users/@me/remote-auth",
                "/api/v9/users/@me/remote-auth/finish"
            ]
        );
        for request in requests {
            assert!(request.contains("\r\nauthorization: canary-token\r\n"));
        }
    })
    .await;
}

#[tokio::test]
async fn r42_a_refusal_is_told_to_the_service() {
    bounded(async {
        let phone = Phone::new().await;
        let mut approval = phone.approval();
        let (outcome, requests) = tokio::join!(
            async {
                approval.next_event().await.unwrap();
                approval.decline().unwrap();
                approval.outcome().await
            },
            phone.answer(&[("200 OK", CREATED), ("204 No Content", "")])
        );
        assert_eq!(outcome.unwrap(), Outcome::Declined);
        assert_eq!(paths(&requests)[1], "/api/v9/users/@me/remote-auth/cancel");
    })
    .await;
}

#[tokio::test]
async fn r43_a_second_factor_is_asked_for_until_it_is_right() {
    bounded(async {
        let phone = Phone::new().await;
        let mut approval = phone.approval();
        let totp =
            |code: &str| MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new(code.to_owned()));
        let (outcome, requests) = tokio::join!(
            async {
                approval.next_event().await.unwrap();
                approval.approve().unwrap();
                let methods = vec![MfaMethod::Totp];
                let first = Event::MfaRequired {
                    methods: methods.clone(),
                    retry: false,
                };
                assert_eq!(approval.next_event().await, Some(first));
                approval.answer_mfa(totp("000000")).unwrap();
                assert_eq!(
                    approval.next_event().await,
                    Some(Event::MfaRequired {
                        methods,
                        retry: true
                    })
                );
                approval.answer_mfa(totp("123456")).unwrap();
                approval.outcome().await
            },
            phone.answer(&[
                ("200 OK", CREATED),
                ("401 Unauthorized", MFA),
                ("400 Bad Request", r#"{"code":60008}"#),
                ("200 OK", r#"{"token":"canary-passed"}"#),
                ("204 No Content", ""),
            ])
        );
        assert_eq!(outcome.unwrap(), Outcome::Approved);
        assert!(requests[4].contains("\r\nx-discord-mfa-authorization: canary-passed\r\n"));
    })
    .await;
}

/// Every await dropped and taken up again.
#[tokio::test]
async fn dropped_reads_lose_nothing() {
    bounded(async {
        let phone = Phone::new().await;
        let mut approval = phone.approval();
        let (dropped, _) = tokio::join!(
            async {
                let mut dropped = 0;
                loop {
                    tokio::select! {
                        biased;
                        event = approval.next_event() => match event {
                            Some(_) => approval.approve().unwrap(),
                            None => break dropped,
                        },
                        () = tokio::task::yield_now() => dropped += 1,
                    }
                }
            },
            phone.answer(&[("200 OK", CREATED), ("204 No Content", "")])
        );
        assert!(dropped > 0);
        assert_eq!(approval.outcome().await.unwrap(), Outcome::Approved);
    })
    .await;
}

#[tokio::test]
async fn r44_without_a_decision_nothing_is_approved() {
    bounded(async {
        let mut phone = Phone::new().await;
        phone.config.decide_within = Duration::from_millis(50);
        let (outcome, _) = tokio::join!(
            phone.approval().outcome(),
            phone.answer(&[("200 OK", CREATED)])
        );
        assert!(matches!(outcome, Err(MobileError::TooLate)), "{outcome:?}");
        assert!(
            crate::support::is_untouched(phone.rest).await,
            "no further call"
        );
    })
    .await;
}

#[tokio::test]
async fn r44_an_approval_that_was_given_up_approves_nothing() {
    bounded(async {
        let phone = Phone::new().await;
        let mut approval = phone.approval();
        let (outcome, _) = tokio::join!(
            async {
                approval.next_event().await.unwrap();
                approval.abandon().unwrap();
                assert!(approval.approve().is_err());
                assert_eq!(approval.abandon(), Err(Misuse::Ended));
                approval.outcome().await
            },
            phone.answer(&[("200 OK", CREATED)])
        );
        assert_eq!(outcome.unwrap(), Outcome::Abandoned);
        assert!(crate::support::is_untouched(phone.rest).await);
    })
    .await;
}

#[tokio::test]
async fn a_refused_or_silent_service_ends_the_approval_without_a_secret_in_its_words() {
    bounded(async {
        let phone = Phone::new().await;
        let refused = [("404 Not Found", r#"{"message":"canary","code":10020}"#)];
        let (outcome, _) = tokio::join!(phone.approval().outcome(), phone.answer(&refused));
        let error = outcome.unwrap_err();
        assert_eq!(error.http().unwrap().code(), Some(10020));
        assert!(!format!("{error:?} {error} {:?}", error.http()).contains("canary"));

        let mut phone = Phone::new().await;
        phone.config.call_within = Duration::from_millis(50);
        let (outcome, _) = tokio::join!(phone.approval().outcome(), phone.rest.accept());
        assert!(
            matches!(outcome, Err(MobileError::Create(_))),
            "{outcome:?}"
        );
    })
    .await;
}

#[test]
fn outside_of_a_runtime_an_approval_does_not_start() {
    let config = Config::new(
        "https://discord.com/api/v9".parse().unwrap(),
        Token::new(String::new()),
    );
    let started = Approval::start(config, fingerprint(), Network::default());
    assert!(matches!(started, Err(StartError::NoRuntime)));
}

#[cfg(not(any(feature = "rustls-platform-verifier", feature = "webpki-roots")))]
#[tokio::test]
async fn without_roots_of_trust_an_approval_does_not_start() {
    let config = Config::new(
        "https://discord.com/api/v9".parse().unwrap(),
        Token::new(String::new()),
    );
    let started = Approval::start(config, fingerprint(), Network::default());
    assert!(matches!(started, Err(StartError::Tls(_))));
}
