//! The device flow, driven by hand.

use ra_http::{BaseUrl, Body, Endpoint as _, TransportError, TransportErrorKind};

use super::*;
use crate::{ClientSecret, ConfidentialClient, DeviceCode, PublicClient, Snowflake};

mod endings;
mod polls;
mod properties;
mod requests;
mod survival;

/// The document's example (O-126).
const CODES: &str = r#"{
    "device_code": "PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali",
    "user_code": "ZAW6C586",
    "verification_uri": "https://discord.com/activate",
    "verification_uri_complete": "https://discord.com/activate?user_code=ZAW6C586",
    "expires_in": 300,
    "interval": 5
}"#;

const TOKEN: &str = r#"{"token_type":"Bearer","access_token":"canary-access","expires_in":604800,
    "refresh_token":"canary-refresh","scope":"identify"}"#;

/// Time zero of most tests, so that a machine that forgets the start is found out.
const START: u64 = 1_000_000;

fn codes() -> DeviceAuthorization {
    DeviceAuthorization::decode(CODES.as_bytes()).unwrap()
}

fn base() -> BaseUrl {
    "https://discord.com/api/v10".parse().unwrap()
}

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// A session with a clock.
struct Rig {
    session: Session,
    now: MonoTime,
}

impl Rig {
    fn new() -> Self {
        Self::with(&codes())
    }

    fn with(codes: &DeviceAuthorization) -> Self {
        let now = MonoTime::from_millis(START);
        let client = PublicClient::new(Snowflake::new(7));
        Self {
            session: Session::new(client, codes, now),
            now,
        }
    }

    /// Seconds since the start, with the part of a second in whole milliseconds.
    fn clock(&self) -> Duration {
        self.now.saturating_since(MonoTime::from_millis(START))
    }

    fn sleep(&mut self, wait: Duration) {
        self.now = self.now.saturating_add(wait);
        self.session.handle(self.now, Input::Tick);
    }

    /// Sleeps to the deadline, and not a millisecond longer, and answers why it woke.
    fn wake(&mut self) -> Wake {
        let deadline = self.session.deadline().unwrap();
        let before = MonoTime::from_millis(deadline.at.as_millis() - 1);
        if before > self.now {
            self.now = before;
            self.session.handle(self.now, Input::Tick);
            assert_eq!(self.session.deadline(), Some(deadline), "woke too early");
        }
        self.now = deadline.at;
        self.session.handle(self.now, Input::Tick);
        deadline.wake
    }

    /// Sleeps until the next poll.
    fn call(&mut self) -> Call {
        assert_eq!(self.wake(), Wake::Poll);
        match self.session.poll_output() {
            Some(Output::Call(call)) => {
                assert!(self.session.poll_output().is_none());
                call
            }
            other => panic!("{other:?}"),
        }
    }

    /// Answers a call with this status and body.
    fn answer(&mut self, call: &Call, status: u16, body: &str) {
        self.answer_with(call, response(status, None, body));
    }

    fn answer_with(&mut self, call: &Call, response: http::Response<Body>) {
        let reply = call.poll.from_http(response);
        self.session.handle(self.now, Input::Reply(call.id, reply));
    }

    fn fail(&mut self, call: &Call, kind: TransportErrorKind) {
        let error = TransportError::new(kind).into();
        self.session
            .handle(self.now, Input::Reply(call.id, Err(error)));
    }

    fn event(&mut self) -> Event {
        match self.session.poll_output() {
            Some(Output::Event(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    /// The end, which has to be the next and last output.
    fn end(&mut self) -> Result<Outcome, DeviceError> {
        let Some(Output::End(end)) = self.session.poll_output() else {
            panic!("no end");
        };
        assert!(
            self.session.poll_output().is_none(),
            "something after the end"
        );
        assert!(self.session.has_ended());
        assert_eq!(self.session.deadline(), None);
        end
    }

    /// How long it is to the next poll.
    fn to_next_poll(&self) -> Duration {
        let deadline = self.session.deadline().unwrap();
        assert_eq!(deadline.wake, Wake::Poll);
        deadline.at.saturating_since(self.now)
    }
}

fn response(status: u16, retry_after: Option<&str>, body: &str) -> http::Response<Body> {
    let mut response = http::Response::builder().status(status);
    if let Some(wait) = retry_after {
        response = response.header("retry-after", wait);
    }
    response.body(body.as_bytes().to_vec().into()).unwrap()
}

fn refusal(code: &str) -> String {
    format!("{{\"error\":\"{code}\",\"error_description\":\"x\"}}")
}
