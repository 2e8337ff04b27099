//! The fingerprint is out: a phone scans, its owner decides.

use ra_core::Misuse;
use ra_core::gateway::{Outcome, Output, Phase, SessionError};
use ra_proto::frame::GatewayFrame;

use super::*;

#[test]
fn r11_a_scan_shows_the_desktop_who_it_was() {
    let mut stage = Stage::at(Phase::AwaitScan);
    assert_eq!(stage.attach(&user("a:b")), Ok(()));
    let frame = sent(&stage.drain());
    assert_eq!(GatewayFrame::decode(&frame).unwrap().op(), "pending_ticket");
    assert_eq!(open(&frame), b"80351110224678912:1337:abcdef:a:b");
    assert_eq!(stage.session.phase(), Phase::Scanned);
    assert_eq!(stage.session.public_key(), Some(&spki()[..]));
}

#[test]
fn r56_a_user_sealed_elsewhere_is_shown_as_it_is() {
    for phase in [Phase::AwaitScan, Phase::Scanned] {
        let mut stage = Stage::at(phase);
        let now = stage.time();
        assert_eq!(stage.session.attach_sealed(now, b"sealed"), Ok(()));
        let frame = sent(&stage.drain());
        let GatewayFrame::PendingTicket {
            encrypted_user_payload,
        } = GatewayFrame::decode(&frame).unwrap()
        else {
            panic!("{frame}")
        };
        assert_eq!(encrypted_user_payload, "c2VhbGVk");
        assert_eq!(stage.session.phase(), Phase::Scanned);
    }
    for phase in [Phase::AwaitInit, Phase::AwaitProof] {
        let mut stage = Stage::at(phase);
        let now = stage.time();
        assert_eq!(
            stage.session.attach_sealed(now, b"sealed"),
            Err(Misuse::NotReady)
        );
        assert_eq!((stage.drain().len(), stage.session.phase()), (0, phase));
    }
    let mut stage = Stage::at(Phase::Scanned);
    let now = stage.time();
    stage.session.decline(now).unwrap();
    assert_eq!(
        stage.session.attach_sealed(now, b"sealed"),
        Err(Misuse::Ended)
    );
}

#[test]
fn r55_sealed_users_do_not_fill_the_queue_either() {
    let mut stage = Stage::at(Phase::AwaitScan);
    let now = stage.time();
    for _ in 0..300 {
        let _ = stage.session.attach_sealed(now, b"sealed");
    }
    let outputs = stage.drain();
    assert!(outputs.len() <= 260, "{}", outputs.len());
    assert_eq!(
        outputs.last(),
        Some(&Output::End(Err(SessionError::Backlog)))
    );
}

#[test]
fn r15_another_scan_replaces_the_first() {
    let mut stage = Stage::at(Phase::Scanned);
    for name in ["bob", "carol"] {
        assert_eq!(stage.attach(&user(name)), Ok(()));
        let payload = open(&sent(&stage.drain()));
        assert!(payload.ends_with(name.as_bytes()));
        assert_eq!(stage.session.phase(), Phase::Scanned);
    }
}

#[test]
fn r54_nobody_is_attached_before_the_proof_is_right() {
    for phase in [Phase::AwaitInit, Phase::AwaitProof] {
        let mut stage = Stage::at(phase);
        let before = stage.wakes();
        assert_eq!(stage.attach(&user("mary")), Err(Misuse::NotReady));
        assert_eq!(stage.drain(), []);
        assert_eq!((stage.session.phase(), stage.wakes()), (phase, before));
    }
}

#[test]
fn r54_no_verdict_without_somebody_who_scanned() {
    for phase in [Phase::AwaitInit, Phase::AwaitProof, Phase::AwaitScan] {
        let mut stage = Stage::at(phase);
        let now = stage.time();
        assert_eq!(
            stage.session.approve(now, &ticket()),
            Err(Misuse::NobodyAttached)
        );
        assert_eq!(stage.session.decline(now), Err(Misuse::NobodyAttached));
        assert_eq!(stage.drain(), []);
        assert_eq!(stage.session.phase(), phase);
    }
}

#[test]
fn r13_a_yes_hands_out_the_ticket_and_closes() {
    let mut stage = Stage::at(Phase::Scanned);
    assert_eq!(stage.session.approve(stage.time(), &ticket()), Ok(()));
    let mut outputs = stage.drain();
    let rest = outputs.split_off(1);
    assert_eq!(
        sent(&outputs),
        r#"{"op":"pending_login","ticket":"canary-ticket"}"#
    );
    assert_closes(&rest, CloseCode::NORMAL, Outcome::Approved);
    assert_eq!(stage.session.phase(), Phase::Ended);
    assert_eq!(stage.session.public_key(), None);
}

#[test]
fn r14_a_no_says_so_and_closes() {
    let mut stage = Stage::at(Phase::Scanned);
    assert_eq!(stage.session.decline(stage.time()), Ok(()));
    let mut outputs = stage.drain();
    let rest = outputs.split_off(1);
    assert_eq!(sent(&outputs), r#"{"op":"cancel"}"#);
    assert_closes(&rest, CloseCode::NORMAL, Outcome::Declined);
}

#[test]
fn a_desktop_that_starts_over_is_refused_with_4002() {
    for phase in [Phase::AwaitScan, Phase::Scanned] {
        let nonce = Stage::at(phase).nonce;
        for (op, frame) in [
            ("init", init_frame(&spki())),
            ("nonce_proof", digest_frame(&nonce)),
            ("nonce_proof", nonce_frame(&nonce)),
        ] {
            let outputs = Stage::at(phase).say(&frame);
            assert_fails(&outputs, 4002, &SessionError::Unexpected { phase, op });
        }
    }
}

#[test]
fn a_user_that_fits_no_sealed_message_is_our_failure_and_ends_the_session() {
    let mut stage = Stage::at(Phase::AwaitScan);
    let avatar = Some("a".repeat(190));
    let endless = ra_proto::User::new(1, 0, avatar, "mary".into()).unwrap();
    assert_eq!(stage.attach(&endless), Ok(()));
    assert_fails(&stage.drain(), 1011, &SessionError::Local);
    assert_eq!(stage.attach(&endless), Err(Misuse::Ended));
}

#[test]
fn a_flood_of_scans_that_nobody_reads_ends_the_session() {
    let mut stage = Stage::at(Phase::AwaitScan);
    for _ in 0..256 {
        assert_eq!(stage.attach(&user("mary")), Ok(()));
        assert_eq!(stage.session.phase(), Phase::Scanned);
    }
    assert_eq!(stage.attach(&user("mary")), Ok(()));
    let mut outputs = stage.drain();
    let end = outputs.split_off(256);
    assert!(outputs.iter().all(|o| matches!(o, Output::Send(_))));
    assert_fails(&end, 4002, &SessionError::Backlog);
}
