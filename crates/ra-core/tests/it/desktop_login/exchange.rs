//! R-30, R-32, R-33: the ticket becomes a token, or it does not.

use super::*;
use ra_core::desktop::login::TokenFault;

#[test]
fn r30_the_ticket_is_exchanged_and_the_token_opened() {
    let (mut stage, call) = Stage::new().until_exchange();
    assert_eq!(call.request.method(), "POST");
    assert_eq!(
        call.request.uri(),
        "http://127.0.0.1:9/api/v9/users/@me/remote-auth/login"
    );
    assert_eq!(
        call.request.body().as_bytes(),
        br#"{"ticket":"canary-ticket"}"#
    );
    assert_eq!(call.timeout, Duration::from_secs(15));
    assert!(!format!("{call:?}").contains("canary"), "R-34");
    let outputs = stage.reply(&call, 200, token_body("canary-token"));
    assert!(!format!("{outputs:?}").contains("canary"), "R-34");
    match &outputs[..] {
        [Output::End(Ok(Outcome::LoggedIn { token, user }))] => {
            assert_eq!(
                (token.expose(), user.username.as_str()),
                ("canary-token", "mary")
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(stage.login.phase(), Phase::Ended);
}

#[test]
fn r13_the_close_that_follows_does_not_disturb_the_exchange() {
    let (mut stage, call) = Stage::new().until_exchange();
    for input in [
        Input::closed(Some(CloseCode::NORMAL)),
        Input::lost(),
        Input::text(LOGIN),
        Input::Connected,
    ] {
        assert!(stage.input(input).is_empty());
    }
    assert_eq!(stage.login.phase(), Phase::Exchanging);
    assert_eq!(
        names(&stage.reply(&call, 200, token_body("t"))),
        ["end well"]
    );
}

#[test]
fn r30_a_token_that_cannot_be_one_is_no_success() {
    for (token, fault) in [
        (&b""[..], TokenFault::Empty),
        (b"\xff\xfe", TokenFault::NotUtf8),
        (b"two\nlines", TokenFault::Malformed),
        (b"with space", TokenFault::Malformed),
        ("tök".as_bytes(), TokenFault::Malformed),
    ] {
        let (mut stage, call) = Stage::new().until_exchange();
        match failed(stage.reply(&call, 200, token_body(token))) {
            LoginError::Token(got) => assert_eq!(got, fault),
            other => panic!("{other:?}"),
        }
    }
    let other_key = FakeKey::new(KEY + 1).seal_text("t");
    let (mut stage, call) = Stage::new().until_exchange();
    let error = failed(stage.reply(
        &call,
        200,
        format!(r#"{{"encrypted_token":"{other_key}"}}"#),
    ));
    assert!(matches!(error, LoginError::Token(TokenFault::Unopenable)));
    assert_eq!(error.kind(), LoginErrorKind::Protocol);
}

#[test]
fn r30_a_success_without_a_token_breaks_the_protocol() {
    for body in [
        "",
        "{}",
        "[]",
        r#"{"encrypted_token":null}"#,
        r#"{"encrypted_token":"!"}"#,
        "<html>",
    ] {
        let (mut stage, call) = Stage::new().until_exchange();
        assert_eq!(
            failed(stage.reply(&call, 200, body)).kind(),
            LoginErrorKind::Protocol,
            "{body}"
        );
    }
}

#[test]
fn r32_refusals_keep_status_and_code_and_end_the_login() {
    let (mut stage, call) = Stage::new().until_exchange();
    match failed(stage.reply(&call, 400, r#"{"code":50035,"message":"canary"}"#)) {
        LoginError::Exchange(error) => {
            assert_eq!(
                (error.status().unwrap().as_u16(), error.code()),
                (400, Some(50035))
            );
            assert!(!format!("{error:?}{error}").contains("canary"));
            let refused = LoginError::Exchange(error);
            assert_eq!(
                refused.kind(),
                LoginErrorKind::Refused,
                "with a code of the service"
            );
        }
        other => panic!("{other:?}"),
    }
    let (mut stage, mut call) = Stage::new().until_exchange();
    for _ in 0..2 {
        assert!(stage.reply(&call, 500, r#"{"code":0}"#).is_empty());
        let (wait, _) = stage.wakes();
        call = the_call(stage.pass(wait));
    }
    let error = failed(stage.reply(&call, 500, r#"{"code":0}"#));
    assert_eq!(error.kind(), LoginErrorKind::Network, "a 5xx is no verdict");
    for (status, body) in [(404, "<html>no</html>"), (302, ""), (401, "{}")] {
        let (mut stage, call) = Stage::new().until_exchange();
        let outputs = stage.reply(&call, status, body);
        assert_eq!(names(&outputs), ["end badly"], "{status}");
        assert_eq!(failed(outputs).kind(), LoginErrorKind::Network, "{status}");
    }
}

#[test]
fn r32_a_rate_limit_is_waited_out_with_the_same_ticket() {
    let bodies = [
        r#"{"retry_after":2.5,"message":"slow","global":false}"#,
        r#"{"retry_after":3}"#,
    ];
    for (body, wait) in bodies.into_iter().zip([2_500, 3_000]) {
        let (mut stage, call) = Stage::new().until_exchange();
        assert!(stage.reply(&call, 429, body).is_empty());
        assert_eq!(stage.wakes(), (wait, Wake::BackOff));
        let again = the_call(stage.pass(wait));
        assert_ne!(again.id, call.id);
        assert_eq!(
            again.request.body().as_bytes(),
            call.request.body().as_bytes()
        );
        assert_eq!(
            names(&stage.reply(&again, 200, token_body("t"))),
            ["end well"]
        );
    }
    let (mut stage, call) = Stage::new().until_exchange();
    let mut header = response(429, "");
    header
        .headers_mut()
        .insert("retry-after", "7".parse().unwrap());
    assert!(stage.input(Input::Reply(call.id, Ok(header))).is_empty());
    assert_eq!(stage.wakes(), (7_000, Wake::BackOff));
}

#[test]
fn r32_a_longer_wait_than_the_ticket_lives_ends_the_login_and_says_how_long() {
    let (mut stage, call) = Stage::new().until_exchange();
    let error = failed(stage.reply(&call, 429, r#"{"retry_after":60}"#));
    assert_eq!(
        error.retry(),
        ra_core::Retry::After(Duration::from_secs(60))
    );
    let (mut stage, call) = Stage::new().until_exchange();
    assert!(
        stage
            .reply(&call, 429, r#"{"retry_after":59.9}"#)
            .is_empty()
    );
}

#[test]
fn r19_a_service_that_keeps_failing_is_tried_three_times() {
    let (mut stage, mut call) = Stage::new().until_exchange();
    for _ in 0..2 {
        assert!(stage.reply(&call, 503, "busy").is_empty());
        let (wait, wake) = stage.wakes();
        assert_eq!(wake, Wake::BackOff);
        call = the_call(stage.pass(wait));
    }
    assert_eq!(
        failed(stage.reply(&call, 503, "busy")).kind(),
        LoginErrorKind::Network
    );
}

#[test]
fn r19_a_call_without_a_reply_is_given_up() {
    let (mut stage, call) = Stage::new().until_exchange();
    assert_eq!(stage.wakes(), (16_000, Wake::Call));
    assert!(stage.pass(16_000).is_empty(), "another try follows");
    let (wait, _) = stage.wakes();
    let again = the_call(stage.pass(wait));
    // the first call's reply comes after all: nobody listens
    assert!(stage.reply(&call, 200, token_body("t")).is_empty());
    let lost = TransportError::new(TransportErrorKind::Lost);
    assert!(stage.input(Input::Reply(again.id, Err(lost))).is_empty());
    let (wait, _) = stage.wakes();
    let last = the_call(stage.pass(wait));
    let error = failed(stage.input(Input::Reply(
        last.id,
        Err(TransportError::new(TransportErrorKind::Lost)),
    )));
    assert_eq!(error.kind(), LoginErrorKind::Network);
}

#[test]
fn r19_all_tries_together_take_a_minute_at_most() {
    let (mut stage, call) = Stage::new().until_exchange();
    let start = stage.now;
    assert!(stage.reply(&call, 429, r#"{"retry_after":25}"#).is_empty());
    let call = the_call(stage.pass(25_000));
    assert!(stage.reply(&call, 429, r#"{"retry_after":25}"#).is_empty());
    let call = the_call(stage.pass(25_000));
    let outputs = stage.reply(&call, 429, r#"{"retry_after":25}"#);
    assert_eq!(names(&outputs), ["end badly"]);
    assert_eq!(stage.now - start, 50_000);
    // the third wait is refused for its end, not for its number
    let (mut stage, call) = Stage::new().until_exchange();
    assert!(stage.reply(&call, 429, r#"{"retry_after":40}"#).is_empty());
    let call = the_call(stage.pass(40_000));
    let outputs = stage.reply(&call, 429, r#"{"retry_after":20}"#);
    assert_eq!(names(&outputs), ["end badly"]);
}

#[test]
#[cfg_attr(miri, ignore = "a megabyte that is wiped byte by byte")]
fn r33_a_body_that_is_too_large_ends_the_login() {
    let (mut stage, call) = Stage::new().until_exchange();
    let error = failed(stage.reply(&call, 200, vec![b' '; (1 << 20) + 1]));
    assert_eq!(error.kind(), LoginErrorKind::Network);
}

#[test]
fn errors_say_one_plain_line_each() {
    use std::error::Error as _;
    let (mut stage, call) = Stage::new().until_exchange();
    let error = failed(stage.reply(&call, 401, "{}"));
    assert_eq!(
        error.to_string(),
        "the ticket could not be exchanged for a token"
    );
    assert!(error.source().is_some());
    assert_eq!(error.retry(), ra_core::Retry::NewSession);
    assert_eq!(error.fault(), ra_core::Fault::Caller);
    let kinds = [
        LoginErrorKind::Expired,
        LoginErrorKind::Refused,
        LoginErrorKind::Protocol,
        LoginErrorKind::Captcha,
        LoginErrorKind::Network,
        LoginErrorKind::Local,
    ];
    assert_eq!(
        kinds.map(LoginErrorKind::as_str),
        [
            "expired", "refused", "protocol", "captcha", "network", "local"
        ]
    );
}
