//! The QR is on the screen, a phone is awaited.

use super::*;
use ra_proto::User;

#[test]
fn r11_a_scan_shows_the_user() {
    let mut stage = Stage::at(Phase::AwaitScan);
    let payload = "80351110224678912:1337:a_0f:name:with:colons";
    let outputs = stage.say(&user_frame(payload));
    assert_eq!(
        outputs,
        [Output::Event(Event::User(
            User::parse(payload.as_bytes()).unwrap()
        ))]
    );
    assert_eq!(stage.session.phase(), Phase::AwaitVerdict);
}

#[test]
fn r11_a_malformed_user_ends_the_session_without_its_content() {
    for payload in [
        &b""[..],
        b"1:2:3",
        b"x:0:0:canary",
        b"1:0:../canary:bob",
        b"1:0:0:",
        b"1:0:0:canary\x07",
        b"\xff\xfe",
    ] {
        let outputs = Stage::at(Phase::AwaitScan).say(&user_frame(payload));
        match &outputs[..] {
            [
                Output::Close(CloseCode::PROTOCOL),
                Output::End(Err(SessionError::User(_))),
            ] => {}
            other => panic!("{payload:?}: {other:?}"),
        }
        assert!(!format!("{outputs:?}").contains("canary"));
    }
}

#[test]
fn r11_a_user_that_does_not_open_ends_the_session() {
    let sealed = FakeKey::new(KEY + 1).seal_text("1:0:0:bob");
    for sealed in [sealed.as_str(), "%"] {
        let frame = format!(r#"{{"op":"pending_ticket","encrypted_user_payload":"{sealed}"}}"#);
        let error = SessionError::Unopenable {
            field: "encrypted_user_payload",
        };
        assert_fails(
            &Stage::at(Phase::AwaitScan).say(&frame),
            CloseCode::PROTOCOL,
            &error,
        );
    }
}

#[test]
fn r14_cancel_is_an_outcome() {
    let mut stage = Stage::at(Phase::AwaitScan);
    let outputs = stage.say(CANCEL);
    assert_eq!(
        outputs,
        [
            Output::Close(CloseCode::NORMAL),
            Output::End(Ok(Outcome::Declined))
        ]
    );
}

#[test]
fn r16_a_normal_close_before_the_verdict_is_no_success() {
    for phase in [Phase::AwaitScan, Phase::AwaitVerdict] {
        for code in [None, Some(CloseCode::NORMAL)] {
            assert_over(
                &Stage::at(phase).input(Input::Closed(code)),
                &SessionError::Closed { phase, code },
            );
        }
    }
}

#[test]
fn r15_nobody_gets_in_without_having_been_shown() {
    // `pending_login` without a scanned user: out of order
    assert_takes_only(
        Phase::AwaitScan,
        &["pending_ticket", "cancel", "heartbeat_ack"],
    );
    assert_refusals(Phase::AwaitScan);
}

#[test]
fn r19_the_handshake_clock_stands_still_while_a_phone_is_awaited() {
    let mut stage = Stage::at(Phase::AwaitScan);
    assert_ne!(stage.wakes().1, Wake::Handshake);
    stage.now += ANSWER.as_millis() as u64 + 1;
    assert!(
        stage
            .input(Input::Tick)
            .iter()
            .all(|o| matches!(o, Output::Send(_)))
    );
    assert_eq!(stage.session.phase(), Phase::AwaitScan);
}
