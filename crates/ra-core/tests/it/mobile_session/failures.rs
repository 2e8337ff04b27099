//! Every call's failures, and replies that come for calls that are no longer open (R-32).

use std::time::Duration;

use ra_core::mobile::{Input, Phase, Session};
use ra_core::{Fault, Retry};
use ra_http::{HttpErrorKind, TransportError, TransportErrorKind};

use super::*;

#[test]
fn r32_each_refusal_keeps_status_code_and_wait() {
    for phase in CALLING {
        for (status, body, kind, code, fault, retry) in [
            (
                401,
                r#"{"code":0}"#,
                HttpErrorKind::Status,
                Some(0),
                Fault::Caller,
                Retry::Never,
            ),
            (
                404,
                r#"{"code":10012}"#,
                HttpErrorKind::Status,
                Some(10012),
                Fault::Caller,
                Retry::Never,
            ),
            (
                429,
                r#"{"retry_after":1.5}"#,
                HttpErrorKind::RateLimited,
                None,
                Fault::Caller,
                Retry::After(Duration::from_millis(1_500)),
            ),
            (
                500,
                "<html>canary</html>",
                HttpErrorKind::Status,
                None,
                Fault::Peer,
                Retry::After(Duration::from_secs(5)),
            ),
            (
                302,
                "",
                HttpErrorKind::Redirect,
                None,
                Fault::Peer,
                Retry::Never,
            ),
        ] {
            let mut stage = Stage::at(phase);
            let error = failure(stage.reply(status, body));
            assert_of(phase, &error);
            let http = error.http().unwrap();
            assert_eq!(
                (http.kind(), http.status().map(|s| s.as_u16()), http.code()),
                (kind, Some(status), code)
            );
            assert_eq!((error.fault(), error.retry()), (fault, retry), "{status}");
            assert_eq!(stage.session.phase(), Phase::Ended);
            assert_eq!(stage.session.deadline(), None);
        }
    }
}

#[test]
fn r31_a_captcha_is_told_as_one() {
    let body = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha"}"#;
    for phase in CALLING {
        let error = failure(Stage::at(phase).reply(400, body));
        assert_of(phase, &error);
        assert_eq!(error.http().unwrap().kind(), HttpErrorKind::Captcha);
    }
}

#[test]
fn a_call_without_a_reply_ends_it() {
    for phase in CALLING {
        for kind in [
            TransportErrorKind::Connect,
            TransportErrorKind::Lost,
            TransportErrorKind::Timeout,
        ] {
            let error = failure(Stage::at(phase).no_reply(TransportError::new(kind)));
            assert_of(phase, &error);
            let transport = error.http().unwrap().transport().unwrap();
            assert_eq!(transport.kind(), kind);
            assert_eq!(error.fault(), Fault::Transport);
            assert!(matches!(error.retry(), Retry::After(_)));
        }
    }
}

#[test]
fn replies_to_calls_that_are_no_longer_open_are_ignored() {
    // the first call's name, in every later phase
    let first = Stage::at(Phase::Creating).last;
    for phase in LIVING.into_iter().filter(|p| *p != Phase::Creating) {
        for (status, body) in [(200, HANDSHAKE), (204, ""), (401, MFA), (500, "")] {
            let mut stage = Stage::at(phase);
            let before = stage.session.deadline();
            let outputs = stage.input(Input::Reply(first, Ok(response(status, body))));
            assert!(outputs.is_empty(), "{phase}: {outputs:?}");
            let lost = TransportError::new(TransportErrorKind::Lost);
            assert!(stage.input(Input::Reply(first, Err(lost))).is_empty());
            assert_eq!(
                (stage.session.phase(), stage.session.deadline()),
                (phase, before)
            );
        }
    }
}

#[test]
fn replies_that_come_twice_count_once() {
    let mut stage = Stage::at(Phase::Creating);
    let _ = event(stage.reply(200, HANDSHAKE));
    assert!(stage.reply(200, HANDSHAKE).is_empty());
    let _ = stage.call_of(Session::approve);
    let _ = event(stage.reply(401, MFA));
    assert!(stage.reply(204, "").is_empty());
    assert_eq!(stage.session.phase(), Phase::AwaitMfa);
}

#[test]
fn replies_to_calls_that_have_not_been_made_are_ignored() {
    let later = Stage::at(Phase::AnsweringMfa).last;
    for phase in [Phase::Creating, Phase::Finishing, Phase::Cancelling] {
        let mut stage = Stage::at(phase);
        let outputs = stage.input(Input::Reply(later, Ok(response(204, ""))));
        assert!(outputs.is_empty(), "{phase}: {outputs:?}");
        assert_eq!(stage.session.phase(), phase);
    }
}
