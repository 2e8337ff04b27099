//! R-31 to R-33: every shape that a refusal comes in.

use std::error::Error as _;
use std::time::Duration;

use http::{Response, StatusCode};
use ra_http::{
    Body, Fault, HttpError, HttpErrorKind, MAX_BODY_BYTES, MAX_RETRY_AFTER, Retry, TransportError,
    TransportErrorKind, check_status,
};

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body.as_bytes().to_vec())).unwrap()
}

fn refusal(status: u16, headers: &[(&str, &str)], body: &str) -> HttpError {
    check_status(reply(status, headers, body)).expect_err("a refusal")
}

#[test]
fn a_success_passes_with_its_body_whatever_the_content_type_says() {
    for status in [200, 201, 204] {
        let passed = check_status(reply(status, &[("content-type", "text/html")], "{}")).unwrap();
        assert_eq!(passed.status(), status);
        assert_eq!(passed.body().as_bytes(), b"{}");
    }
}

#[test]
fn r31_a_400_with_captcha_key_is_a_challenge() {
    let error = refusal(
        400,
        &[],
        r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha","captcha_sitekey":"f5561ba9",
            "captcha_rqdata":"data","captcha_rqtoken":"token","captcha_session_id":"session","more":{"x":[1]}}"#,
    );
    assert_eq!(error.kind(), HttpErrorKind::Captcha);
    let captcha = error.captcha().unwrap();
    assert_eq!(captcha.service.as_deref(), Some("hcaptcha"));
    assert_eq!(captcha.sitekey.as_deref(), Some("f5561ba9"));
    assert_eq!(captcha.rqdata.as_deref(), Some("data"));
    assert_eq!(captcha.rqtoken.as_deref(), Some("token"));
    assert_eq!(captcha.session_id.as_deref(), Some("session"));
    assert_eq!(captcha.reasons, ["captcha-required"]);
    assert_eq!(
        (error.fault(), error.retry()),
        (Fault::Caller, Retry::Never)
    );
}

#[test]
fn r31_members_that_cannot_be_shown_or_sent_back_are_left_out() {
    let long = "x".repeat(16 * 1024 + 1);
    let error = refusal(
        400,
        &[],
        &format!(
            r#"{{"captcha_key":"captcha-required","captcha_service":7,"captcha_sitekey":"a\u001b[31m",
                "captcha_rqdata":"{long}","captcha_rqtoken":"a\r\nX-Evil: 1","captcha_session_id":""}}"#
        ),
    );
    let captcha = error.captcha().expect("still a challenge");
    let longest = "x".repeat(16_384);
    let kept = refusal(
        400,
        &[],
        &format!(r#"{{"captcha_key":[],"captcha_rqdata":"{longest}"}}"#),
    );
    assert_eq!(kept.captcha().unwrap().rqdata, Some(longest));
    assert_eq!(*captcha, ra_http::CaptchaChallenge::default());
}

#[test]
fn r31_only_status_400_with_a_key_that_is_not_null_is_a_challenge() {
    for (status, body) in [
        (403, r#"{"captcha_key":["captcha-required"]}"#),
        (500, r#"{"captcha_key":["captcha-required"]}"#),
        (400, r#"{"captcha_key":null,"captcha_sitekey":"x"}"#),
        (400, r#"{"captcha_sitekey":"x"}"#),
        (400, r#"{"nested":{"captcha_key":["captcha-required"]}}"#),
        (400, r#"[1,"x",2,["captcha-required"]]"#),
    ] {
        let error = refusal(status, &[], body);
        assert_eq!(error.kind(), HttpErrorKind::Status, "{status} {body}");
        assert!(error.captcha().is_none());
    }
}

#[test]
fn r32_429_keeps_either_kind_of_wait() {
    let second = Duration::from_secs(1);
    for (headers, body, wait) in [
        (&[("retry-after", "3")][..], "", Some(3 * second)),
        (&[("retry-after", "0.5")], "", Some(second / 2)),
        (
            &[
                ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
                ("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"),
            ],
            "",
            Some(10 * second),
        ),
        (
            &[],
            r#"{"message":"limited","retry_after":4}"#,
            Some(4 * second),
        ),
        (
            &[],
            r#"{"retry_after":0.25,"global":true}"#,
            Some(second / 4),
        ),
        (
            &[("retry-after", "3")],
            r#"{"retry_after":9}"#,
            Some(3 * second),
        ), // the header wins
        (
            &[("retry-after", "soon")],
            r#"{"retry_after":9}"#,
            Some(9 * second),
        ),
        (&[("retry-after", "-3")], r#"{"retry_after":-9}"#, None),
        (&[], r#"{"retry_after":"9"}"#, None),
        (&[], r#"{"retry_after":1e300}"#, Some(MAX_RETRY_AFTER)),
        (&[], "<html>error 1015</html>", None),
        (
            &[("retry-after", "60")],
            "<html>error 1015</html>",
            Some(60 * second),
        ),
    ] {
        let error = refusal(429, headers, body);
        assert_eq!(error.kind(), HttpErrorKind::RateLimited);
        assert_eq!(error.retry_after(), wait, "{headers:?} {body}");
        let advice = wait.unwrap_or(5 * second);
        assert_eq!(
            (error.fault(), error.retry()),
            (Fault::Caller, Retry::After(advice))
        );
    }
}

#[test]
fn r32_other_statuses_keep_their_wait_too() {
    let error = refusal(503, &[("retry-after", "7")], "");
    assert_eq!(error.kind(), HttpErrorKind::Status);
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7)));
    assert_eq!(error.fault(), Fault::Peer);
    assert_eq!(
        refusal(502, &[], "").retry(),
        Retry::After(Duration::from_secs(5))
    );
    assert_eq!(refusal(404, &[], "").retry(), Retry::Never);
}

#[test]
fn r32_discord_json_keeps_its_code() {
    let error = refusal(
        401,
        &[],
        r#"{"message":"MFA","code":60003,"errors":{"a":{"_errors":[]}}}"#,
    );
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(error.code(), Some(60003));
    assert_eq!(error.fault(), Fault::Caller);
    assert!(error.dangerous_body().starts_with(b"{\"message\""));
    assert_eq!(
        error.to_string(),
        "the call was refused, status 401, code 60003"
    );
    assert_eq!(
        refusal(401, &[], r#"{"message":"401: Unauthorized","code":0}"#).code(),
        Some(0)
    );
}

#[test]
fn r32_oauth_json_keeps_its_error() {
    let error = refusal(
        400,
        &[],
        r#"{"error":"invalid_grant","error_description":"canary","code":"text"}"#,
    );
    assert_eq!(error.oauth_error(), Some("invalid_grant"));
    assert_eq!(
        error.code(),
        None,
        "one member of the wrong type hides no other"
    );
    for bad in [
        r#"{"error":""}"#,
        r#"{"error":"a\nb"}"#,
        r#"{"error":"a\"b"}"#,
        r#"{"error":{}}"#,
    ] {
        assert_eq!(refusal(400, &[], bad).oauth_error(), None, "{bad}");
    }
    assert_eq!(
        refusal(400, &[], &format!(r#"{{"error":"{}"}}"#, "e".repeat(65))).oauth_error(),
        None
    );
}

#[test]
fn r32_what_is_not_json_keeps_status_and_nothing_else() {
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    for body in [
        "",
        "<!DOCTYPE html><h1>502</h1>",
        "error code: 1020",
        "{",
        "[]",
        "null",
        "\u{feff}{}",
        &deep,
    ] {
        let error = refusal(403, &[("content-type", "application/json")], body);
        assert_eq!(error.kind(), HttpErrorKind::Status);
        assert_eq!((error.code(), error.oauth_error()), (None, None));
        assert_eq!(error.dangerous_body(), body.as_bytes());
    }
    let not_utf8 = Response::builder()
        .status(500)
        .body(Body::from(vec![b'{', 0xff, b'}']))
        .unwrap();
    assert_eq!(
        check_status(not_utf8).unwrap_err().kind(),
        HttpErrorKind::Status
    );
}

#[test]
fn r33_no_redirect_is_followed() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let error = refusal(status, &[("location", "https://evil.example/canary")], "");
        assert_eq!(error.kind(), HttpErrorKind::Redirect);
        assert_eq!((error.fault(), error.retry()), (Fault::Peer, Retry::Never));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[test]
fn r33_a_body_over_the_cap_is_refused_with_any_status() {
    let fits = "x".repeat(MAX_BODY_BYTES);
    assert!(check_status(reply(200, &[], &fits)).is_ok());
    for status in [200, 302, 400, 429, 500] {
        let error = refusal(status, &[("retry-after", "2")], &format!("{fits}x"));
        assert_eq!(error.kind(), HttpErrorKind::BodyTooLarge);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
        assert!(error.dangerous_body().is_empty());
    }
}

#[test]
fn r32_bodies_reach_neither_debug_nor_display() {
    let json = r#"{"message":"canary","code":1,"error":"canary","captcha_key":["canary"],"captcha_sitekey":"canary"}"#;
    for (status, body) in [(400, json), (401, json), (429, json), (500, "canary")] {
        let error = refusal(status, &[("x-request", "canary")], body);
        assert!(
            !format!("{error} {error:?} {error:#?}").contains("canary"),
            "{status}"
        );
    }
    let error = HttpError::bad_body(reply(200, &[], "canary"), Some("encrypted_token"));
    assert!(format!("{error:?}").starts_with("HttpError { kind: BadBody, status: Some(200)"));
    assert_eq!(
        error.to_string(),
        "the response makes no sense at encrypted_token, status 200"
    );
    assert_eq!((error.fault(), error.retry()), (Fault::Peer, Retry::Never));
    assert_eq!(error.dangerous_body(), b"canary");
    assert!(!format!("{error} {error:?} {error:#?}").contains("canary"));
}

#[test]
fn a_transport_error_is_the_source_and_says_its_text_once() {
    let io = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    let error = HttpError::from(TransportError::with_source(TransportErrorKind::Connect, io));
    assert_eq!(error.kind(), HttpErrorKind::Transport);
    assert_eq!(error.to_string(), "the call got no reply");
    assert_eq!(
        (error.fault(), error.retry()),
        (Fault::Transport, Retry::After(Duration::from_secs(5)))
    );
    let transport = error.source().unwrap();
    assert_eq!(transport.to_string(), "no connection");
    assert_eq!(
        transport.source().unwrap().to_string(),
        "connection refused"
    );
    assert_eq!(
        error.transport().map(TransportError::kind),
        Some(TransportErrorKind::Connect)
    );
}

#[test]
fn transport_kinds_say_whose_fault_and_what_now() {
    use TransportErrorKind as Kind;
    for (kind, fault, retry) in [
        (Kind::NotAllowed, Fault::Caller, Retry::Never),
        (Kind::Tls, Fault::Transport, Retry::Never),
        (Kind::ProxyCredentials, Fault::Transport, Retry::Never),
        (
            Kind::Timeout,
            Fault::Transport,
            Retry::After(Duration::from_secs(5)),
        ),
        (Kind::BodyTooLarge, Fault::Peer, Retry::Never),
        (Kind::upgrade(302, None), Fault::Peer, Retry::Never),
        (
            Kind::upgrade(503, None),
            Fault::Peer,
            Retry::After(Duration::from_secs(5)),
        ),
        (
            Kind::upgrade(429, Some(Duration::MAX)),
            Fault::Peer,
            Retry::After(MAX_RETRY_AFTER),
        ),
    ] {
        let error = HttpError::from(TransportError::new(kind));
        assert_eq!((error.fault(), error.retry()), (fault, retry), "{kind:?}");
    }
    let refused = HttpError::from(TransportError::new(Kind::upgrade(
        503,
        Some(Duration::from_secs(2)),
    )));
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(2)));
    let large = HttpError::from(TransportError::new(Kind::BodyTooLarge));
    assert_eq!(large.kind(), HttpErrorKind::BodyTooLarge);
}

#[test]
fn errors_cross_threads_and_stay_small() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<HttpError>();
    crosses::<TransportError>();
    assert_eq!(size_of::<HttpError>(), size_of::<usize>());
}
