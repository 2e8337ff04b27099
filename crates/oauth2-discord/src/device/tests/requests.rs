//! What goes out: the start of the flow and the polls.

use super::*;
use crate::grant::StartDevice;
use crate::{ClientAuth, ExternalAuthToken, ExternalAuthType, Scope};

fn body(request: &http::Request<Body>) -> &str {
    core::str::from_utf8(request.body().as_bytes()).unwrap()
}

#[test]
fn o124_o125_the_start_is_a_form_with_or_without_a_secret() {
    let request = StartDevice::new(PublicClient::new(Snowflake::new(7)))
        .scopes([Scope::Identify, Scope::Email])
        .to_http(&base())
        .unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/oauth2/device/authorize"
    );
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(body(&request), "scope=identify%20email&client_id=7");
    let secret = ClientSecret::new("s");
    let client = ConfidentialClient::new(Snowflake::new(7), secret);
    let request = StartDevice::new(client.clone()).to_http(&base()).unwrap();
    assert_eq!(body(&request), "client_id=7&client_secret=s");
    let request = StartDevice::new(client.with_auth(ClientAuth::Basic))
        .to_http(&base())
        .unwrap();
    assert_eq!(body(&request), "");
    assert!(request.headers().contains_key("authorization"));
}

#[test]
fn o126_o127_the_example_is_read_and_shown() {
    let codes = codes();
    assert_eq!(
        codes.device_code.expose(),
        "PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali"
    );
    assert_eq!(codes.user_code, "ZAW6C586");
    assert_eq!(codes.verification_uri, "https://discord.com/activate");
    assert_eq!(
        codes.verification_uri_complete.as_deref(),
        Some("https://discord.com/activate?user_code=ZAW6C586")
    );
    assert_eq!((codes.expires_in, codes.interval), (secs(300), secs(5)));
}

#[test]
fn o129_the_poll_has_the_four_parameters() {
    let now = MonoTime::from_millis(0);
    let client = ConfidentialClient::new(
        Snowflake::new(332_269_999_912_132_097),
        ClientSecret::new("937it3ow87i4ery69876wqire"),
    );
    let mut session = Session::new(client, &codes(), now);
    session.handle(MonoTime::from_millis(5000), Input::Tick);
    let Some(Output::Call(call)) = session.poll_output() else {
        panic!();
    };
    let request = call.poll.to_http(&base()).unwrap();
    assert_eq!(request.uri(), "https://discord.com/api/v10/oauth2/token");
    assert_eq!(
        body(&request),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code\
         &device_code=PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali\
         &client_id=332269999912132097&client_secret=937it3ow87i4ery69876wqire"
    );
}

#[test]
fn o008_o104_polls_take_another_url_and_a_provisional_account() {
    let auth = ExternalAuth::new(ExternalAuthType::Oidc, ExternalAuthToken::new("x"));
    let mut rig = Rig::new();
    rig.session = Session::new(PublicClient::new(Snowflake::new(7)), &codes(), rig.now)
        .external_auth(auth)
        .at("http://127.0.0.1:9/token".parse().unwrap());
    let request = rig.call().poll.to_http(&base()).unwrap();
    assert_eq!(request.uri(), "http://127.0.0.1:9/token");
    assert!(body(&request).contains("external_auth_type=OIDC&external_auth_token=x"));
}

#[test]
fn s41_nothing_of_the_machine_shows_a_secret() {
    let codes = DeviceAuthorization::new(
        DeviceCode::new("canary"),
        "ZAW6C586",
        "https://discord.com/activate",
        secs(300),
    );
    let client = ConfidentialClient::new(Snowflake::new(7), ClientSecret::new("canary"));
    let mut session = Session::new(client, &codes, MonoTime::from_millis(0));
    session.handle(MonoTime::from_millis(5000), Input::Tick);
    let output = session.poll_output().unwrap();
    let Output::Call(call) = &output else {
        panic!();
    };
    let reply = call.poll.from_http(response(200, None, TOKEN));
    let input = Input::Reply(call.id, reply);
    let bad = call
        .poll
        .from_http(response(200, None, "\"canary\""))
        .unwrap_err();
    let shown = format!(
        "{session:?} {output:?} {input:?} {bad:?} {bad} {:?}",
        DeviceError::Refused(
            call.poll
                .from_http(response(400, None, "canary"))
                .unwrap_err()
        )
    );
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.starts_with("Session { state: "), "{shown}");
    session.handle(MonoTime::from_millis(5001), input);
    assert!(!format!("{:?}", session.poll_output()).contains("canary"));
}
