//! The two calls of the device flow. When to poll is tested beside the machine.

use core::time::Duration;

use super::*;

const EXAMPLE: &str = r#"{
  "device_code": "PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali",
  "user_code": "ZAW6C586",
  "verification_uri": "https://discord.com/activate",
  "verification_uri_complete": "https://discord.com/activate?user_code=ZAW6C586",
  "expires_in": 300,
  "interval": 5
}"#;

fn read(json: &str) -> Result<DeviceAuthorization, HttpError> {
    StartDevice::new(public_client()).from_http(response(200, json))
}

fn fault(from: &str, to: &str) -> Option<&'static str> {
    assert!(EXAMPLE.contains(from), "{from}");
    let error = read(&EXAMPLE.replacen(from, to, 1)).unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::BadBody);
    error.field()
}

#[test]
fn o124_m05_the_example_request() {
    let start = StartDevice::new(secret_client()).scopes([Scope::Identify, Scope::Connections]);
    assert_eq!(
        form(&start),
        documented(
            [("scope", "identify connections")]
                .into_iter()
                .chain(CREDENTIALS)
        )
    );
    let basic =
        StartDevice::new(secret_client().with_auth(ClientAuth::Basic)).scopes(Scope::Identify);
    assert_eq!(form(&basic), documented([("scope", "identify")]));
    assert!(request(&basic).headers().contains_key("authorization"));
}

#[test]
fn o125_a_public_client_asks_without_a_secret() {
    assert_eq!(
        form(&StartDevice::new(public_client())),
        documented([("client_id", "332269999912132097")])
    );
}

#[test]
fn o002_n01_todays_path_is_the_default_and_the_documents_an_option() {
    let uri = |start: StartDevice| request(&start).uri().to_string();
    let start = || StartDevice::new(public_client());
    assert_eq!(
        uri(start()),
        "https://discord.com/api/v10/oauth2/device/authorize"
    );
    assert_eq!(
        uri(start().at_document_path()),
        "https://discord.com/api/v10/oauth2/authorize/device"
    );
    assert_eq!(
        uri(start().at("http://127.0.0.1:1/device/auth".parse().unwrap())),
        "http://127.0.0.1:1/device/auth"
    );
}

#[test]
fn o126_o127_the_example_reply() {
    let reply = read(EXAMPLE).unwrap();
    assert_eq!(
        reply.device_code.expose(),
        "PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali"
    );
    assert_eq!(reply.user_code, "ZAW6C586");
    assert_eq!(reply.verification_uri, "https://discord.com/activate");
    assert_eq!(
        reply.verification_uri_complete.as_deref(),
        Some("https://discord.com/activate?user_code=ZAW6C586")
    );
    assert_eq!(reply.expires_in, Duration::from_secs(300));
    assert_eq!(reply.interval, Duration::from_secs(5));
    assert!(reply.is_on_discord());
}

#[test]
fn s22_the_interval_is_5_s_if_none_is_said() {
    for (interval, secs) in [
        ("\"interval\": null", 5),
        ("\"x\": 1", 5),
        ("\"interval\": 0", 0),
        ("\"interval\": 1", 1),
    ] {
        let reply = read(&EXAMPLE.replace("\"interval\": 5", interval)).unwrap();
        assert_eq!(reply.interval, Duration::from_secs(secs), "{interval}");
    }
    assert_eq!(
        fault("\"interval\": 5", "\"interval\": -5"),
        Some("interval")
    );
}

#[test]
fn s24_what_a_person_is_shown_is_fit_to_be_shown() {
    for code in ["", "\\u001b[2J", "A\\nB", "A\u{202e}B", "A B"] {
        assert_eq!(
            fault("\"ZAW6C586\"", &format!("\"{code}\"")),
            Some("user_code"),
            "{code}"
        );
    }
    assert_eq!(
        fault("\"ZAW6C586\"", &format!("\"{}\"", "A".repeat(65))),
        Some("user_code")
    );
    for uri in [
        "http://discord.com/activate",
        "javascript:alert(1)",
        "https://discord.com@evil.com/",
        "https://x/\\u001b",
        "",
        "/activate",
    ] {
        assert_eq!(
            fault("https://discord.com/activate", uri),
            Some("verification_uri"),
            "{uri}"
        );
        let reply =
            read(&EXAMPLE.replace("https://discord.com/activate?user_code=ZAW6C586", uri)).unwrap();
        assert_eq!(reply.verification_uri_complete, None, "{uri}");
    }
    assert!(read(&EXAMPLE.replace("https://discord.com/", "http://127.0.0.1:3000/")).is_ok());
}

#[test]
fn s24_strictly_the_person_is_sent_to_discord_only() {
    let strict = |json: &str| {
        StartDevice::new(public_client())
            .discord_only()
            .from_http(response(200, json))
    };
    assert!(strict(EXAMPLE).is_ok());
    for other in [
        "https://evil.com/",
        "https://discord.com.evil.com/",
        "https://discord.company/",
    ] {
        let error = strict(&EXAMPLE.replace("https://discord.com/", other)).unwrap_err();
        assert_eq!(error.field(), Some("verification_uri"), "{other}");
    }
    let half = EXAMPLE.replace(
        "https://discord.com/activate?",
        "https://evil.com/activate?",
    );
    assert_eq!(
        strict(&half).unwrap_err().field(),
        Some("verification_uri"),
        "the complete one counts too"
    );
}

#[test]
fn a_reply_that_makes_no_sense_is_named() {
    assert_eq!(
        fault("\"PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali\"", "\"\""),
        Some("device_code")
    );
    assert_eq!(fault("\"device_code\"", "\"x\""), Some("device_code"));
    assert_eq!(fault("\"user_code\"", "\"x\""), Some("user_code"));
    assert_eq!(fault("300", "-1"), Some("expires_in"));
    assert_eq!(fault("300", "null"), Some("expires_in"));
    assert_eq!(fault("{", "["), None);
    assert!(
        StartDevice::new(public_client())
            .scopes(Scope::WebhookIncoming)
            .scope_of_other_grant()
            .is_some()
    );
    assert!(
        StartDevice::new(public_client())
            .scopes(Scope::Identify)
            .scope_of_other_grant()
            .is_none()
    );
}

#[test]
fn o129_o095_o102_the_poll_of_the_example() {
    let poll = PollDevice::new(
        secret_client(),
        DeviceCode::new("PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali"),
    );
    let pairs = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", "PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali"),
    ];
    assert_eq!(
        form(&poll),
        documented(pairs.into_iter().chain(CREDENTIALS))
    );
    assert_eq!(
        request(&poll).uri(),
        "https://discord.com/api/v10/oauth2/token"
    );
}

#[test]
fn s41_the_device_code_is_not_shown() {
    let reply =
        read(&EXAMPLE.replace("PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali", "canary")).unwrap();
    assert!(!format!("{reply:?}").contains("canary"));
    let poll = PollDevice::new(public_client(), reply.device_code);
    assert!(!format!("{poll:?} {:?}", request(&poll)).contains("canary"));
    let error = read(r#"{"device_code":["canary"],"user_code":"canary"}"#).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"));
}
