//! A whole login of the desktop: one file a concern.

mod cancel;
mod captcha;
mod clocks;
mod dialects;
mod errors;
mod exchange;
mod opening;
mod renewal;

use std::time::Duration;

use http::Response;
use ra_core::desktop::login::{
    Config, Event, Input, LoginError, LoginErrorKind, Outcome, Output, Phase,
};
use ra_core::desktop::{Login, session};
use ra_core::{HttpCall, Jitter, MonoTime, Wake};
use ra_http::{Body, TransportError, TransportErrorKind};
use ra_proto::CloseCode;
use ra_testkit::FakeKey;

use crate::desktop_session::{HELLO, challenge, user_frame};

/// A login on a stage. Keys are numbered so that the frames of `desktop_session` fit the first.
pub(crate) struct Stage {
    pub(crate) login: Login,
    pub(crate) now: u64,
}

pub(crate) const LOGIN: &str = r#"{"op":"pending_login","ticket":"canary-ticket"}"#;
pub(crate) const CAPTCHA: &str = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha",
    "captcha_sitekey":"site","captcha_rqdata":"data","captcha_rqtoken":"tok","captcha_session_id":"sid"}"#;
const KEY: u64 = 7;

pub(crate) fn config() -> Config {
    let mut config = Config::default();
    config.gateway = "ws://127.0.0.1:9/".parse().unwrap();
    config.api = "http://127.0.0.1:9/api/v9".parse().unwrap();
    config
}

impl Stage {
    pub(crate) fn with(config: Config) -> Self {
        Self {
            login: Login::new(config, Jitter::from_seed(5), MonoTime::from_millis(1_000)),
            now: 1_000,
        }
    }

    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    pub(crate) fn input(&mut self, input: Input<'_>) -> Vec<Output> {
        let now = MonoTime::from_millis(self.now);
        self.login.handle(now, input);
        if let Some(deadline) = self.login.deadline() {
            assert!(
                deadline.at > now,
                "{deadline:?} does not lie ahead of {now:?}"
            );
        }
        self.drain()
    }

    pub(crate) fn drain(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.login.poll_output()).collect()
    }

    pub(crate) fn say(&mut self, frame: &str) -> Vec<Output> {
        self.input(Input::text(frame))
    }

    pub(crate) fn pass(&mut self, millis: u64) -> Vec<Output> {
        self.now += millis;
        self.input(Input::Tick)
    }

    pub(crate) fn key(&mut self) -> Vec<Output> {
        self.input(Input::Key(Ok(Box::new(FakeKey::new(KEY)))))
    }

    pub(crate) fn wakes(&self) -> (u64, Wake) {
        let deadline = self.login.deadline().unwrap();
        (deadline.at.as_millis() - self.now, deadline.wake)
    }

    /// From `Connect` to the QR, with nothing left in the queue.
    pub(crate) fn until_qr(mut self) -> Self {
        self.drain();
        self.show_qr();
        self
    }

    pub(crate) fn show_qr(&mut self) {
        self.input(Input::Connected);
        self.key();
        self.say(HELLO);
        self.say(&challenge(b"n"));
        let outputs = self.say(&crate::desktop_session::fingerprint_frame(KEY));
        assert!(
            matches!(outputs[..], [Output::Event(Event::Qr { .. })]),
            "{outputs:?}"
        );
    }

    /// From the start to the first call of the ticket exchange.
    pub(crate) fn until_exchange(self) -> (Self, HttpCall) {
        let mut stage = self.until_qr();
        stage.say(&user_frame("1:0:0:mary"));
        let outputs = stage.say(LOGIN);
        match <[Output; 2]>::try_from(outputs) {
            Ok([Output::Disconnect(CloseCode::NORMAL), Output::Call(call)]) => (stage, call),
            other => panic!("no call: {other:?}"),
        }
    }

    pub(crate) fn reply(
        &mut self,
        call: &HttpCall,
        status: u16,
        body: impl AsRef<[u8]>,
    ) -> Vec<Output> {
        self.input(Input::Reply(call.id, Ok(response(status, body))))
    }
}

pub(crate) fn response(status: u16, body: impl AsRef<[u8]>) -> Response<Body> {
    let body = Body::from(body.as_ref().to_vec());
    Response::builder().status(status).body(body).unwrap()
}

/// A good response with this token.
pub(crate) fn token_body(token: impl AsRef<[u8]>) -> String {
    format!(
        r#"{{"encrypted_token":"{}"}}"#,
        FakeKey::new(KEY).seal_text(token)
    )
}

/// Returns the error at the end of the outputs.
pub(crate) fn failed(outputs: Vec<Output>) -> LoginError {
    match outputs.into_iter().next_back() {
        Some(Output::End(Err(error))) => error,
        other => panic!("no failure: {other:?}"),
    }
}

pub(crate) fn the_call(outputs: Vec<Output>) -> HttpCall {
    match <[Output; 1]>::try_from(outputs) {
        Ok([Output::Call(call)]) => call,
        other => panic!("not one call: {other:?}"),
    }
}

pub(crate) fn connect_failed() -> Input<'static> {
    Input::ConnectFailed(TransportError::new(TransportErrorKind::Connect))
}

/// The names of outputs, for scripts that read as dialogue.
pub(crate) fn names(outputs: &[Output]) -> Vec<&'static str> {
    outputs
        .iter()
        .map(|output| match output {
            Output::NeedKey => "need key",
            Output::Connect(_) => "connect",
            Output::Send(_) => "send",
            Output::Disconnect(_) => "disconnect",
            Output::Call(_) => "call",
            Output::Event(Event::Qr { .. }) => "qr",
            Output::Event(Event::Renewing { .. }) => "renewing",
            Output::Event(_) => "event",
            Output::End(Ok(_)) => "end well",
            Output::End(Err(_)) => "end badly",
            _ => "?",
        })
        .collect()
}
