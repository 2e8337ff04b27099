//! Our key is out, the challenge is awaited.

use super::*;

#[test]
fn r07_the_digest_dialect_sends_proof_and_no_nonce() {
    let mut stage = Stage::at(Phase::AwaitNonce);
    let outputs = stage.say(&challenge(b"some nonce"));
    let digest = ra_proto::base64::encode_url(&ra_crypto::sha256(b"some nonce"));
    assert_eq!(
        sent(&outputs),
        format!(r#"{{"op":"nonce_proof","proof":"{digest}"}}"#)
    );
    assert_eq!(stage.session.phase(), Phase::AwaitInit);
}

#[test]
fn r07_the_nonce_dialect_sends_nonce_and_no_proof() {
    let mut config = Config::default();
    assert_eq!(config.dialect, DIGEST);
    config.dialect = DIGEST.other();
    let mut stage = Stage::with(config, 1).forward(Phase::AwaitNonce);
    let outputs = stage.say(&challenge(&[0xfb; 190]));
    let nonce = ra_proto::base64::encode_url(&[0xfb; 190]);
    assert_eq!(
        sent(&outputs),
        format!(r#"{{"op":"nonce_proof","nonce":"{nonce}"}}"#)
    );
}

#[test]
fn r12_the_challenge_is_read_in_either_alphabet() {
    let standard = FakeKey::new(KEY).seal_text([0xff; 32]);
    let url = standard
        .replace('+', "-")
        .replace('/', "_")
        .replace('=', "");
    assert_ne!(standard, url);
    for sealed in [standard, url] {
        let frame = format!(r#"{{"op":"nonce_proof","encrypted_nonce":"{sealed}"}}"#);
        assert!(sent(&Stage::at(Phase::AwaitNonce).say(&frame)).contains("proof"));
    }
}

#[test]
fn r06_what_does_not_open_ends_the_session() {
    let other_key = FakeKey::new(KEY + 1).seal_text("nonce");
    let short = ra_proto::base64::encode_standard(&[1; 255]);
    for sealed in ["", "!", &other_key, &short] {
        let frame = format!(r#"{{"op":"nonce_proof","encrypted_nonce":"{sealed}"}}"#);
        let outputs = Stage::at(Phase::AwaitNonce).say(&frame);
        if let [
            Output::Close(CloseCode::PROTOCOL),
            Output::End(Err(SessionError::Decode(e))),
        ] = &outputs[..]
        {
            assert_eq!((sealed, e.field()), ("", Some("encrypted_nonce")));
            continue;
        }
        let field = "encrypted_nonce";
        assert_fails(
            &outputs,
            CloseCode::PROTOCOL,
            &SessionError::Unopenable { field },
        );
    }
}

#[test]
fn r15_only_the_challenge_and_acknowledgements_are_taken() {
    assert_takes_only(Phase::AwaitNonce, &["nonce_proof", "heartbeat_ack"]);
    assert_refusals(Phase::AwaitNonce);
}

#[test]
fn r19_the_challenge_is_awaited_for_15_seconds() {
    let mut stage = Stage::new();
    stage.now += 9_000;
    stage.say(HELLO);
    // a new 15 seconds from `hello`, whatever was left of the last
    assert_awaits_15_seconds(
        &mut stage,
        &SessionError::Silence {
            phase: Phase::AwaitNonce,
        },
    );
}
