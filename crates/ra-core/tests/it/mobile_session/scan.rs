//! The scan is announced (R-41); the person is asked only when the service knows the code.

use ra_core::mobile::{Event, Phase, Session};
use ra_core::{Misuse, MonoTime};
use ra_http::HttpErrorKind;

use super::*;

#[test]
fn r41_the_first_call_announces_the_scan() {
    let start = MonoTime::from_millis(START);
    let mut session = Session::new(config(), fingerprint(), start);
    let Some(Output::Call(call)) = session.poll_output() else {
        panic!("a call");
    };
    assert_is_the_phones(&call);
    let body = format!(r#"{{"fingerprint":"{}"}}"#, fingerprint());
    assert_eq!(said(&call.request), ("/users/@me/remote-auth", &*body));
    assert!(session.poll_output().is_none());
    assert_eq!(session.phase(), Phase::Creating);
}

#[test]
fn r41_a_code_that_the_service_knows_is_put_before_the_person() {
    let mut stage = Stage::at(Phase::Creating);
    let confirm = event(stage.reply(200, HANDSHAKE));
    assert_eq!(
        confirm,
        Event::Confirm {
            fingerprint: fingerprint()
        }
    );
    assert_eq!(stage.session.phase(), Phase::AwaitDecision);
}

#[test]
fn r44_before_the_person_is_asked_there_is_nothing_to_decide() {
    let mut stage = Stage::at(Phase::Creating);
    stage.assert_misuse(Session::approve, Misuse::NothingToDecide);
    stage.assert_misuse(Session::decline, Misuse::NothingToDecide);
    stage.assert_misuse(|s, now| s.answer_mfa(now, totp("1")), Misuse::NoMfa);
    // the refused yes is not kept for later
    let _ = event(stage.reply(200, HANDSHAKE));
    assert!(stage.drain().is_empty());
    assert_eq!(stage.session.phase(), Phase::AwaitDecision);
}

#[test]
fn r44_without_a_yes_no_finish_ever_leaves() {
    // whatever the service answers to whatever call, and however long it takes
    let replies = [
        (200, HANDSHAKE),
        (200, PASSED),
        (204, ""),
        (401, MFA),
        (400, WRONG_CODE),
        (500, "oops"),
        (200, "{}"),
    ];
    for first in replies {
        for second in replies {
            let mut stage = Stage::at(Phase::Creating);
            let mut outputs = stage.reply(first.0, first.1);
            outputs.extend(stage.pass(10_000));
            outputs.extend(stage.reply(second.0, second.1));
            let now = stage.time();
            let _ = stage.session.answer_mfa(now, totp("1"));
            outputs.extend(stage.drain());
            outputs.extend(stage.pass(1_000_000));
            let calls = outputs.iter().filter(|o| matches!(o, Output::Call(_)));
            assert_eq!(calls.count(), 0, "{first:?} {second:?}");
        }
    }
}

#[test]
fn r41_a_code_that_the_service_does_not_know_ends_it() {
    let mut stage = Stage::at(Phase::Creating);
    let error = failure(stage.reply(404, r#"{"message":"Unknown session","code":10081}"#));
    let MobileError::Create(http) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(http.kind(), HttpErrorKind::Status);
    assert_eq!(
        (http.status().unwrap().as_u16(), http.code()),
        (404, Some(10081))
    );
    assert_eq!(stage.session.phase(), Phase::Ended);
}

#[test]
fn r41_a_reply_without_a_handshake_token_is_no_success() {
    for body in [
        "",
        "{}",
        "[]",
        r#"{"handshake_token":""}"#,
        r#"{"handshake_token":null}"#,
    ] {
        let error = failure(Stage::at(Phase::Creating).reply(200, body));
        assert!(
            matches!(&error, MobileError::Create(e) if e.kind() == HttpErrorKind::BadBody),
            "{body}: {error:?}"
        );
    }
}

#[test]
fn a_token_that_fits_no_header_ends_it_before_any_call() {
    let mut config = config();
    config.authorization = Token::new("canary\nauthorization".to_owned());
    let mut session = Session::new(config, fingerprint(), MonoTime::from_millis(START));
    assert_eq!(session.phase(), Phase::Ended);
    assert_eq!(session.deadline(), None);
    let error = failure(std::iter::from_fn(|| session.poll_output()).collect());
    let http = error.http().unwrap();
    assert_eq!(
        (http.kind(), http.field()),
        (HttpErrorKind::BadRequest, Some("authorization"))
    );
    assert!(matches!(error, MobileError::Create(_)));
}
