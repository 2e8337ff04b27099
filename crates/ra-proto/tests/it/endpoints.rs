//! Endpoints (feature `http`): the requests that they make and the replies that they read.

use http::{Request, Response};
use ra_http::{
    BaseUrl, Body, CaptchaChallenge, CaptchaSolution, Endpoint, HttpError, HttpErrorKind,
};
use ra_proto::rest::*;
use ra_proto::{Fingerprint, HandshakeToken, MfaAnswerText, MfaTicket, MfaToken, Ticket, Token};

fn base() -> BaseUrl {
    "https://discord.com/api/v9".parse().unwrap()
}

fn request(endpoint: &impl Endpoint) -> Request<Body> {
    endpoint.to_http(&base()).unwrap()
}

fn reply<E: Endpoint>(endpoint: &E, status: u16, body: &str) -> Result<E::Reply, HttpError> {
    let body = Body::from(body.as_bytes().to_vec());
    endpoint.from_http(Response::builder().status(status).body(body).unwrap())
}

fn text(request: &Request<Body>) -> &str {
    core::str::from_utf8(request.body().as_bytes()).unwrap()
}

fn token() -> Token {
    Token::new("canary-token".to_owned())
}

fn handshake_token() -> HandshakeToken {
    HandshakeToken::new("canary-handshake".to_owned())
}

fn exchange(solved: Option<(CaptchaChallenge, CaptchaSolution)>) -> ExchangeTicket {
    ExchangeTicket::new(Ticket::new("canary-ticket".to_owned()), solved)
}

fn finish(mfa: Option<&str>) -> Finish {
    let mfa = mfa.map(|token| MfaToken::new(token.to_owned()));
    Finish::new(token(), handshake_token(), false, mfa)
}

fn finish_mfa() -> FinishMfa {
    let ticket = MfaTicket::new("canary-mfa-ticket".to_owned());
    FinishMfa::new(
        token(),
        ticket,
        MfaMethod::Totp,
        MfaAnswerText::new("123456".to_owned()),
    )
}

#[test]
fn r30_the_exchange_sends_the_ticket_and_no_authorization() {
    let request = request(&exchange(None));
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v9/users/@me/remote-auth/login"
    );
    assert_eq!(text(&request), r#"{"ticket":"canary-ticket"}"#);
    assert!(!request.headers().contains_key("authorization"));
    assert!(
        !request
            .headers()
            .keys()
            .any(|name| name.as_str().starts_with("x-captcha"))
    );
}

#[test]
fn r30_r12_the_sealed_token_is_read_in_either_alphabet() {
    let sealed: Vec<u8> = vec![0xfb, 0xff, 0xfe, 0x01];
    for encrypted in ["+//+AQ==", "+//+AQ", "-__-AQ==", "-__-AQ"] {
        let body = format!(r#"{{"encrypted_token":"{encrypted}","more":1}}"#);
        assert_eq!(
            reply(&exchange(None), 200, &body).unwrap(),
            sealed,
            "{encrypted}"
        );
    }
}

#[test]
fn r30_a_reply_without_a_sealed_token_is_an_error_that_names_the_field() {
    for (body, field) in [
        ("", None),
        ("canary", None),
        ("[]", None),
        ("<html>canary</html>", None),
        ("{}", Some("encrypted_token")),
        (r#"{"encrypted_token":null}"#, Some("encrypted_token")),
        (r#"{"encrypted_token":""}"#, Some("encrypted_token")),
        (r#"{"encrypted_token":7}"#, Some("encrypted_token")),
        (r#"{"encrypted_token":"canary*"}"#, Some("encrypted_token")),
        (
            r#"{"encrypted_token":"QQ=="  ,"encrypted_token":"QQ=="}"#,
            Some("encrypted_token"),
        ),
    ] {
        let error = reply(&exchange(None), 200, body).expect_err(body);
        assert_eq!(
            (error.kind(), error.field()),
            (HttpErrorKind::BadBody, field),
            "{body}"
        );
        assert_eq!(error.dangerous_body(), body.as_bytes());
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[test]
fn r31_the_retry_bears_the_solution_in_three_headers() {
    let error = reply(
        &exchange(None),
        400,
        r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha","captcha_sitekey":"s",
            "captcha_rqtoken":"canary-rqtoken","captcha_session_id":"canary-session"}"#,
    )
    .unwrap_err();
    let challenge = error.captcha().unwrap().clone();
    let request = request(&exchange(Some((
        challenge,
        CaptchaSolution::new("canary-solution"),
    ))));
    assert_eq!(request.headers()["x-captcha-key"], "canary-solution");
    assert_eq!(request.headers()["x-captcha-rqtoken"], "canary-rqtoken");
    assert_eq!(request.headers()["x-captcha-session-id"], "canary-session");
    assert_eq!(text(&request), r#"{"ticket":"canary-ticket"}"#);
}

#[test]
fn r41_the_scan_is_announced_with_the_accounts_token() {
    let fingerprint = Fingerprint::from_bytes([7; 32]);
    let endpoint = CreateHandshake::new(token(), fingerprint);
    let request = request(&endpoint);
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v9/users/@me/remote-auth"
    );
    assert_eq!(request.headers()["authorization"], "canary-token");
    assert_eq!(
        text(&request),
        format!(r#"{{"fingerprint":"{fingerprint}"}}"#)
    );
    let handshake = reply(&endpoint, 200, r#"{"handshake_token":"h"}"#).unwrap();
    assert_eq!(handshake.expose(), "h");
    for body in [
        "{}",
        r#"{"handshake_token":""}"#,
        r#"{"handshake_token":null}"#,
    ] {
        let error = reply(&endpoint, 200, body).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (HttpErrorKind::BadBody, Some("handshake_token"))
        );
    }
    let unknown = reply(&endpoint, 404, r#"{"message":"Unknown","code":10020}"#).unwrap_err();
    assert_eq!(
        (unknown.kind(), unknown.code()),
        (HttpErrorKind::Status, Some(10020))
    );
}

#[test]
fn r42_finish_and_cancel_send_the_handshake_token() {
    let request_ = request(&finish(None));
    assert_eq!(
        request_.uri(),
        "https://discord.com/api/v9/users/@me/remote-auth/finish"
    );
    assert_eq!(
        text(&request_),
        r#"{"handshake_token":"canary-handshake","temporary_token":false}"#
    );
    assert_eq!(request_.headers()["authorization"], "canary-token");
    assert!(
        !request_
            .headers()
            .contains_key("x-discord-mfa-authorization")
    );
    let temporary = Finish::new(token(), handshake_token(), true, None);
    assert!(text(&request(&temporary)).ends_with(r#""temporary_token":true}"#));

    let cancel = Cancel::new(token(), handshake_token());
    let request_ = request(&cancel);
    assert_eq!(
        request_.uri(),
        "https://discord.com/api/v9/users/@me/remote-auth/cancel"
    );
    assert_eq!(text(&request_), r#"{"handshake_token":"canary-handshake"}"#);
    assert_eq!(request_.headers()["authorization"], "canary-token");

    for status in [200, 204] {
        assert_eq!(reply(&finish(None), status, "").unwrap(), FinishReply::Done);
        reply(&cancel, status, "").unwrap();
    }
    for status in [302, 400, 401, 404, 429, 500] {
        assert!(reply(&finish(None), status, "").is_err(), "{status}");
        assert!(reply(&cancel, status, "").is_err(), "{status}");
    }
}

#[test]
fn r43_code_60003_is_a_challenge_and_not_an_error() {
    let body = r#"{"message":"Two factor","code":60003,
        "mfa":{"ticket":"canary-mfa","methods":[{"type":"totp"},{"type":"sms"}]}}"#;
    for status in [400, 401, 403] {
        let FinishReply::Mfa(challenge) = reply(&finish(None), status, body).unwrap() else {
            panic!("a challenge");
        };
        assert_eq!(challenge.ticket.expose(), "canary-mfa");
        assert_eq!(
            challenge.methods,
            [MfaMethod::Totp, MfaMethod::Unknown("sms".to_owned())]
        );
    }
}

#[test]
fn r43_a_challenge_that_cannot_be_read_stays_a_refusal() {
    for body in [
        r#"{"code":60003}"#,
        r#"{"code":60003,"mfa":{"methods":[]}}"#,
        r#"{"code":60003,"mfa":[]}"#,
    ] {
        let error = reply(&finish(None), 401, body).unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (HttpErrorKind::Status, Some(60003))
        );
    }
    let other = r#"{"code":60004,"mfa":{"ticket":"t","methods":[]}}"#;
    assert_eq!(
        reply(&finish(None), 401, other).unwrap_err().code(),
        Some(60004)
    );
}

#[test]
fn r43_the_answer_goes_to_mfa_finish_and_its_token_into_the_second_finish() {
    let request_ = request(&finish_mfa());
    assert_eq!(request_.uri(), "https://discord.com/api/v9/mfa/finish");
    assert_eq!(
        text(&request_),
        r#"{"ticket":"canary-mfa-ticket","mfa_type":"totp","data":"123456"}"#
    );
    assert_eq!(request_.headers()["authorization"], "canary-token");

    let FinishMfaReply::Token(token) =
        reply(&finish_mfa(), 200, r#"{"token":"canary-passed"}"#).unwrap()
    else {
        panic!("a token");
    };
    let second = request(&finish(Some(token.expose())));
    assert_eq!(
        second.headers()["x-discord-mfa-authorization"],
        "canary-passed"
    );

    let wrong = r#"{"message":"Invalid two-factor code","code":60008}"#;
    assert_eq!(
        reply(&finish_mfa(), 400, wrong).unwrap(),
        FinishMfaReply::WrongCode
    );
    assert_eq!(
        reply(&finish_mfa(), 400, r#"{"code":60009}"#)
            .unwrap_err()
            .code(),
        Some(60009)
    );
    let empty = reply(&finish_mfa(), 200, r#"{"token":""}"#).unwrap_err();
    assert_eq!(
        (empty.kind(), empty.field()),
        (HttpErrorKind::BadBody, Some("token"))
    );
}

#[test]
fn r34_neither_endpoints_nor_requests_nor_replies_show_a_secret() {
    let create = CreateHandshake::new(token(), Fingerprint::from_bytes([7; 32]));
    let cancel = Cancel::new(token(), handshake_token());
    let solved = (
        CaptchaChallenge::new(None, Some("canary".to_owned())),
        CaptchaSolution::new("canary"),
    );
    let mut shown = format!(
        "{create:?} {cancel:?} {:?} {:?} {:?}",
        exchange(Some(solved)),
        finish(Some("canary")),
        finish_mfa()
    );
    for request in [
        request(&create),
        request(&cancel),
        request(&exchange(None)),
        request(&finish(Some("canary"))),
        request(&finish_mfa()),
    ] {
        shown += &format!("{request:?}");
    }
    let body = r#"{"code":60003,"mfa":{"ticket":"canary","methods":[]}}"#;
    shown += &format!("{:?}", reply(&finish(None), 401, body));
    shown += &format!("{:?}", reply(&finish_mfa(), 200, r#"{"token":"canary"}"#));
    assert_eq!(shown.find("canary"), None);
}

#[test]
fn a_token_that_fits_no_header_is_the_callers_error() {
    let cancel = Cancel::new(Token::new(String::from("can\nary")), handshake_token());
    let error = cancel.to_http(&base()).unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (HttpErrorKind::BadRequest, Some("authorization"))
    );
}
