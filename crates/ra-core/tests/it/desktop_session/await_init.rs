//! Our proof is out, the fingerprint is awaited.

use super::*;
use ra_core::desktop::session::Refusal;

#[test]
fn r08_r09_our_own_fingerprint_makes_the_qr() {
    let mut stage = Stage::at(Phase::AwaitInit);
    stage.now += 2_000;
    let outputs = stage.say(&fingerprint_frame(KEY));
    let spki = ra_crypto::SessionKey::public_key(&FakeKey::new(KEY)).to_vec();
    match &outputs[..] {
        [Output::Event(Event::Qr { url, expires_in })] => {
            assert_eq!(
                url.as_str(),
                format!("https://discord.com/ra/{}", ra_crypto::fingerprint(&spki))
            );
            assert_eq!(*expires_in, Duration::from_secs(118));
        }
        other => panic!("no QR: {other:?}"),
    }
    assert_eq!(stage.session.phase(), Phase::AwaitScan);
}

#[test]
fn r09_the_prefix_is_configuration() {
    let mut config = Config::default();
    config.scan_prefix = "https://discordapp.com/rp/".parse().unwrap();
    let mut stage = Stage::with(config, 1).forward(Phase::AwaitInit);
    match &stage.say(&fingerprint_frame(KEY))[..] {
        [Output::Event(Event::Qr { url, .. })] => {
            assert!(url.as_str().starts_with("https://discordapp.com/rp/"));
        }
        other => panic!("no QR: {other:?}"),
    };
}

#[test]
fn r08_any_other_fingerprint_ends_the_session_without_a_qr() {
    let right = fingerprint_frame(KEY);
    let value = right.split('"').nth(7).unwrap().to_owned();
    let mut flipped = value.clone().into_bytes();
    flipped[20] = if flipped[20] == b'A' { b'B' } else { b'A' };
    for wrong in [
        fingerprint_frame(KEY + 1),
        right.replace(&value, ""),
        right.replace(&value, &value[..42]),
        right.replace(&value, &format!("{value}=")),
        right.replace(&value, &format!("{value}A")),
        right.replace(&value, &String::from_utf8(flipped).unwrap()),
        right.replace(&value, "https://evil.example/"),
    ] {
        let outputs = Stage::at(Phase::AwaitInit).say(&wrong);
        if let [
            Output::Close(CloseCode::PROTOCOL),
            Output::End(Err(SessionError::Decode(_))),
        ] = &outputs[..]
        {
            assert!(wrong.contains(r#""fingerprint":"""#), "{wrong}");
            continue;
        }
        assert_fails(
            &outputs,
            CloseCode::PROTOCOL,
            &SessionError::FingerprintMismatch,
        );
    }
}

#[test]
fn r20_silence_and_these_closes_refuse_the_proof() {
    for code in [None, Some(1000), Some(4001), Some(4002)] {
        let code = code.map(CloseCode);
        let mut stage = Stage::at(Phase::AwaitInit);
        assert_over(
            &stage.input(Input::Closed(code)),
            &SessionError::ProofRefused(Refusal::Closed(code)),
        );
    }
    let mut stage = Stage::at(Phase::AwaitInit);
    assert_awaits_15_seconds(&mut stage, &SessionError::ProofRefused(Refusal::Silence));
}

#[test]
fn r19_the_fingerprint_has_its_own_15_seconds() {
    let mut stage = Stage::at(Phase::AwaitNonce);
    stage.now += 9_000;
    stage.say(&challenge(b"n"));
    // counted from the proof, whatever was left of the challenge's time
    assert_awaits_15_seconds(&mut stage, &SessionError::ProofRefused(Refusal::Silence));
}

#[test]
fn r20_other_closes_do_not() {
    for code in [1001, 1011, 4000, 4005] {
        let code = Some(CloseCode(code));
        let phase = Phase::AwaitInit;
        assert_over(
            &Stage::at(phase).input(Input::Closed(code)),
            &SessionError::Closed { phase, code },
        );
    }
}

#[test]
fn r15_only_the_fingerprint_and_acknowledgements_are_taken() {
    assert_takes_only(Phase::AwaitInit, &["pending_remote_init", "heartbeat_ack"]);
    assert_refusals(Phase::AwaitInit);
}
