//! `hello` is out, the desktop's key is awaited.

use std::time::Duration;

use ra_core::gateway::{Config, Output, Phase, SessionError};
use ra_proto::base64;
use ra_proto::frame::GatewayFrame;
use ra_testkit::{Fake, FakeKey, NoEntropy, SeededEntropy};

use super::*;

fn init_with(encoded: &str) -> String {
    format!(r#"{{"op":"init","encoded_public_key":"{encoded}"}}"#)
}

#[test]
fn r04_hello_waits_in_the_queue_and_says_what_is_configured() {
    let mut config = Config::default();
    config.timeout = Duration::from_millis(90_001);
    config.heartbeat_interval = Duration::from_millis(1_234);
    let mut stage = Stage::with(config, Fake, 1);
    let outputs = stage.drain();
    assert_eq!(
        sent(&outputs),
        r#"{"op":"hello","timeout_ms":90001,"heartbeat_interval":1234}"#
    );
    assert_eq!(stage.session.phase(), Phase::AwaitInit);
}

#[test]
fn r04_hello_of_endless_times_is_still_a_frame() {
    let mut config = Config::default();
    config.timeout = Duration::MAX;
    config.heartbeat_interval = Duration::MAX;
    let mut stage = Stage::with(config, Fake, 1);
    let hello = sent(&stage.drain());
    assert_eq!(
        GatewayFrame::decode(&hello),
        Ok(GatewayFrame::Hello {
            timeout_ms: u64::MAX,
            heartbeat_interval: u64::MAX
        })
    );
}

#[test]
fn r51_init_may_come_before_hello_has_been_sent() {
    let mut stage = Stage::with(Config::default(), Fake, 1);
    let outputs = stage.say(&init_frame(&spki()));
    let ops: Vec<_> = outputs
        .iter()
        .map(|output| match output {
            Output::Send(text) => GatewayFrame::decode(text.expose()).unwrap().op().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ops, ["hello", "nonce_proof"]);
    assert_eq!(stage.session.phase(), Phase::AwaitProof);
}

#[test]
fn r51_heartbeats_may_come_before_init() {
    let mut stage = Stage::at(Phase::AwaitInit);
    for _ in 0..3 {
        assert_eq!(sent(&stage.say(HEARTBEAT)), ACK);
    }
    assert_eq!(stage.session.phase(), Phase::AwaitInit);
}

#[test]
fn r05_r12_the_key_is_read_in_either_alphabet() {
    let standard = base64::encode_standard(&spki());
    let url = base64::encode_url(&spki());
    assert_ne!(standard, url);
    for encoded in [&standard, &url] {
        let mut stage = Stage::at(Phase::AwaitInit);
        assert_eq!(
            open(&sent(&stage.say(&init_with(encoded)))).len(),
            32,
            "{encoded}"
        );
        assert_eq!(stage.session.phase(), Phase::AwaitProof);
    }
}

#[test]
fn r51_extra_keys_in_any_order_are_skipped() {
    let key = base64::encode_standard(&spki());
    let mut stage = Stage::at(Phase::AwaitInit);
    let frame = format!(
        r#"{{"v":[2,{{"op":"cancel"}}],"encoded_public_key":"{key}","nonce":7,"op":"init"}}"#
    );
    assert_eq!(open(&sent(&stage.say(&frame))).len(), 32);
}

#[test]
fn r06_the_nonce_is_32_bytes_of_the_entropy_given() {
    let mut expected = [0; 32];
    ra_crypto::Entropy::fill(&mut SeededEntropy::new(77), &mut expected).unwrap();
    let stage = Stage::with(Config::default(), Fake, 77).forward(Phase::AwaitProof);
    assert_eq!(stage.nonce, expected);
}

#[test]
fn the_key_is_nobodys_before_the_proof_is_right() {
    for phase in [Phase::AwaitInit, Phase::AwaitProof] {
        let stage = Stage::at(phase);
        assert_eq!(stage.session.public_key(), None, "{phase}");
        assert_eq!(stage.session.fingerprint(), None, "{phase}");
    }
}

#[test]
fn r52_a_key_that_is_not_base64_is_refused_with_4001() {
    let good = base64::encode_standard(&spki());
    let (spaced, cut) = (format!("{good} "), &good[..good.len() - 3]);
    for encoded in ["*", "====", &spaced, cut, "AAA=A", "-/-/"] {
        let outputs = Stage::at(Phase::AwaitInit).say(&init_with(encoded));
        assert_fails(&outputs, 4001, &SessionError::KeyEncoding);
    }
}

#[test]
fn r52_a_key_that_the_backend_does_not_take_is_refused_with_4001() {
    let good = spki();
    let long = [&good[..], &[0]].concat();
    for spki in [&[][..], b"x", &good[..293], &long] {
        let outputs = Stage::at(Phase::AwaitInit).say(&init_frame(spki));
        let malformed = ra_crypto::PublicKeyError::Malformed;
        assert_fails(&outputs, 4001, &SessionError::Key(malformed));
    }
}

#[test]
fn a_proof_before_init_is_refused_with_4002() {
    let (phase, op) = (Phase::AwaitInit, "nonce_proof");
    for frame in [digest_frame(b"n"), nonce_frame(b"n"), proof_frame("")] {
        let outputs = Stage::at(phase).say(&frame);
        assert_fails(&outputs, 4002, &SessionError::Unexpected { phase, op });
    }
}

#[test]
fn without_entropy_there_is_no_challenge() {
    let mut stage = Stage::at(Phase::AwaitInit);
    let frame = init_frame(&spki());
    let now = stage.time();
    stage
        .session
        .handle(now, Input::Text(&frame), &mut NoEntropy);
    assert_fails(&stage.drain(), 1011, &SessionError::Local);
    assert_eq!(stage.session.phase(), Phase::Ended);
}

#[test]
fn two_desktops_get_two_nonces() {
    let mut entropy = SeededEntropy::new(5);
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let mut stage = Stage::at(Phase::AwaitInit);
        let now = stage.time();
        let frame = init_frame(&spki());
        stage.session.handle(now, Input::Text(&frame), &mut entropy);
        nonces.push(open(&sent(&stage.drain())));
    }
    assert_ne!(nonces[0], nonces[1]);
    // and only the key's owner reads them
    let mut stage = Stage::at(Phase::AwaitInit);
    let frame = sent(&stage.say(&init_frame(&spki())));
    let GatewayFrame::NonceProof { encrypted_nonce } = GatewayFrame::decode(&frame).unwrap() else {
        panic!("a challenge");
    };
    let sealed = base64::decode(&encrypted_nonce).unwrap();
    assert!(FakeKey::new(1).open(&sealed).is_err());
}
