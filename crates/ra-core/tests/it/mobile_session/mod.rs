//! The phone's approval: one file a concern.

mod clocks;
mod decision;
mod errors;
mod failures;
mod mfa;
mod scan;

use http::{Request, Response};
use ra_core::mobile::{
    Config, Event, Input, MfaAnswer, MobileError, Outcome, Output, Phase, Session,
};
use ra_core::{CallId, Deadline, HttpCall, Misuse, MonoTime, Wake};
use ra_http::{Body, TransportError};
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, Token};

pub(crate) const START: u64 = 1_000;
pub(crate) const HANDSHAKE: &str = r#"{"handshake_token":"canary-handshake"}"#;
pub(crate) const MFA: &str = r#"{"message":"Two factor is required","code":60003,
    "mfa":{"ticket":"canary-mfa-ticket","methods":[{"type":"totp"},{"type":"backup"}]}}"#;
pub(crate) const WRONG_CODE: &str = r#"{"message":"Invalid two-factor code","code":60008}"#;
pub(crate) const PASSED: &str = r#"{"token":"canary-mfa-token"}"#;
/// Every phase but the last.
pub(crate) const LIVING: [Phase; 6] = [
    Phase::Creating,
    Phase::AwaitDecision,
    Phase::Finishing,
    Phase::AwaitMfa,
    Phase::AnsweringMfa,
    Phase::Cancelling,
];

/// The phases in which a call is open.
pub(crate) const CALLING: [Phase; 4] = [
    Phase::Creating,
    Phase::Finishing,
    Phase::AnsweringMfa,
    Phase::Cancelling,
];

/// Checks that the error is that of the phase's own call.
pub(crate) fn assert_of(phase: Phase, error: &MobileError) {
    let own = match phase {
        Phase::Creating => matches!(error, MobileError::Create(_)),
        Phase::Finishing => matches!(error, MobileError::Finish(_)),
        Phase::AnsweringMfa => matches!(error, MobileError::Mfa(_)),
        _ => matches!(error, MobileError::Cancel(_)),
    };
    assert!(own, "{phase}: {error:?}");
}

/// An approval on a stage: fast-forwards to a phase, plays service and person, keeps the time.
pub(crate) struct Stage {
    pub(crate) session: Session,
    pub(crate) now: u64,
    /// The call that left last.
    pub(crate) last: CallId,
}

impl Stage {
    /// A phone that has just scanned; its first call has left.
    pub(crate) fn with(config: Config) -> Self {
        let mut session = Session::new(config, fingerprint(), MonoTime::from_millis(START));
        let last = match session.poll_output() {
            Some(Output::Call(call)) => call.id,
            other => panic!("not a call: {other:?}"),
        };
        assert!(session.poll_output().is_none());
        Self {
            session,
            now: START,
            last,
        }
    }

    /// An approval in this phase, with nothing left in its queue.
    pub(crate) fn at(phase: Phase) -> Self {
        Self::with(config()).forward(phase)
    }

    pub(crate) fn forward(mut self, phase: Phase) -> Self {
        if phase != Phase::Creating {
            self.reply(200, HANDSHAKE);
        }
        match phase {
            Phase::Creating | Phase::AwaitDecision => {}
            Phase::Cancelling => _ = self.call_of(Session::decline),
            Phase::Ended => {
                self.call_of(Session::decline);
                self.reply(204, "");
            }
            _ => _ = self.call_of(Session::approve),
        }
        if matches!(phase, Phase::AwaitMfa | Phase::AnsweringMfa) {
            self.reply(401, MFA);
        }
        if phase == Phase::AnsweringMfa {
            self.call_of(|session, now| session.answer_mfa(now, totp("canary-code")));
        }
        assert_eq!(self.session.phase(), phase);
        self
    }

    pub(crate) fn time(&self) -> MonoTime {
        MonoTime::from_millis(self.now)
    }

    pub(crate) fn input(&mut self, input: Input) -> Vec<Output> {
        let now = self.time();
        self.session.handle(now, input);
        match self.session.deadline() {
            Some(deadline) => assert!(deadline.at > now, "{deadline:?} is not ahead of {now:?}"),
            None => assert_eq!(self.session.phase(), Phase::Ended),
        }
        self.drain()
    }

    /// The service answers the last call.
    pub(crate) fn reply(&mut self, status: u16, body: &str) -> Vec<Output> {
        self.input(Input::Reply(self.last, Ok(response(status, body))))
    }

    /// The last call brings no answer.
    pub(crate) fn no_reply(&mut self, error: TransportError) -> Vec<Output> {
        self.input(Input::Reply(self.last, Err(error)))
    }

    /// A command that is taken and leads to one call.
    pub(crate) fn call_of(
        &mut self,
        command: impl FnOnce(&mut Session, MonoTime) -> Result<(), Misuse>,
    ) -> HttpCall {
        let now = self.time();
        assert_eq!(command(&mut self.session, now), Ok(()));
        self.only_call()
    }

    /// Takes the only call in the queue.
    pub(crate) fn only_call(&mut self) -> HttpCall {
        let outputs = self.drain();
        self.take_call(outputs)
    }

    pub(crate) fn take_call(&mut self, mut outputs: Vec<Output>) -> HttpCall {
        match (outputs.pop(), outputs.pop()) {
            (Some(Output::Call(call)), None) => {
                self.last = call.id;
                call
            }
            other => panic!("not one call: {other:?}"),
        }
    }

    /// A command that this phase does not take: it changes nothing.
    pub(crate) fn assert_misuse(
        &mut self,
        command: impl FnOnce(&mut Session, MonoTime) -> Result<(), Misuse>,
        misuse: Misuse,
    ) {
        let (now, phase, deadline) = (self.time(), self.session.phase(), self.session.deadline());
        assert_eq!(command(&mut self.session, now), Err(misuse));
        assert!(self.drain().is_empty());
        assert_eq!(
            (self.session.phase(), self.session.deadline()),
            (phase, deadline)
        );
    }

    /// Time passes, then a tick.
    pub(crate) fn pass(&mut self, millis: u64) -> Vec<Output> {
        self.now += millis;
        self.input(Input::Tick)
    }

    pub(crate) fn drain(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.session.poll_output()).collect()
    }

    /// Milliseconds since the start at which the session wakes, and why.
    pub(crate) fn wakes(&self) -> (u64, Wake) {
        let Deadline { at, wake, .. } = self.session.deadline().expect("a living session");
        (at.as_millis() - START, wake)
    }
}

pub(crate) fn config() -> Config {
    let api = "https://discord.com/api/v9".parse().expect("an address");
    Config::new(api, Token::new("canary-authorization".to_owned()))
}

pub(crate) fn fingerprint() -> Fingerprint {
    Fingerprint::from_bytes([7; 32])
}

pub(crate) fn totp(code: &str) -> MfaAnswer {
    MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new(code.to_owned()))
}

pub(crate) fn response(status: u16, body: &str) -> Response<Body> {
    Response::builder()
        .status(status)
        .body(Body::from(body.as_bytes().to_vec()))
        .expect("a response")
}

/// The path below the API's base, and the body.
pub(crate) fn said(request: &Request<Body>) -> (&str, &str) {
    let path = request.uri().path().strip_prefix("/api/v9");
    let body = std::str::from_utf8(request.body().as_bytes());
    (path.expect("below the base"), body.expect("UTF-8"))
}

/// Every call of a phone is a POST of JSON over TLS to the API with the account's token, marked
/// as sensitive.
pub(crate) fn assert_is_the_phones(call: &HttpCall) {
    let request = &call.request;
    assert_eq!(request.method(), "POST");
    let uri = request.uri();
    assert_eq!(
        (uri.scheme_str(), uri.host()),
        (Some("https"), Some("discord.com"))
    );
    assert_eq!(request.headers()["content-type"], "application/json");
    let authorization = &request.headers()["authorization"];
    assert_eq!(authorization, "canary-authorization");
    assert!(authorization.is_sensitive());
    assert_eq!(call.timeout.as_secs(), 15);
}

/// Returns the error that ended the session; nothing else may have come.
pub(crate) fn failure(outputs: Vec<Output>) -> MobileError {
    match <[Output; 1]>::try_from(outputs) {
        Ok([Output::End(Err(error))]) => error,
        other => panic!("not a failure: {other:?}"),
    }
}

pub(crate) fn assert_outcome(outputs: &[Output], expected: Outcome) {
    match outputs {
        [Output::End(Ok(outcome))] => assert_eq!(*outcome, expected),
        other => panic!("not {expected:?}: {other:?}"),
    }
}

/// Returns the event; nothing else may have come.
pub(crate) fn event(outputs: Vec<Output>) -> Event {
    match <[Output; 1]>::try_from(outputs) {
        Ok([Output::Event(event)]) => event,
        other => panic!("not an event: {other:?}"),
    }
}
