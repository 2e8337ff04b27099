//! Section H, and what bad token bodies get.

use proptest::prelude::*;

use super::*;
use crate::{Snowflake, WebhookToken};

const EXAMPLE: &str = r#"{
  "token_type": "Bearer",
  "access_token": "ODkxNDM2MjMzOTAzOTY0MTYx.6qrZcUqja7812RVdnEKjpzOL4CvHBFG",
  "scope": "identify",
  "expires_in": 604800,
  "refresh_token": "D43f5y0ahjqew82jZ4NViEr2YafMKhue"
}"#;

const WEBHOOK: &str = r#"{
  "token_type": "Bearer",
  "access_token": "GNaVzEtATqdh173tNHEXY9ZYAuhiYxvy",
  "scope": "webhook.incoming",
  "expires_in": 604800,
  "refresh_token": "PvPL7ELyMDc1836457XCDh1Y8jPbRm",
  "webhook": {
    "type": 1,
    "id": "347114750880120863",
    "name": "Application Name Here",
    "avatar": "cc7e0aa58a4224a281fbb8217b808a72",
    "channel_id": "345626669224982402",
    "guild_id": "290926792226357250",
    "application_id": "310954232226357250",
    "token": "kKDdjXa1g9tKNs0-_yOwLyALC9gydEWP6gr9sHabuK1vuofjhQDDnlOclJeRIvYK-pj_",
    "url": "https://discord.com/api/webhooks/347114750880120863/kKDdjXa1g9tKNs0-_yOwLyALC9gydEWP6gr9sHabuK1vuofjhQDDnlOclJeRIvYK-pj_"
  }
}"#;

fn read(json: &str) -> Result<Token, TokenError> {
    Token::decode(json.as_bytes())
}

fn fault(json: &str) -> Option<&'static str> {
    read(json).unwrap_err().field()
}

/// The example with these members instead or besides; an empty text takes the member out.
fn with(changes: &[(&str, &str)]) -> String {
    let mut members = vec![
        ("token_type", "\"Bearer\""),
        ("access_token", "\"abc\""),
        ("expires_in", "60"),
    ];
    for (name, value) in changes {
        members.retain(|(member, _)| member != name);
        if !value.is_empty() {
            members.push((name, value));
        }
    }
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

#[test]
fn o106_the_example_response_is_read() {
    let token = read(EXAMPLE).unwrap();
    assert_eq!(
        token.access_token.expose(),
        "ODkxNDM2MjMzOTAzOTY0MTYx.6qrZcUqja7812RVdnEKjpzOL4CvHBFG"
    ); // O-137
    assert_eq!(token.scope, Some("identify".parse().unwrap())); // O-139
    assert_eq!(token.expires_in, Some(604_800)); // O-140
    assert_eq!(
        token.refresh_token.unwrap().expose(),
        "D43f5y0ahjqew82jZ4NViEr2YafMKhue"
    ); // O-141
    assert_eq!(
        (token.id_token, token.guild, token.webhook),
        (None, None, None)
    );
}

#[test]
fn o109_the_client_credentials_response_has_no_refresh_token() {
    let token = read(
        r#"{"token_type":"Bearer","access_token":"6qrZcUqja7812RVdnEKjpzOL4CvHBFG","scope":"identify connections","expires_in":604800}"#,
    )
    .unwrap();
    assert_eq!(token.refresh_token, None);
    assert_eq!(token.scope.unwrap().to_string(), "identify connections");
}

#[test]
fn o143_o144_the_webhook_example_is_read() {
    let webhook = read(WEBHOOK).unwrap().webhook.unwrap();
    assert_eq!(webhook.id, Snowflake::new(347_114_750_880_120_863));
    assert!(webhook.token.expose().starts_with("kKDdjXa1g9t"));
    assert!(webhook.url.unwrap().expose().ends_with("-pj_"));
    assert_eq!(webhook.kind, Some(1));
    assert_eq!(webhook.name.as_deref(), Some("Application Name Here"));
    assert_eq!(
        webhook.avatar.as_deref(),
        Some("cc7e0aa58a4224a281fbb8217b808a72")
    );
    assert_eq!(
        webhook.channel_id,
        Some(Snowflake::new(345_626_669_224_982_402))
    );
    assert_eq!(
        webhook.guild_id,
        Some(Snowflake::new(290_926_792_226_357_250))
    );
    assert_eq!(
        webhook.application_id,
        Some(Snowflake::new(310_954_232_226_357_250))
    );
}

#[test]
fn o142_o093_o146_the_guild_is_kept_whole() {
    let guild = r#"{"id":"290926792226357250","name":"canary","roles":[{"id":"1"}],"permissions":"9007199254740993"}"#;
    let token = read(&with(&[("guild", guild)])).unwrap();
    let kept = token.guild.clone().unwrap();
    assert_eq!(kept.id(), Snowflake::new(290_926_792_226_357_250));
    assert_eq!(kept.json(), guild);
    assert!(!format!("{token:?}").contains("canary"));
    for bad in ["1", "[]", "{}", "{\"id\":null}", "{\"id\":\"x\"}"] {
        assert!(
            fault(&with(&[("guild", bad)]))
                .unwrap()
                .starts_with("guild"),
            "{bad}"
        );
    }
}

#[test]
fn o138_an_id_token_comes_along() {
    let token = read(&with(&[("id_token", "\"e.y.J\"")])).unwrap();
    assert_eq!(token.id_token.unwrap().expose(), "e.y.J");
}

#[test]
fn m06_null_counts_as_absent() {
    let nulls = [
        "refresh_token",
        "id_token",
        "scope",
        "expires_in",
        "guild",
        "webhook",
    ]
    .map(|name| (name, "null"));
    assert_eq!(
        read(&with(&nulls)).unwrap(),
        Token::new(AccessToken::new("abc"))
    );
    let token = read(&with(&[("refresh_token", "\"\""), ("id_token", "\"\"")])).unwrap();
    assert_eq!((token.refresh_token, token.id_token), (None, None));
}

#[test]
fn o136_s10_the_type_is_bearer_in_any_case() {
    for good in ["\"Bearer\"", "\"bearer\"", "\"BEARER\""] {
        assert!(read(&with(&[("token_type", good)])).is_ok(), "{good}");
    }
    for bad in [
        "",
        "null",
        "1",
        "\"\"",
        "\"mac\"",
        "\"zzz\"",
        "\"Bearer \"",
        "[\"Bearer\"]",
        "{}",
    ] {
        assert_eq!(
            fault(&with(&[("token_type", bad)])),
            Some("token_type"),
            "{bad}"
        );
    }
}

#[test]
fn o137_s10_s12_an_access_token_is_there_and_fits_a_header() {
    for bad in [
        "",
        "null",
        "1",
        "{}",
        "\"\"",
        "\"a b\"",
        "\"a\\r\\nb\"",
        "\"a\\u0000\"",
        "\"\u{e9}\"",
        "\"\\ud800\"",
    ] {
        assert_eq!(
            fault(&with(&[("access_token", bad)])),
            Some("access_token"),
            "{bad}"
        );
    }
}

#[test]
fn o140_s11_expires_in_is_a_number_of_seconds() {
    for (good, seconds) in [
        ("0", 0),
        ("604800.0", 604_800),
        ("\"604800\"", 604_800), // some servers write a string
        ("18446744073709551615", u64::MAX),
    ] {
        assert_eq!(
            read(&with(&[("expires_in", good)])).unwrap().expires_in,
            Some(seconds),
            "{good}"
        );
    }
    for absent in ["", "null"] {
        assert_eq!(
            read(&with(&[("expires_in", absent)])).unwrap().expires_in,
            None
        );
    }
    for bad in [
        "-5",
        "1e30",
        "1.5",
        "\"\"",
        "\"-5\"",
        "\"+5\"",
        "18446744073709551616",
        "true",
        "[60]",
        "{}",
    ] {
        assert_eq!(
            fault(&with(&[("expires_in", bad)])),
            Some("expires_in"),
            "{bad}"
        );
    }
}

#[test]
fn o108_s11_a_token_is_due_before_it_expires_and_no_sum_overflows() {
    let mut token = read(EXAMPLE).unwrap();
    let arrival = UnixTime::from_secs(1000);
    let minute = Duration::from_secs(60);
    assert_eq!(
        token.due(arrival, minute),
        Some(UnixTime::from_secs(1000 + 604_740))
    );
    token.expires_in = Some(u64::MAX);
    assert_eq!(
        token.due(arrival, Duration::ZERO),
        Some(UnixTime::from_secs(u64::MAX))
    );
    token.expires_in = Some(30);
    assert_eq!(
        token.due(arrival, minute),
        Some(arrival),
        "due at once, not before it came"
    );
    token.expires_in = None;
    assert_eq!(token.due(arrival, minute), None);
}

#[test]
fn s11_unknown_members_are_ignored_and_twice_is_refused() {
    assert!(read(&with(&[("next_year", "{\"deep\":[1,2,{}]}")])).is_ok());
    assert_eq!(
        fault(r#"{"token_type":"Bearer","access_token":"a","access_token":"b"}"#),
        None
    );
}

#[test]
fn o139_a_scope_that_makes_no_sense_is_named() {
    for bad in ["1", "[\"identify\"]", "\"a\\\"b\"", "\"a\\u0000\""] {
        assert_eq!(fault(&with(&[("scope", bad)])), Some("scope"), "{bad}");
    }
    let token = read(&with(&[("scope", "\"identify  next.year\"")])).unwrap();
    assert_eq!(token.scope.unwrap().to_string(), "identify next.year");
}

#[test]
fn s13_s36_what_is_no_token_object_is_refused() {
    let deep = "[".repeat(100_000);
    for bad in [
        "",
        "null",
        "[]",
        "\"x\"",
        "1",
        "{",
        "<html>",
        "\u{feff}{}",
        "truncated",
        EXAMPLE.trim_end_matches('}'),
        &deep,
    ] {
        assert_eq!(fault(bad), None, "{}", bad.len());
    }
    assert_eq!(
        Token::decode(b"{\"token_type\":\"\xff\"}")
            .unwrap_err()
            .field(),
        None
    );
    assert!(fault(&with(&[("next_year", &deep)])).is_none());
    // an error with status 200 is no token
    assert_eq!(
        fault(r#"{"token_type":"Bearer","error":"invalid_grant"}"#),
        Some("access_token")
    );
    assert_eq!(fault(r#"{"error":"invalid_grant"}"#), Some("token_type"));
    // nor is an array of the right values
    assert_eq!(fault(r#"["Bearer","abc"]"#), None);
}

#[test]
fn s41_a_token_shows_nothing_and_neither_do_its_errors() {
    let canary = r#"{"token_type":"Bearer","access_token":"canary1","refresh_token":"canary2","id_token":"canary3",
        "webhook":{"id":"1","token":"canary4","url":"https://x/canary5","name":"n"}}"#;
    let token = read(canary).unwrap();
    assert!(!format!("{token:?} {:#?}", token.webhook).contains("canary"));
    for broken in [
        canary.replace("\"canary1\"", "{\"canary1\":1}"),
        canary.replace("\"1\"", "\"canary6\""),
        canary.replace("Bearer", "canary7"),
        canary.replace("}}", "canary8"),
    ] {
        let error = read(&broken).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    let response = Response::new(Body::from(canary.replace("Bearer", "canary7").into_bytes()));
    let error = Token::from_http(response).unwrap_err();
    assert_eq!(error.field(), Some("token_type"));
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[test]
fn what_is_written_is_read_again() {
    for json in [
        EXAMPLE,
        WEBHOOK,
        &with(&[
            ("guild", "{\"id\":\"1\",\"x\":[1]}"),
            ("id_token", "\"e.y.J\""),
        ]),
    ] {
        let token = read(json).unwrap();
        assert_eq!(read(&token.expose_json()).unwrap(), token);
    }
    let mut token = Token::new(AccessToken::new("a"));
    assert_eq!(
        *token.expose_json(),
        r#"{"token_type":"Bearer","access_token":"a"}"#
    );
    token.webhook = Some(Webhook::new(Snowflake::new(1), WebhookToken::new("t\"")));
    assert_eq!(read(&token.expose_json()).unwrap(), token);
}

proptest! {
    #[test]
    fn s43_decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Token::decode(&bytes);
    }

    #[test]
    fn s43_decoding_near_tokens_never_panics(name in "[a-z_]{0,16}", value in "\\PC{0,40}", cut in 0usize..300) {
        let json = with(&[(&name, &value)]);
        let _ = read(&json);
        let _ = Token::decode(json.as_bytes().get(..cut).unwrap_or_default());
    }
}
