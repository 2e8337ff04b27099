//! How flows end.

use super::*;
use ra_http::HttpErrorKind;

#[test]
fn o130_a_token_ends_it() {
    let mut rig = Rig::new();
    let call = rig.call();
    rig.answer(&call, 200, TOKEN);
    let Ok(Outcome::Granted(token)) = rig.end() else {
        panic!();
    };
    assert_eq!(token.access_token.expose(), "canary-access");
    rig.answer(&call, 200, TOKEN); // the same reply again
    rig.sleep(secs(1000));
    assert!(rig.session.poll_output().is_none());
}

#[test]
fn o133_an_expired_code_ends_it() {
    let mut rig = Rig::new();
    let call = rig.call();
    rig.answer(&call, 400, &refusal("expired_token"));
    assert!(matches!(rig.end(), Err(DeviceError::Expired)));
}

#[test]
fn o134_a_refusal_of_the_person_ends_it() {
    for status in [400, 401, 403] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.answer(&call, status, &refusal("access_denied"));
        assert!(matches!(rig.end(), Ok(Outcome::Denied)), "{status}");
    }
}

#[test]
fn o135_s28_what_asking_again_does_not_heal_ends_it() {
    for (status, body) in [
        (400, refusal("invalid_grant")),
        (400, refusal("invalid_request")),
        (401, refusal("invalid_client")),
        (400, refusal("unsupported_grant_type")),
        (400, refusal("unauthorized_client")),
        (400, refusal("something_new")),
        (400, r#"{"message":"Bad","code":50025}"#.to_owned()),
        (400, "{}".to_owned()),
        (400, "[]".to_owned()),
        (400, r#"{"error":["authorization_pending"]}"#.to_owned()),
        (
            401,
            r#"{"message":"401: Unauthorized","code":0}"#.to_owned(),
        ),
        (403, "<html>".to_owned()),
        (404, String::new()),
        (405, String::new()),
        (302, String::new()),
        (302, refusal("authorization_pending")),
        (307, refusal("slow_down")),
        (308, refusal("access_denied")),
    ] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.answer(&call, status, &body);
        let Err(DeviceError::Refused(error)) = rig.end() else {
            panic!("{status} {body}");
        };
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
}

#[test]
fn o135_s36_a_success_that_cannot_be_read_ends_it() {
    let large = " ".repeat(ra_http::MAX_BODY_BYTES + 1);
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "{}",
        "<html>",
        "null",
        "\u{feff}{}",
        &TOKEN[..40],
        &deep,
        &large,
        r#"{"error":"authorization_pending"}"#,
        r#"{"token_type":"mac","access_token":"a"}"#,
    ] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.answer(&call, 200, body);
        let Err(DeviceError::Refused(error)) = rig.end() else {
            panic!("{:?}", &body[..body.len().min(40)]);
        };
        let kinds = [HttpErrorKind::BadBody, HttpErrorKind::BodyTooLarge];
        assert!(kinds.contains(&error.kind()));
    }
}

#[test]
fn s23_the_clock_ends_it_before_during_and_after_a_poll() {
    // before the first poll
    let mut rig = Rig::new();
    rig.sleep(secs(300));
    assert!(matches!(rig.end(), Err(DeviceError::Expired)));
    // while a poll is under way: its answer still counts
    for (body, status) in [
        (TOKEN.to_owned(), 200),
        (refusal("authorization_pending"), 400),
    ] {
        let mut codes = codes();
        codes.expires_in = secs(7);
        let mut rig = Rig::with(&codes);
        let call = rig.call();
        rig.sleep(secs(10));
        assert!(!rig.session.has_ended());
        rig.answer(&call, status, &body);
        match rig.end() {
            Ok(Outcome::Granted(_)) if status == 200 => {}
            Err(DeviceError::Expired) if status == 400 => {}
            other => panic!("{other:?}"),
        }
    }
    // after a poll: no further one fits in
    let mut codes = codes();
    codes.expires_in = secs(7);
    let mut rig = Rig::with(&codes);
    let call = rig.call();
    rig.answer(&call, 400, &refusal("authorization_pending"));
    assert_eq!(rig.wake(), Wake::Expiry);
    assert_eq!(rig.clock(), secs(7));
    assert!(matches!(rig.end(), Err(DeviceError::Expired)));
}

#[test]
fn s23_codes_that_live_for_no_time_or_for_ever() {
    let mut codes = codes();
    codes.expires_in = Duration::ZERO;
    let mut rig = Rig::with(&codes);
    rig.sleep(Duration::ZERO);
    assert!(matches!(rig.end(), Err(DeviceError::Expired)));
    codes.expires_in = Duration::MAX;
    codes.interval = Duration::MAX;
    let mut rig = Rig::with(&codes);
    assert_eq!(
        rig.session.deadline().unwrap().at,
        MonoTime::from_millis(u64::MAX)
    );
    rig.now = MonoTime::from_millis(u64::MAX);
    rig.session.handle(rig.now, Input::Tick);
    assert!(matches!(rig.end(), Err(DeviceError::Expired)));
}

#[test]
fn the_caller_cancels_while_waiting_and_while_asking() {
    let mut rig = Rig::new();
    rig.session.cancel(rig.now).unwrap();
    assert!(matches!(rig.end(), Ok(Outcome::Cancelled)));
    assert_eq!(rig.session.cancel(rig.now), Err(Misuse::Ended));
    assert!(rig.session.poll_output().is_none());

    let mut rig = Rig::new();
    let call = rig.call();
    rig.session.cancel(rig.now).unwrap();
    rig.answer(&call, 200, TOKEN);
    assert!(matches!(rig.end(), Ok(Outcome::Cancelled)));
}

#[test]
fn a_cancel_that_comes_too_late_changes_nothing() {
    let mut rig = Rig::new();
    let late = rig.session.expires_at();
    assert_eq!(rig.session.cancel(late), Err(Misuse::Ended));
    assert!(matches!(rig.end(), Err(DeviceError::Expired)));
}

#[test]
fn errors_say_what_happened_in_one_line() {
    let error = call_error();
    let refused = DeviceError::Refused(error);
    let source = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(source, "the call was refused, status 400");
    for text in [
        refused.to_string(),
        DeviceError::Expired.to_string(),
        Misuse::Ended.to_string(),
    ] {
        assert!(
            text.len() > 10 && !text.ends_with('.') && !text.contains(&source),
            "{text}"
        );
    }
    assert!(std::error::Error::source(&DeviceError::Expired).is_none());
}

fn call_error() -> HttpError {
    let mut rig = Rig::new();
    rig.call()
        .poll
        .from_http(response(400, None, ""))
        .unwrap_err()
}
