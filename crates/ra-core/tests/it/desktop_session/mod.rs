//! The desktop's side of one socket: one file a phase, one for the clocks.

mod await_hello;
mod await_init;
mod await_nonce;
mod await_scan;
mod await_verdict;
mod clocks;
mod errors;

use std::time::Duration;

use ra_core::desktop::Session;
use ra_core::desktop::session::{
    Config, Dialect, Event, Input, Outcome, Output, Phase, SessionError,
};
use ra_core::{Jitter, MonoTime, Wake};
use ra_proto::CloseCode;
use ra_testkit::FakeKey;

pub(crate) const HELLO: &str = r#"{"op":"hello","timeout_ms":120000,"heartbeat_interval":41250}"#;
pub(crate) const ACK: &str = r#"{"op":"heartbeat_ack"}"#;
pub(crate) const CANCEL: &str = r#"{"op":"cancel"}"#;
pub(crate) const LOGIN: &str = r#"{"op":"pending_login","ticket":"canary-ticket"}"#;
const KEY: u64 = 7;

/// A session on a stage: fast-forwards to a phase, speaks for the gateway, keeps the time.
pub(crate) struct Stage {
    pub(crate) session: Session,
    pub(crate) now: u64,
}

impl Stage {
    pub(crate) fn with(config: Config, seed: u64) -> Self {
        let key = Box::new(FakeKey::new(KEY));
        let session = Session::new(
            config,
            key,
            Jitter::from_seed(seed),
            MonoTime::from_millis(1_000),
        );
        Self {
            session,
            now: 1_000,
        }
    }

    pub(crate) fn new() -> Self {
        Self::with(Config::default(), 3)
    }

    /// A session in this phase, with nothing left in its queue.
    pub(crate) fn at(phase: Phase) -> Self {
        Self::new().forward(phase)
    }

    pub(crate) fn forward(mut self, phase: Phase) -> Self {
        let script = [
            (Phase::AwaitNonce, HELLO.to_owned()),
            (Phase::AwaitInit, challenge(b"nonce")),
            (Phase::AwaitScan, fingerprint_frame(KEY)),
            (Phase::AwaitVerdict, user_frame("1:0:0:mary")),
        ];
        for (reached, frame) in script {
            if reached <= phase && self.session.phase() < reached {
                self.say(&frame);
            }
        }
        assert_eq!(self.session.phase(), phase);
        self
    }

    /// Feeds a frame of the gateway and returns the outputs.
    pub(crate) fn say(&mut self, frame: &str) -> Vec<Output> {
        self.input(Input::Text(frame))
    }

    pub(crate) fn input(&mut self, input: Input<'_>) -> Vec<Output> {
        let now = MonoTime::from_millis(self.now);
        self.session.handle(now, input);
        if let Some(deadline) = self.session.deadline() {
            assert!(
                deadline.at > now,
                "{deadline:?} does not lie ahead of {now:?}"
            );
        }
        self.drain()
    }

    /// Time passes, then a tick.
    pub(crate) fn pass(&mut self, millis: u64) -> Vec<Output> {
        self.now += millis;
        self.input(Input::Tick)
    }

    pub(crate) fn drain(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.session.poll_output()).collect()
    }

    /// Milliseconds until the session wakes, and why.
    pub(crate) fn wakes(&self) -> (u64, Wake) {
        let deadline = self.session.deadline().unwrap();
        (deadline.at.as_millis() - self.now, deadline.wake)
    }
}

pub(crate) fn challenge(nonce: &[u8]) -> String {
    format!(
        r#"{{"op":"nonce_proof","encrypted_nonce":"{}"}}"#,
        FakeKey::new(KEY).seal_text(nonce)
    )
}

pub(crate) fn fingerprint_frame(key: u64) -> String {
    let spki = ra_crypto::SessionKey::public_key(&FakeKey::new(key)).to_vec();
    format!(
        r#"{{"op":"pending_remote_init","fingerprint":"{}"}}"#,
        ra_crypto::fingerprint(&spki)
    )
}

pub(crate) fn user_frame(payload: impl AsRef<[u8]>) -> String {
    let sealed = FakeKey::new(KEY).seal_text(payload);
    format!(r#"{{"op":"pending_ticket","encrypted_user_payload":"{sealed}"}}"#)
}

/// Returns the text that was sent; nothing else may have come.
pub(crate) fn sent(outputs: &[Output]) -> &str {
    match outputs {
        [Output::Send(text)] => text.expose(),
        other => panic!("not one text: {other:?}"),
    }
}

/// Checks that we close with this code, and that the session ends with this error.
pub(crate) fn assert_fails(outputs: &[Output], code: CloseCode, error: &SessionError) {
    match outputs {
        [Output::Close(closed), Output::End(Err(got))] => assert_eq!((closed, got), (&code, error)),
        other => panic!("not a failure: {other:?}"),
    }
}

/// R-19: after 15 seconds in which only heartbeats go out the session fails with this error.
pub(crate) fn assert_awaits_15_seconds(stage: &mut Stage, error: &SessionError) {
    let early = stage.pass(14_999);
    assert!(
        early.iter().all(|o| matches!(o, Output::Send(_))),
        "{early:?}"
    );
    stage.say(ACK);
    assert_fails(&stage.pass(1), CloseCode::NORMAL, error);
}

/// Checks that the session ends with this error alone, because the socket is gone.
pub(crate) fn assert_over(outputs: &[Output], error: &SessionError) {
    assert_eq!(outputs, [Output::End(Err(error.clone()))]);
}

/// Every frame that a gateway may send, well formed.
pub(crate) fn all_frames() -> Vec<(&'static str, String)> {
    vec![
        ("hello", HELLO.to_owned()),
        ("heartbeat_ack", ACK.to_owned()),
        ("nonce_proof", challenge(b"n")),
        ("pending_remote_init", fingerprint_frame(KEY)),
        ("pending_ticket", user_frame("1:0:0:bob")),
        ("pending_login", LOGIN.to_owned()),
        ("cancel", CANCEL.to_owned()),
    ]
}

/// R-15: every frame but these ends the session with an error that names phase and op.
pub(crate) fn assert_takes_only(phase: Phase, taken: &[&str]) {
    for (op, frame) in all_frames() {
        let mut stage = Stage::at(phase);
        let outputs = stage.say(&frame);
        if taken.contains(&op) {
            let failed = matches!(outputs.last(), Some(Output::End(Err(_))));
            assert!(!failed, "{op} in {phase}: {outputs:?}");
        } else {
            assert_fails(
                &outputs,
                CloseCode::PROTOCOL,
                &SessionError::Unexpected { phase, op },
            );
            assert_eq!(stage.session.phase(), Phase::Ended);
        }
    }
}

/// Checks the inputs that every phase refuses alike.
pub(crate) fn assert_refusals(phase: Phase) {
    assert_fails(
        &Stage::at(phase).input(Input::Binary),
        CloseCode::UNSUPPORTED,
        &SessionError::Binary,
    );
    assert_fails(
        &Stage::at(phase).input(Input::Oversized),
        CloseCode::TOO_BIG,
        &SessionError::Oversized,
    );
    for text in [
        "",
        "{",
        "[]",
        "null",
        r#"{"op":1}"#,
        r#"{"op":"hello"}"#,
        r#"{"op":"cancel","op":"cancel"}"#,
    ] {
        let outputs = Stage::at(phase).say(text);
        let refused = matches!(
            outputs[..],
            [
                Output::Close(CloseCode::PROTOCOL),
                Output::End(Err(SessionError::Decode(_)))
            ]
        );
        assert!(refused, "{text} in {phase}: {outputs:?}");
    }
    let lost = SessionError::Lost { phase };
    assert_over(&Stage::at(phase).input(Input::Lost), &lost);
    for code in [4003, 4004] {
        let error = if code == 4003 {
            SessionError::Expired
        } else {
            SessionError::HeartbeatMissed
        };
        assert_over(
            &Stage::at(phase).input(Input::Closed(Some(CloseCode(code)))),
            &error,
        );
    }
    // other codes are kept as numbers (R-16)
    let code = Some(CloseCode(4999));
    assert_over(
        &Stage::at(phase).input(Input::Closed(code)),
        &SessionError::Closed { phase, code },
    );
    // an unknown op is an event and changes nothing (R-03)
    let mut stage = Stage::at(phase);
    let before = stage.session.deadline();
    assert_eq!(
        stage.say(r#"{"op":"future","x":[1]}"#),
        [Output::Event(Event::UnknownOp("future".into()))]
    );
    assert_eq!(
        (stage.session.phase(), stage.session.deadline()),
        (phase, before)
    );
    // cancel by the caller
    let mut stage = Stage::at(phase);
    assert_eq!(
        stage.session.cancel(MonoTime::from_millis(stage.now)),
        Ok(())
    );
    assert_eq!(
        stage.drain(),
        [
            Output::Close(CloseCode::NORMAL),
            Output::End(Ok(Outcome::Cancelled))
        ]
    );
    assert!(
        stage
            .session
            .cancel(MonoTime::from_millis(stage.now))
            .is_err()
    );
    assert_eq!(stage.drain(), []);
}

pub(crate) const ANSWER: Duration = Duration::from_secs(15);
pub(crate) const DIGEST: Dialect = Dialect::Digest;
