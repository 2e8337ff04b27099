//! Replies of the token endpoint, good and bad.

use super::*;
use crate::error::{Advice, ErrorCode, Repeat, advice, code};

fn reply(status: u16, body: &str) -> Result<Token, HttpError> {
    Refresh::new(public_client(), RefreshToken::new("r")).from_http(response(status, body))
}

#[test]
fn o095_each_grant_names_its_type() {
    let grants = [
        form(&ExchangeCode::without_pkce(
            secret_client(),
            AuthorizationCode::new("c"),
        )),
        form(&Refresh::new(secret_client(), RefreshToken::new("r"))),
        form(&ClientCredentials::new(secret_client(), Scope::Identify).unwrap()),
        form(&PollDevice::new(secret_client(), DeviceCode::new("d"))),
    ];
    let documented = [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
    ];
    for (form, kind) in grants.iter().zip(documented) {
        assert!(
            form.contains(&("grant_type".to_owned(), kind.to_owned())),
            "{kind}"
        );
        assert_eq!(
            form.iter().any(|(name, _)| name == "scope"),
            kind == "client_credentials"
        ); // O-103
        assert!(!form.iter().any(|(name, _)| name == "redirect_uri")); // O-100
    }
}

#[test]
fn o130_a_success_is_a_token() {
    let token = reply(
        200,
        r#"{"token_type":"Bearer","access_token":"a","expires_in":604800}"#,
    )
    .unwrap();
    assert_eq!(token.expires_in, Some(604_800));
    // every grant reads the same
    let body = || response(200, r#"{"token_type":"Bearer","access_token":"a"}"#);
    let want = Token::new(AccessToken::new("a"));
    let exchange = ExchangeCode::without_pkce(secret_client(), AuthorizationCode::new("c"));
    assert_eq!(exchange.from_http(body()).unwrap(), want);
    assert_eq!(
        ClientCredentials::new(secret_client(), Scope::Identify)
            .unwrap()
            .from_http(body())
            .unwrap(),
        want
    );
    assert_eq!(
        PollDevice::new(public_client(), DeviceCode::new("d"))
            .from_http(body())
            .unwrap(),
        want
    );
}

#[test]
fn p06_s14_a_dead_refresh_token_is_terminal() {
    let error = reply(
        400,
        r#"{"error":"invalid_grant","error_description":"Invalid \"refresh_token\" in request"}"#,
    )
    .unwrap_err();
    assert_eq!(code(&error), Some(ErrorCode::InvalidGrant));
    assert_eq!(advice(&error, Refresh::REPEAT), Advice::StartOver);
    let description = error::description(&error).unwrap();
    assert_eq!(
        description.to_string(),
        "Invalid \"refresh_token\" in request"
    );
}

#[test]
fn s28_a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let mut redirect = response(status, "");
        redirect
            .headers_mut()
            .insert("location", "https://evil.com/".parse().unwrap());
        let error = Refresh::new(public_client(), RefreshToken::new("r"))
            .from_http(redirect)
            .unwrap_err();
        assert_eq!(error.kind(), HttpErrorKind::Redirect);
        assert_eq!(advice(&error, Repeat::SingleUse), Advice::Configuration);
    }
}

#[test]
fn s36_a_body_over_its_cap_or_of_another_kind_is_refused() {
    let large = format!(
        r#"{{"token_type":"Bearer","access_token":"a","x":"{}"}}"#,
        "x".repeat(2 << 20)
    );
    assert_eq!(
        reply(200, &large).unwrap_err().kind(),
        HttpErrorKind::BodyTooLarge
    );
    for body in [
        "",
        "<html>",
        "\u{feff}{}",
        "{\"token_type\":\"Bearer\"",
        "null",
    ] {
        assert_eq!(
            reply(200, body).unwrap_err().kind(),
            HttpErrorKind::BadBody,
            "{body}"
        );
    }
}

#[test]
fn s41_no_error_shows_the_body() {
    for (status, body) in [
        (200, r#"{"token_type":"x","access_token":"canary"}"#),
        (400, r#"{"error":"canary","message":"canary"}"#),
        (500, "canary"),
        (429, "canary"),
    ] {
        let error = reply(status, body).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{status}");
    }
}
