//! The socket is open, `hello` is awaited.

use super::*;

#[test]
fn r05_hello_is_answered_with_the_public_key() {
    let mut stage = Stage::new();
    assert_eq!(stage.drain(), []);
    let outputs = stage.say(HELLO);
    let key = ra_crypto::SessionKey::public_key(&FakeKey::new(KEY)).to_vec();
    let encoded = ra_proto::base64::encode_standard(&key);
    assert_eq!(
        sent(&outputs),
        format!(r#"{{"op":"init","encoded_public_key":"{encoded}"}}"#)
    );
    assert_eq!(encoded.len(), 392);
    assert_eq!(stage.session.phase(), Phase::AwaitNonce);
}

#[test]
fn r15_only_hello_is_taken() {
    assert_takes_only(Phase::AwaitHello, &["hello"]);
    assert_refusals(Phase::AwaitHello);
}

#[test]
fn r19_hello_is_awaited_for_15_seconds() {
    let mut stage = Stage::new();
    assert_eq!(stage.wakes(), (15_000, Wake::Handshake));
    assert_eq!(stage.pass(14_999), []);
    assert_fails(
        &stage.pass(1),
        CloseCode::NORMAL,
        &SessionError::Silence {
            phase: Phase::AwaitHello,
        },
    );
}

#[test]
fn r19_a_hello_that_comes_with_the_deadline_is_too_late() {
    let mut stage = Stage::new();
    stage.now += 15_000;
    assert_fails(
        &stage.say(HELLO),
        CloseCode::NORMAL,
        &SessionError::Silence {
            phase: Phase::AwaitHello,
        },
    );
}

#[test]
fn r19_unknown_ops_do_not_prolong_the_wait() {
    let mut stage = Stage::new();
    for _ in 0..14 {
        stage.now += 1_000;
        stage.say(r#"{"op":"still_here"}"#);
    }
    assert_eq!(stage.wakes(), (1_000, Wake::Handshake));
}

#[test]
fn r04_numbers_that_are_none_are_refused() {
    for (field, frame) in [
        ("timeout_ms", r#"{"op":"hello","heartbeat_interval":41250}"#),
        ("heartbeat_interval", r#"{"op":"hello","timeout_ms":1}"#),
        (
            "timeout_ms",
            r#"{"op":"hello","timeout_ms":-1,"heartbeat_interval":41250}"#,
        ),
        (
            "heartbeat_interval",
            r#"{"op":"hello","timeout_ms":1,"heartbeat_interval":0.5}"#,
        ),
        (
            "timeout_ms",
            r#"{"op":"hello","timeout_ms":18446744073709551616,"heartbeat_interval":1}"#,
        ),
        (
            "timeout_ms",
            r#"{"op":"hello","timeout_ms":"1","heartbeat_interval":1}"#,
        ),
        (
            "heartbeat_interval",
            r#"{"op":"hello","timeout_ms":1,"heartbeat_interval":null}"#,
        ),
    ] {
        match &Stage::new().say(frame)[..] {
            [
                Output::Close(CloseCode::PROTOCOL),
                Output::End(Err(SessionError::Decode(error))),
            ] => {
                assert_eq!(
                    (error.op(), error.field()),
                    (Some("hello"), Some(field)),
                    "{frame}"
                );
            }
            other => panic!("{frame}: {other:?}"),
        }
    }
}

#[test]
fn r20_closes_before_the_proof_are_no_refusals_of_it() {
    for code in [
        None,
        Some(CloseCode::NORMAL),
        Some(CloseCode::DECODE_ERROR),
        Some(CloseCode::HANDSHAKE_FAILURE),
    ] {
        for phase in [Phase::AwaitHello, Phase::AwaitNonce] {
            assert_over(
                &Stage::at(phase).input(Input::Closed(code)),
                &SessionError::Closed { phase, code },
            );
        }
    }
}
