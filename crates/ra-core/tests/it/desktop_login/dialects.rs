//! R-07 and R-20: the two proof dialects, and falling back from one to the other.

use super::*;
use ra_core::desktop::login::{ProofPolicy, Renewal};
use ra_core::desktop::session::Dialect;

/// Up to the proof; answers the member it came in.
fn prove(stage: &mut Stage) -> &'static str {
    stage.input(Input::Connected);
    stage.key();
    stage.say(HELLO);
    match &stage.say(&challenge(b"n"))[..] {
        [Output::Send(text)] if text.expose().contains(r#""proof":"#) => "digest",
        [Output::Send(text)] if text.expose().contains(r#""nonce":"#) => "nonce",
        other => panic!("no proof: {other:?}"),
    }
}

fn refusals() -> Vec<(&'static str, Option<Option<CloseCode>>)> {
    vec![
        ("silence", None),
        ("1000", Some(Some(CloseCode::NORMAL))),
        ("4001", Some(Some(CloseCode::DECODE_ERROR))),
        ("4002", Some(Some(CloseCode::HANDSHAKE_FAILURE))),
        ("no code", Some(None)),
    ]
}

fn refuse(stage: &mut Stage, how: Option<Option<CloseCode>>) -> Vec<Output> {
    match how {
        Some(code) => stage.input(Input::closed(code)),
        None => {
            stage.now += 15_000;
            stage.input(Input::Tick)
        }
    }
}

#[test]
fn r07_r20_a_refused_digest_is_tried_as_nonce_at_once_and_is_no_renewal() {
    for (name, how) in refusals() {
        let mut config = config();
        config.renewal = Renewal::Limit(0);
        let mut stage = Stage::with(config);
        stage.drain();
        assert_eq!(prove(&mut stage), "digest");
        let outputs = refuse(&mut stage, how);
        let expected: &[&str] = if how.is_none() {
            &["send", "disconnect", "need key", "connect"]
        } else {
            &["need key", "connect"]
        };
        let names = names(&outputs);
        assert!(
            names == expected || names == expected[usize::from(how.is_none())..],
            "{name}: {names:?}"
        );
        assert_eq!(prove(&mut stage), "nonce", "{name}");
    }
}

#[test]
fn r07_when_both_are_refused_the_gateway_refuses_us() {
    let mut stage = Stage::new();
    stage.drain();
    for expected in ["digest", "nonce"] {
        assert_eq!(prove(&mut stage), expected);
        let outputs = stage.input(Input::closed(Some(CloseCode::HANDSHAKE_FAILURE)));
        if expected == "nonce" {
            assert_eq!(names(&outputs), ["end badly"]);
            assert_eq!(failed(outputs).kind(), LoginErrorKind::Refused);
        }
    }
}

#[test]
fn r07_a_fixed_dialect_is_never_left() {
    for (dialect, name) in [(Dialect::Digest, "digest"), (Dialect::Nonce, "nonce")] {
        let mut config = config();
        config.proof = ProofPolicy::Only(dialect);
        let mut stage = Stage::with(config.clone());
        stage.drain();
        assert_eq!(prove(&mut stage), name);
        let outputs = stage.input(Input::closed(Some(CloseCode::HANDSHAKE_FAILURE)));
        assert_eq!(failed(outputs).kind(), LoginErrorKind::Refused);
        // nor when the connection breaks at the proof
        let mut stage = Stage::with(config);
        stage.drain();
        prove(&mut stage);
        stage.input(Input::lost());
        let (wait, _) = stage.wakes();
        stage.pass(wait);
        assert_eq!(prove(&mut stage), name);
    }
}

#[test]
fn r07_the_dialect_that_worked_is_kept_for_the_next_session() {
    let mut stage = Stage::new();
    stage.drain();
    prove(&mut stage);
    stage.input(Input::closed(Some(CloseCode::HANDSHAKE_FAILURE)));
    assert_eq!(prove(&mut stage), "nonce");
    stage.say(&crate::desktop_session::fingerprint_frame(KEY));
    for _ in 0..3 {
        stage.input(Input::closed(Some(CloseCode::SESSION_TIMED_OUT)));
        let (wait, _) = stage.wakes();
        stage.pass(wait);
        assert_eq!(prove(&mut stage), "nonce");
        stage.say(&crate::desktop_session::fingerprint_frame(KEY));
    }
}

#[test]
fn r20_a_refusal_of_a_dialect_that_worked_before_is_a_failed_session_like_others() {
    let mut stage = Stage::new().until_qr();
    stage.input(Input::closed(Some(CloseCode::SESSION_TIMED_OUT)));
    let (wait, _) = stage.wakes();
    stage.pass(wait);
    assert_eq!(prove(&mut stage), "digest");
    let outputs = stage.input(Input::closed(Some(CloseCode::NORMAL)));
    assert_eq!(names(&outputs), ["renewing", "need key"]);
    let (wait, _) = stage.wakes();
    stage.pass(wait);
    assert_eq!(prove(&mut stage), "digest");
}

#[test]
fn r20_a_crash_at_the_proof_is_a_renewal_in_the_other_dialect() {
    // what R-20 does not list counts as a failure, but the next try speaks the other dialect
    for crash in [Input::lost(), Input::closed(Some(CloseCode::INTERNAL))] {
        let mut stage = Stage::new();
        stage.drain();
        assert_eq!(prove(&mut stage), "digest");
        assert_eq!(names(&stage.input(crash)), ["renewing", "need key"]);
        let (wait, _) = stage.wakes();
        stage.pass(wait);
        assert_eq!(prove(&mut stage), "nonce");
    }
    // before the proof it is the network
    let mut stage = Stage::new();
    stage.drain();
    stage.input(Input::Connected);
    stage.key();
    stage.say(HELLO);
    stage.input(Input::lost());
    let (wait, _) = stage.wakes();
    stage.pass(wait);
    assert_eq!(prove(&mut stage), "digest");
}
