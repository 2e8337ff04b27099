//! Section H, and what bad token bodies get.

use super::*;
use crate::{Snowflake, WebhookToken};

mod bad;

const EXAMPLE: &str = r#"{
  "token_type": "Bearer",
  "access_token": "ODkxNDM2MjMzOTAzOTY0MTYx.6qrZcUqja7812RVdnEKjpzOL4CvHBFG",
  "scope": "identify",
  "expires_in": 604800,
  "refresh_token": "D43f5y0ahjqew82jZ4NViEr2YafMKhue"
}"#;

const WEBHOOK: &str = concat!(
    r#"{
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
    "url": "https://discord.com/api/webhooks/347114750880120863/"#,
    "kKDdjXa1g9tKNs0-_yOwLyALC9gydEWP6gr9sHabuK1vuofjhQDDnlOclJeRIvYK-pj_",
    r#""
  }
}"#
);

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
        "{\"token_type\":\"Bearer\",\"access_token\":\"6qrZcUqja7812RVdnEKjpzOL4CvHBFG\",\
            \"scope\":\"identify connections\",\"expires_in\":604800}",
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
    let shown = format!("{token:?}");
    assert!(!shown.contains("canary"));
    assert!(
        shown.contains(&format!(", {} bytes)", guild.len())),
        "{shown}"
    );
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
    token.webhook = Some(Box::new(Webhook::new(
        Snowflake::new(1),
        WebhookToken::new("t\""),
    )));
    assert_eq!(read(&token.expose_json()).unwrap(), token);
}

#[test]
fn escapes_in_strings_are_read() {
    let token = read(&with(&[
        ("token_type", "\"Be\\u0061rer\""),
        ("access_token", "\"\\u0061bc\""),
        ("scope", "\"identify\\u0020email\""),
    ]))
    .unwrap();
    assert_eq!(token.access_token.expose(), "abc");
    assert_eq!(token.scope.unwrap().to_string(), "identify email");
}
