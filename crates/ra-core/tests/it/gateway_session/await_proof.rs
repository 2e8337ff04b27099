//! The sealed nonce is out, the proof is awaited (R-50).

use ra_core::gateway::{Accept, Config, Event, Output, Phase, SessionError};
use ra_proto::DecodeErrorKind;
use ra_proto::base64::{encode_standard, encode_url};
use ra_proto::frame::GatewayFrame;
use ra_testkit::Fake;

use super::*;

/// A session that has sent a challenge whose nonce and digest look different in all four spellings.
fn challenged(accept: Accept) -> Stage {
    let mut config = Config::default();
    config.accept = accept;
    let stage = Stage::with(config, Fake, 12).forward(Phase::AwaitProof);
    for bytes in [&stage.nonce[..], &ra_crypto::sha256(&stage.nonce)] {
        let text = encode_standard(bytes);
        assert!(text.contains(['+', '/']) && text.ends_with('='), "{text}");
    }
    stage
}

fn spellings(bytes: &[u8]) -> [String; 4] {
    let (standard, url) = (encode_standard(bytes), encode_url(bytes));
    let unpadded = standard.trim_end_matches('=').to_owned();
    [url.clone(), format!("{url}="), standard, unpadded]
}

fn assert_ready(mut stage: Stage, frame: &str) {
    let outputs = stage.say(frame);
    let fingerprint = ra_crypto::fingerprint(&spki());
    match &outputs[..] {
        [Output::Send(text), Output::Event(Event::Ready(ready))] => {
            assert_eq!(*ready, fingerprint);
            assert_eq!(
                text.expose(),
                GatewayFrame::PendingRemoteInit {
                    fingerprint: fingerprint.to_string().into()
                }
                .encode()
            );
        }
        other => panic!("{frame}: {other:?}"),
    }
    assert_eq!(stage.session.phase(), Phase::AwaitScan);
    assert_eq!(stage.session.public_key(), Some(&spki()[..]));
    assert_eq!(stage.session.fingerprint(), Some(fingerprint));
}

fn assert_refused(mut stage: Stage, frame: &str) {
    assert_fails(&stage.say(frame), 4002, &SessionError::ProofRefused);
    assert_eq!(stage.session.phase(), Phase::Ended);
    assert_eq!(stage.session.public_key(), None);
}

#[test]
fn r50_both_dialects_are_taken_in_every_spelling() {
    let nonce = challenged(Accept::Any).nonce;
    for text in spellings(&ra_crypto::sha256(&nonce)) {
        assert_ready(challenged(Accept::Any), &proof_frame(&text));
    }
    for text in spellings(&nonce) {
        assert_ready(challenged(Accept::Any), &raw_frame(&text));
    }
}

#[test]
fn r50_the_mixed_dialects_are_refused() {
    for accept in [Accept::Any, Accept::Digest, Accept::Nonce] {
        let nonce = challenged(accept).nonce;
        for text in spellings(&nonce) {
            assert_refused(challenged(accept), &proof_frame(&text));
        }
        for text in spellings(&ra_crypto::sha256(&nonce)) {
            assert_refused(challenged(accept), &raw_frame(&text));
        }
    }
}

#[test]
fn r50_a_policy_takes_its_own_dialect_only() {
    let nonce = challenged(Accept::Any).nonce;
    let (digest, raw) = (digest_frame(&nonce), nonce_frame(&nonce));
    assert_ready(challenged(Accept::Digest), &digest);
    assert_refused(challenged(Accept::Digest), &raw);
    assert_ready(challenged(Accept::Nonce), &raw);
    assert_refused(challenged(Accept::Nonce), &digest);
}

#[test]
fn r50_of_both_members_proof_is_read() {
    let nonce = challenged(Accept::Any).nonce;
    let (digest, raw) = (
        ra_crypto::digest_proof(&nonce),
        ra_crypto::nonce_proof(&nonce),
    );
    let both = |proof: &str, nonce: &str| {
        format!(r#"{{"op":"nonce_proof","nonce":"{nonce}","proof":"{proof}"}}"#)
    };
    assert_ready(challenged(Accept::Any), &both(&digest, "wrong"));
    assert_refused(challenged(Accept::Any), &both("wrong", &raw));
    assert_refused(challenged(Accept::Nonce), &both(&digest, &raw));
}

#[test]
fn r50_empty_proofs_are_refused() {
    assert_refused(challenged(Accept::Any), &proof_frame(""));
    assert_refused(challenged(Accept::Any), &raw_frame(""));
}

#[test]
fn r50_anything_but_the_whole_nonce_is_refused() {
    let nonce = challenged(Accept::Any).nonce;
    let mut wrong = vec![
        nonce[..31].to_vec(),
        [&nonce[..], &[0]].concat(),
        vec![0; 32],
    ];
    let every = if cfg!(miri) { 61 } else { 1 };
    wrong.extend((0..32 * 8).step_by(every).map(|bit| {
        let mut flipped = nonce.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    }));
    for nonce in wrong {
        assert_refused(challenged(Accept::Any), &nonce_frame(&nonce));
        assert_refused(challenged(Accept::Any), &digest_frame(&nonce));
    }
    let digest = ra_crypto::sha256(&nonce);
    for part in [&digest[..31], &[&digest[..], &[0]].concat()] {
        assert_refused(challenged(Accept::Any), &proof_frame(&encode_url(part)));
    }
}

#[test]
fn r50_another_sessions_nonce_proves_nothing() {
    let other = Stage::with(Config::default(), Fake, 4).forward(Phase::AwaitProof);
    assert_refused(challenged(Accept::Any), &digest_frame(&other.nonce));
    assert_refused(challenged(Accept::Any), &nonce_frame(&other.nonce));
}

#[test]
fn r50_a_proof_that_is_not_base64_is_refused() {
    let nonce = challenged(Accept::Any).nonce;
    let good = ra_crypto::digest_proof(&nonce);
    for text in [
        format!(" {}", *good),
        format!("{}==", *good),
        "*".repeat(43),
    ] {
        assert_refused(challenged(Accept::Any), &proof_frame(&text));
    }
    let hex: String = nonce.iter().map(|b| format!("{b:02x}")).collect();
    assert_refused(challenged(Accept::Any), &raw_frame(&hex));
}

#[test]
fn a_proof_frame_without_a_text_is_a_decode_error() {
    for (member, kind) in [
        ("", DecodeErrorKind::Missing),
        (r#","proof":null"#, DecodeErrorKind::WrongType),
        (r#","nonce":7"#, DecodeErrorKind::WrongType),
        (r#","proof":"a","proof":"a""#, DecodeErrorKind::Duplicate),
    ] {
        let outputs = challenged(Accept::Any).say(&format!(r#"{{"op":"nonce_proof"{member}}}"#));
        match &outputs[..] {
            [
                Output::Close(code),
                Output::End(Err(SessionError::Decode(e))),
            ] => {
                assert_eq!(
                    (code.0, e.kind(), e.op()),
                    (4001, kind, Some("nonce_proof"))
                );
            }
            other => panic!("{member}: {other:?}"),
        }
    }
}

#[test]
fn a_second_init_is_refused_with_4002() {
    let (phase, op) = (Phase::AwaitProof, "init");
    let outputs = Stage::at(phase).say(&init_frame(&spki()));
    assert_fails(&outputs, 4002, &SessionError::Unexpected { phase, op });
}

#[test]
fn r51_heartbeats_and_unknown_ops_leave_the_challenge_open() {
    let mut stage = challenged(Accept::Any);
    assert_eq!(sent(&stage.say(HEARTBEAT)), ACK);
    assert_eq!(stage.say(r#"{"op":"telemetry","proof":"x"}"#), []);
    let frame = digest_frame(&stage.nonce.clone());
    assert_ready(stage, &frame);
}
