//! Revocation.

use super::*;

fn reply(status: u16, body: &str) -> Result<(), HttpError> {
    Revoke::access(public_client(), AccessToken::new("a")).from_http(response(status, body))
}

#[test]
fn o164_o004_p01_the_request() {
    let revoke = Revoke::access(secret_client(), AccessToken::new("abc"));
    let pairs = [("token", "abc"), ("token_type_hint", "access_token")];
    assert_eq!(
        form(&revoke),
        documented(pairs.into_iter().chain(CREDENTIALS))
    );
    assert_eq!(
        request(&revoke).uri(),
        "https://discord.com/api/v10/oauth2/token/revoke"
    );
    let basic = Revoke::refresh(
        secret_client().with_auth(ClientAuth::Basic),
        RefreshToken::new("r"),
    );
    assert_eq!(
        form(&basic),
        documented([("token", "r"), ("token_type_hint", "refresh_token")])
    );
    let elsewhere = basic.at("http://[::1]:1/revoke".parse().unwrap());
    assert_eq!(request(&elsewhere).uri(), "http://[::1]:1/revoke");
}

#[test]
fn o165_a_public_client_revokes_without_a_secret() {
    let names: Vec<_> = form(&Revoke::access(public_client(), AccessToken::new("a")))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["client_id", "token", "token_type_hint"]);
}

#[test]
fn o166_s15_any_success_will_do() {
    for body in ["{}", "", "<html>", "null", "{\"next\":1}"] {
        assert!(reply(200, body).is_ok(), "{body}");
    }
    assert!(reply(204, "").is_ok());
}

#[test]
fn s15_an_overloaded_server_is_asked_again() {
    let mut busy = response(503, "");
    busy.headers_mut()
        .insert("retry-after", "7".parse().unwrap());
    let error = Revoke::access(public_client(), AccessToken::new("a"))
        .from_http(busy)
        .unwrap_err();
    let after = core::time::Duration::from_secs(7);
    assert_eq!(
        error::advice(&error, Revoke::REPEAT),
        error::Advice::AskAgain { after }
    );
}

#[test]
fn s41_the_token_is_not_shown() {
    for revoke in [
        Revoke::access(public_client(), AccessToken::new("canary")),
        Revoke::refresh(public_client(), RefreshToken::new("canary")),
    ] {
        assert!(!format!("{revoke:?} {:?}", request(&revoke)).contains("canary"));
    }
    let error = Revoke::access(public_client(), AccessToken::new(""))
        .to_http(&Urls::default().api)
        .unwrap_err();
    assert_eq!(error.field(), Some("token"));
}
