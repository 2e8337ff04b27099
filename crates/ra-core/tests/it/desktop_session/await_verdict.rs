//! Somebody has scanned, the verdict is awaited.

use super::*;
use ra_core::Misuse;
use ra_proto::{Ticket, User};

fn mary() -> User {
    User::parse(b"1:0:0:mary").unwrap()
}

#[test]
fn r13_approval_ends_the_socket_part_with_ticket_and_user() {
    let mut stage = Stage::at(Phase::AwaitVerdict);
    let outputs = stage.say(LOGIN);
    let approved = Outcome::Approved {
        ticket: Ticket::new("canary-ticket"),
        user: mary(),
    };
    assert_eq!(
        outputs,
        [Output::Close(CloseCode::NORMAL), Output::End(Ok(approved))]
    );
    assert!(!format!("{outputs:?}").contains("canary"), "R-34");
    assert_eq!(stage.session.deadline(), None);
}

#[test]
fn r13_r15_what_follows_the_end_is_ignored() {
    for last in [LOGIN, CANCEL] {
        let mut stage = Stage::at(Phase::AwaitVerdict);
        stage.say(last);
        for (_, frame) in all_frames() {
            assert_eq!(stage.say(&frame), []);
        }
        for input in [
            Input::Closed(Some(CloseCode::NORMAL)),
            Input::Lost,
            Input::Binary,
            Input::Oversized,
            Input::Tick,
        ] {
            assert_eq!(stage.input(input), []);
        }
        assert_eq!(stage.pass(1_000_000), []);
        assert_eq!(stage.session.cancel(MonoTime::ZERO), Err(Misuse::Ended));
    }
}

#[test]
fn r13_an_empty_or_null_ticket_is_no_success() {
    for ticket in [r#""""#, "null", "1"] {
        let frame = format!(r#"{{"op":"pending_login","ticket":{ticket}}}"#);
        match &Stage::at(Phase::AwaitVerdict).say(&frame)[..] {
            [
                Output::Close(CloseCode::PROTOCOL),
                Output::End(Err(SessionError::Decode(error))),
            ] => {
                assert_eq!(
                    (error.op(), error.field()),
                    (Some("pending_login"), Some("ticket"))
                );
            }
            other => panic!("{ticket}: {other:?}"),
        }
    }
}

#[test]
fn r14_cancel_is_an_outcome() {
    let outputs = Stage::at(Phase::AwaitVerdict).say(CANCEL);
    assert_eq!(
        outputs,
        [
            Output::Close(CloseCode::NORMAL),
            Output::End(Ok(Outcome::Declined))
        ]
    );
}

#[test]
fn r15_another_scan_replaces_the_user() {
    let mut stage = Stage::at(Phase::AwaitVerdict);
    let bob = User::parse(b"2:0:0:bob").unwrap();
    assert_eq!(
        stage.say(&user_frame("2:0:0:bob")),
        [Output::Event(Event::User(bob.clone()))]
    );
    match stage.say(LOGIN).pop() {
        Some(Output::End(Ok(Outcome::Approved { user, .. }))) => assert_eq!(user, bob),
        other => panic!("not approved: {other:?}"),
    }
}

#[test]
fn r15_only_verdicts_and_scans_are_taken() {
    assert_takes_only(
        Phase::AwaitVerdict,
        &["pending_ticket", "pending_login", "cancel", "heartbeat_ack"],
    );
    assert_refusals(Phase::AwaitVerdict);
}

#[test]
fn r13_the_key_comes_back_for_the_token() {
    let mut stage = Stage::at(Phase::AwaitVerdict);
    stage.say(LOGIN);
    let mut key = stage.session.into_key();
    let sealed = ra_proto::base64::decode(&FakeKey::new(KEY).seal_text("token")).unwrap();
    assert_eq!(key.open(&sealed).unwrap().expose(), b"token");
}
