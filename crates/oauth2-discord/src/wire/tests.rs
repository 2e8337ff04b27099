//! Forms, Basic authentication and headers.

use super::*;
use crate::{ClientSecret, ConfidentialClient, PublicClient, Snowflake};

const SECRET: &str = "p+e%r:s/e c=r&et~";

fn confidential(auth: ClientAuth) -> Client {
    ConfidentialClient::new(Snowflake::new(7), ClientSecret::new(SECRET))
        .with_auth(auth)
        .into()
}

fn posted(client: &Client) -> Request<Body> {
    let mut form = Form::default();
    form.push("grant_type", "x y");
    form.push("scope", "");
    form.push_some("code", None);
    form.post("https://discord.com/t".parse().unwrap(), client)
        .unwrap()
}

fn body(request: &Request<Body>) -> &str {
    core::str::from_utf8(request.body().as_bytes()).unwrap()
}

#[test]
fn o007_the_body_is_a_form_and_says_so() {
    let request = posted(&PublicClient::new(Snowflake::new(7)).into());
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(request.headers()["accept"], "application/json");
    assert_eq!(body(&request), "grant_type=x%20y&client_id=7");
}

#[test]
fn s01_basic_encodes_both_halves_before_base64() {
    let request = posted(&confidential(ClientAuth::Basic));
    let header = request.headers()["authorization"].to_str().unwrap();
    // base64 of 7:p%2Be%25r%3As%2Fe%20c%3Dr%26et~
    assert_eq!(header, "Basic NzpwJTJCZSUyNXIlM0FzJTJGZSUyMGMlM0RyJTI2ZXR+");
    assert!(!request.uri().to_string().contains("p+e"));
}

#[test]
fn s02_o096_credentials_go_one_way_at_a_time() {
    let request = posted(&confidential(ClientAuth::Basic));
    assert_eq!(
        body(&request),
        "grant_type=x%20y",
        "neither id nor secret beside Basic"
    );
    let request = posted(&confidential(ClientAuth::Form));
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(
        body(&request),
        "grant_type=x%20y&client_id=7&client_secret=p%2Be%25r%3As%2Fe%20c%3Dr%26et~"
    );
}

#[test]
fn s41_a_request_shows_no_secret() {
    for auth in [ClientAuth::Basic, ClientAuth::Form] {
        let request = posted(&confidential(auth));
        let shown = format!("{request:?}");
        assert!(
            !shown.contains("p%2Be") && !shown.contains("NzpwJTJC"),
            "{shown}"
        );
    }
}

#[test]
fn an_empty_secret_is_refused_by_name() {
    let client = ConfidentialClient::new(Snowflake::new(7), ClientSecret::new(""));
    for auth in [ClientAuth::Basic, ClientAuth::Form] {
        let client = client.clone().with_auth(auth).into();
        let error = Form::default()
            .post("https://discord.com/t".parse().unwrap(), &client)
            .unwrap_err();
        assert_eq!(error.field(), Some("client_secret"));
    }
}

#[test]
fn s12_a_bearer_token_is_visible_ascii_or_refused() {
    let uri: http::Uri = "https://discord.com/".parse().unwrap();
    for bad in [
        "",
        "canary\r\nX-Evil: 1",
        "canary\n",
        "canary\0",
        "canary x",
        "canary\u{e9}",
    ] {
        let mut request = bodiless(Method::GET, uri.clone());
        let error = set_bearer(&mut request, &AccessToken::new(bad)).unwrap_err();
        assert_eq!(error.field(), Some("access_token"));
        assert!(!format!("{error} {error:?}").contains("canary"));
        assert!(!request.headers().contains_key("authorization"));
    }
    let mut request = bodiless(Method::GET, uri);
    set_bearer(&mut request, &AccessToken::new("abc.DEF-_~+/=")).unwrap();
    assert_eq!(request.headers()["authorization"], "Bearer abc.DEF-_~+/=");
    assert!(request.headers()["authorization"].is_sensitive());
    assert!(!format!("{request:?}").contains("abc.DEF"));
}

#[test]
fn o008_an_endpoint_lies_below_the_base_or_at_its_own_url() {
    let base: BaseUrl = "http://127.0.0.1:8080/api".parse().unwrap();
    assert_eq!(
        Place::Below("/t").uri(&base).unwrap(),
        "http://127.0.0.1:8080/api/t"
    );
    let own = Place::At("https://example.com/token/?a=b".parse().unwrap());
    assert_eq!(own.uri(&base).unwrap(), "https://example.com/token/?a=b");
}

#[test]
fn a_form_that_grows_keeps_its_pairs() {
    let mut form = Form::default();
    form.push("a", &"x".repeat(5000));
    form.push("b", &"\u{20ac}".repeat(300));
    let body = Body::from(form.0);
    assert_eq!(
        core::str::from_utf8(body.as_bytes()).unwrap(),
        format!("a={}&b={}", "x".repeat(5000), "%E2%82%AC".repeat(300))
    );
}
