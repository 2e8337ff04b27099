//! Texts of errors, and their advice on trying again.

use super::*;
use ra_core::desktop::session::Refusal;
use ra_core::{Fault, Retry};
use std::error::Error as _;

fn samples() -> Vec<(SessionError, Fault, Retry)> {
    use Fault::{Peer, Transport};
    use Retry::{Never, NewSession};
    use SessionError as E;
    let (phase, field) = (Phase::AwaitScan, "encrypted_nonce");
    let closed = |code: u16| E::Closed {
        phase,
        code: Some(CloseCode(code)),
    };
    vec![
        (E::Binary, Peer, Never),
        (E::Oversized, Peer, Never),
        (E::Unexpected { phase, op: "hello" }, Peer, Never),
        (E::Unopenable { field }, Peer, Never),
        (E::FingerprintMismatch, Peer, NewSession),
        (E::ProofRefused(Refusal::Silence), Peer, NewSession),
        (E::ProofRefused(Refusal::Closed(None)), Peer, NewSession),
        (
            E::ProofRefused(Refusal::Closed(Some(CloseCode(4002)))),
            Peer,
            NewSession,
        ),
        (E::Silence { phase }, Transport, NewSession),
        (E::HeartbeatMissed, Transport, NewSession),
        (E::Expired, Transport, NewSession),
        (E::Lost { phase }, Transport, NewSession),
        (E::Closed { phase, code: None }, Transport, NewSession),
        (closed(1000), Transport, NewSession),
        (closed(1001), Transport, NewSession),
        (closed(1011), Transport, NewSession),
        (closed(1002), Peer, Never),
        (closed(1003), Peer, Never),
        (closed(1008), Peer, Never),
        (closed(1009), Peer, Never),
        (closed(4000), Peer, Never),
        (closed(4001), Peer, Never),
        (closed(4002), Peer, Never),
        (E::Backlog, Peer, Never),
    ]
}

#[test]
fn r21_who_is_to_blame_and_what_now() {
    for (error, fault, retry) in samples() {
        assert_eq!((error.fault(), error.retry()), (fault, retry), "{error:?}");
    }
}

#[test]
fn messages_are_one_plain_line_each_of_its_own() {
    let mut seen = std::collections::BTreeSet::new();
    for (error, ..) in samples() {
        let text = error.to_string();
        assert!(
            text.starts_with(|c: char| c.is_lowercase())
                && !text.ends_with('.')
                && !text.contains('\n'),
            "{text}"
        );
        assert!(seen.insert(text), "said twice: {error:?}");
        assert!(error.source().is_none());
    }
}

#[test]
fn causes_are_in_the_source() {
    for frame in ["{".to_owned(), user_frame("1:2:3")] {
        match Stage::at(Phase::AwaitScan).say(&frame).pop() {
            Some(Output::End(Err(error))) => {
                let source = error.source().unwrap().to_string();
                assert!(!error.to_string().contains(&source), "{error}: {source}");
                assert_eq!((error.fault(), error.retry()), (Fault::Peer, Retry::Never));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn r34_debug_of_the_session_and_its_input_shows_no_content() {
    let stage = Stage::at(Phase::AwaitVerdict);
    assert_eq!(
        format!("{:?}", stage.session),
        "Session { phase: AwaitVerdict, .. }"
    );
    assert_eq!(
        format!("{:?}", Input::Text(LOGIN)),
        format!("Text({} bytes)", LOGIN.len())
    );
    assert_eq!(
        format!("{:?}", Input::Closed(Some(CloseCode(4001)))),
        "Closed(Some(CloseCode(4001)))"
    );
    assert_eq!(
        format!(
            "{:?}{:?}{:?}{:?}",
            Input::Binary,
            Input::Oversized,
            Input::Lost,
            Input::Tick
        ),
        "BinaryOversizedLostTick"
    );
}
