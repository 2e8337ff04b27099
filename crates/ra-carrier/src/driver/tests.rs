//! Tests of the order in which the drivers take inputs, with an [`Io`] that has several of them ready at once.

use std::collections::VecDeque;

use ra_core::desktop::login::{self, ConnectRequest};
use ra_core::{CallId, Deadline, HttpCall, MonoTime, mobile};
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::{CloseCode, Fingerprint, Token};
use ra_testkit::{Fake, SeededEntropy};

use super::{ApprovalDriver, Driver, Io, KeyResult, LoginDriver, ReplyResult, Step};
use crate::{Network, SocketEvent};

/// An [`Io`] whose inputs are written down beforehand. It lists the inputs that the driver has taken.
#[derive(Default)]
struct ScriptedIo {
    cancelled: bool,
    /// Number of times that the deadline passes.
    due: u32,
    /// Set if the deadline passes after each socket event.
    due_after_socket: bool,
    keys: VecDeque<KeyResult>,
    replies: VecDeque<(CallId, ReplyResult)>,
    socket_events: VecDeque<SocketEvent>,
    taken: Vec<&'static str>,
    stopped: bool,
}

impl ScriptedIo {
    /// Two inputs of every kind are ready; the cancellation is not. The machines ignore all but the clock.
    fn ready() -> Self {
        Self {
            due: 2,
            keys: [key(), key()].into(),
            replies: [reply(), reply()].into(),
            socket_events: [SocketEvent::Binary, SocketEvent::Binary].into(),
            ..Self::default()
        }
    }

    fn with_socket_events(count: usize) -> Self {
        Self {
            socket_events: (0..count).map(|_| SocketEvent::Binary).collect(),
            ..Self::default()
        }
    }

    fn take<T>(&mut self, name: &'static str, input: Option<T>) -> Option<T> {
        if input.is_some() {
            self.taken.push(name);
        }
        input
    }
}

impl Io for ScriptedIo {
    fn now(&self) -> MonoTime {
        MonoTime::ZERO
    }

    fn is_due(&mut self, _: Option<Deadline>) -> bool {
        let due = self.due.checked_sub(1);
        self.due = due.unwrap_or(0);
        self.take("clock", due).is_some()
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    fn start_key(&mut self) {}

    fn poll_key(&mut self) -> Option<KeyResult> {
        let key = self.keys.pop_front();
        self.take("key", key)
    }

    fn start_call(&mut self, _: HttpCall) {}

    fn poll_reply(&mut self) -> Option<(CallId, ReplyResult)> {
        let reply = self.replies.pop_front();
        self.take("reply", reply)
    }

    fn start_socket(&mut self, _: ConnectRequest) {}

    fn poll_socket(&mut self) -> Option<SocketEvent> {
        let event = self.socket_events.pop_front();
        if event.is_some() && self.due_after_socket {
            self.due += 1;
        }
        self.take("socket", event)
    }

    fn send(&mut self, _: ra_core::Text) {}

    fn close_socket(&mut self, _: Option<CloseCode>) {}

    fn stop(&mut self) {
        self.stopped = true;
    }
}

fn key() -> KeyResult {
    use ra_crypto::Backend as _;
    Ok(Fake.generate(&mut SeededEntropy::new(7)).unwrap())
}

/// The refusal of a call that the phone made and no login awaits.
fn reply() -> (CallId, ReplyResult) {
    let mut phone = mobile::Session::new(phone_config(), fingerprint(), MonoTime::ZERO);
    let Some(mobile::Output::Call(call)) = phone.poll_output() else {
        panic!("the phone calls first");
    };
    let error = TransportError::new(TransportErrorKind::Timeout);
    (call.id, Err(error))
}

fn phone_config() -> mobile::Config {
    mobile::Config::new(
        "http://127.0.0.1:1/api/v9".parse().unwrap(),
        Token::new("token"),
    )
}

fn fingerprint() -> Fingerprint {
    Fingerprint::from_bytes([7; 32])
}

fn login() -> LoginDriver {
    let mut config = login::Config::default();
    config.gateway = "ws://127.0.0.1:1/".parse().unwrap();
    config.api = "http://127.0.0.1:1/api/v9".parse().unwrap();
    LoginDriver::start(
        config,
        &Network::default(),
        &mut SeededEntropy::new(7),
        MonoTime::ZERO,
    )
    .unwrap()
}

fn approval() -> ApprovalDriver {
    ApprovalDriver::start(
        phone_config(),
        fingerprint(),
        &Network::default(),
        MonoTime::ZERO,
    )
    .unwrap()
}

#[test]
fn a_login_takes_the_clock_then_the_key_then_the_reply_then_the_socket() {
    let mut io = ScriptedIo::ready();
    assert!(matches!(login().poll(&mut io), Step::Wait));
    assert_eq!(
        io.taken,
        [
            "clock", "clock", "key", "key", "reply", "reply", "socket", "socket"
        ]
    );
}

#[test]
fn a_cancelled_login_takes_no_other_input() {
    let mut io = ScriptedIo::ready();
    io.cancelled = true;
    let mut login = login();
    assert!(matches!(login.poll(&mut io), Step::Ended));
    assert!(io.taken.is_empty(), "{:?}", io.taken);
    assert!(io.stopped);
    assert!(matches!(
        login.take_end(),
        Some(Ok(login::Outcome::Cancelled))
    ));
}

#[test]
fn an_approval_takes_the_clock_before_the_reply() {
    let mut io = ScriptedIo::ready();
    io.replies.truncate(1);
    approval().poll(&mut io);
    assert_eq!(io.taken, ["clock", "clock", "reply"]);
}

#[test]
fn a_cancelled_approval_takes_no_other_input() {
    let mut io = ScriptedIo::ready();
    io.cancelled = true;
    let mut approval = approval();
    assert!(matches!(approval.poll(&mut io), Step::Ended));
    assert!(io.taken.is_empty(), "{:?}", io.taken);
    assert!(io.stopped);
    assert!(matches!(
        approval.take_end(),
        Some(Ok(mobile::Outcome::Abandoned))
    ));
}

#[test]
fn a_login_looks_at_the_clock_after_every_socket_event() {
    let mut io = ScriptedIo::with_socket_events(3);
    io.due_after_socket = true;
    assert!(matches!(login().poll(&mut io), Step::Wait));
    assert_eq!(
        io.taken,
        ["socket", "clock", "socket", "clock", "socket", "clock"]
    );
}

#[test]
fn a_login_yields_after_sixteen_socket_events_in_a_row() {
    let mut io = ScriptedIo::with_socket_events(40);
    let mut login = login();
    for taken in [16, 32] {
        assert!(matches!(login.poll(&mut io), Step::Yield));
        assert_eq!(io.taken.len(), taken);
    }
    assert!(matches!(login.poll(&mut io), Step::Wait));
    assert_eq!(io.taken.len(), 40);
}

#[test]
fn a_pause_between_socket_events_starts_the_row_anew() {
    let mut login = login();
    for _ in 0..2 {
        let mut io = ScriptedIo::with_socket_events(15);
        assert!(matches!(login.poll(&mut io), Step::Wait));
        assert_eq!(io.taken.len(), 15);
    }
}
