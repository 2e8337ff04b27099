//! Texts of errors, and their advice on trying again.

use super::*;
use ra_core::desktop::session::Refusal;
use ra_core::{Fault, Retry};
use std::error::Error as _;

fn samples() -> Vec<(SessionError, Fault, Retry)> {
    let phase = Phase::AwaitScan;
    let closed = |code: u16| SessionError::Closed {
        phase,
        code: Some(CloseCode(code)),
    };
    vec![
        (SessionError::Binary, Fault::Peer, Retry::Never),
        (SessionError::Oversized, Fault::Peer, Retry::Never),
        (
            SessionError::Unexpected { phase, op: "hello" },
            Fault::Peer,
            Retry::Never,
        ),
        (
            SessionError::Unopenable {
                field: "encrypted_nonce",
            },
            Fault::Peer,
            Retry::Never,
        ),
        (
            SessionError::FingerprintMismatch,
            Fault::Peer,
            Retry::NewSession,
        ),
        (
            SessionError::ProofRefused(Refusal::Silence),
            Fault::Peer,
            Retry::NewSession,
        ),
        (
            SessionError::ProofRefused(Refusal::Closed(None)),
            Fault::Peer,
            Retry::NewSession,
        ),
        (
            SessionError::ProofRefused(Refusal::Closed(Some(CloseCode(4002)))),
            Fault::Peer,
            Retry::NewSession,
        ),
        (
            SessionError::Silence { phase },
            Fault::Transport,
            Retry::NewSession,
        ),
        (
            SessionError::HeartbeatMissed,
            Fault::Transport,
            Retry::NewSession,
        ),
        (SessionError::Expired, Fault::Transport, Retry::NewSession),
        (
            SessionError::Lost { phase },
            Fault::Transport,
            Retry::NewSession,
        ),
        (
            SessionError::Closed { phase, code: None },
            Fault::Transport,
            Retry::NewSession,
        ),
        (closed(1000), Fault::Transport, Retry::NewSession),
        (closed(1001), Fault::Transport, Retry::NewSession),
        (closed(1011), Fault::Transport, Retry::NewSession),
        (closed(1002), Fault::Peer, Retry::Never),
        (closed(1003), Fault::Peer, Retry::Never),
        (closed(1008), Fault::Peer, Retry::Never),
        (closed(1009), Fault::Peer, Retry::Never),
        (closed(4000), Fault::Peer, Retry::Never),
        (closed(4001), Fault::Peer, Retry::Never),
        (closed(4002), Fault::Peer, Retry::Never),
        (SessionError::Backlog, Fault::Peer, Retry::Never),
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
