//! Texts of errors and Debug, without secrets.

use std::error::Error;

use ra_core::Fault;
use ra_core::gateway::{Accept, Config, Input, Output, Phase, SessionError};
use ra_crypto::PublicKeyError;
use ra_proto::frame::DesktopFrame;

use super::*;

fn decode_error() -> ra_proto::DecodeError {
    DesktopFrame::decode(r#"{"op":"init"}"#).unwrap_err()
}

/// Every error with its close code, fault and line.
fn all() -> Vec<(SessionError, u16, Fault, &'static str)> {
    use Fault::{Local, Peer, Transport};
    use SessionError as E;
    let (phase, op) = (Phase::AwaitScan, "init");
    vec![
        (
            E::Decode(decode_error()),
            4001,
            Peer,
            "a frame could not be read",
        ),
        (E::Binary, 4001, Peer, "a message is not text"),
        (E::Oversized, 1009, Peer, "a message is too large"),
        (
            E::KeyEncoding,
            4001,
            Peer,
            "encoded_public_key is not base64",
        ),
        (
            E::Key(PublicKeyError::Size),
            4001,
            Peer,
            "encoded_public_key is not acceptable",
        ),
        (
            E::Unexpected { phase, op },
            4002,
            Peer,
            "init does not belong in phase AwaitScan",
        ),
        (E::ProofRefused, 4002, Peer, "the proof is wrong"),
        (
            E::HandshakeTimedOut,
            4002,
            Transport,
            "no valid proof came in time",
        ),
        (
            E::HeartbeatMissed,
            4004,
            Transport,
            "no heartbeat came in time",
        ),
        (E::Expired, 4003, Transport, "the session has timed out"),
        (E::Backlog, 4002, Peer, "the desktop sends without reading"),
        (E::Local, 1011, Local, "randomness or sealing failed"),
    ]
}

#[test]
fn r16_r55_each_error_has_its_close_code_fault_and_line() {
    for (error, code, fault, line) in all() {
        assert_eq!(error.close_code().0, code, "{error:?}");
        assert_eq!(error.fault(), fault, "{error:?}");
        assert_eq!(error.to_string(), line);
    }
}

#[test]
fn causes_are_in_source_only() {
    for (error, ..) in all() {
        let source = error.source().map(ToString::to_string);
        let expected = match &error {
            SessionError::Decode(e) => Some(e.to_string()),
            SessionError::Key(e) => Some(e.to_string()),
            _ => None,
        };
        assert_eq!(source, expected, "{error:?}");
        assert!(expected.is_none_or(|cause| !error.to_string().contains(&cause)));
    }
}

#[test]
fn phases_are_named_as_they_are_written() {
    let names: Vec<_> = LIVING.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["AwaitInit", "AwaitProof", "AwaitScan", "Scanned"]);
    assert_eq!(Phase::Ended.to_string(), "Ended");
}

#[test]
fn defaults_are_those_of_the_live_service() {
    let config = Config::default();
    assert_eq!(config.timeout.as_millis(), 120_000);
    assert_eq!(config.heartbeat_interval.as_millis(), 41_250);
    assert_eq!(config.heartbeat_grace.as_millis(), 10_000);
    assert_eq!(config.handshake_within.as_millis(), 15_000);
    assert_eq!(config.accept, Accept::Any);
}

#[test]
fn r34_debug_shows_neither_nonce_nor_proof_nor_ticket() {
    let mut stage = Stage::at(Phase::AwaitProof);
    let nonce = stage.nonce.clone();
    let (digest, raw) = (
        ra_crypto::digest_proof(&nonce),
        ra_crypto::nonce_proof(&nonce),
    );
    let mut shown = vec![format!("{:?}", stage.session)];
    assert_eq!(shown[0], "Session { phase: AwaitProof, .. }");

    let frame = nonce_frame(&nonce);
    shown.push(format!("{:?}", Input::Text(&frame)));
    shown.extend(stage.say(&frame).iter().map(|o| format!("{o:?}")));
    assert_eq!(stage.attach(&user("canary-name")), Ok(()));
    shown.extend(stage.drain().iter().map(|o| format!("{o:?}")));
    shown.push(format!("{:?}", stage.session));
    assert_eq!(stage.session.approve(stage.time(), &ticket()), Ok(()));
    let outputs = stage.drain();
    assert!(matches!(&outputs[0], Output::Send(text) if text.expose().contains("canary-ticket")));
    shown.extend(outputs.iter().map(|o| format!("{o:?}")));

    for secret in ["canary", &digest, &raw, &format!("{nonce:?}")] {
        assert_eq!(shown.iter().find(|text| text.contains(secret)), None);
    }
}

#[test]
fn debug_of_inputs_names_them() {
    let texts = [
        (Input::Text("canary"), "Text(6 bytes)"),
        (Input::Binary, "Binary"),
        (Input::Oversized, "Oversized"),
        (Input::Closed(None), "Closed(None)"),
        (
            Input::Closed(Some(CloseCode::NORMAL)),
            "Closed(Some(CloseCode(1000)))",
        ),
        (Input::Lost, "Lost"),
        (Input::Tick, "Tick"),
    ];
    for (input, text) in texts {
        assert_eq!(format!("{input:?}"), text);
    }
}
