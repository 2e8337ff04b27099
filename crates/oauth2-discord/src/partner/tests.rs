//! Provisional accounts: requests, limits and refusals.

use ra_http::{BaseUrl, Body, Endpoint, HttpErrorKind};

use super::*;
use crate::error::{Advice, Repeat, advice};
use crate::{
    AccessToken, BotToken, ClientAuth, ClientSecret, ConfidentialClient, ExternalAuthToken,
    ExternalAuthType, PublicClient, Snowflake, Token,
};

const ID: Snowflake = Snowflake::new(157_730_590_492_196_864);

fn base() -> BaseUrl {
    "https://discord.com/api/v10".parse().unwrap()
}

fn oidc(token: &str) -> ExternalAuth {
    ExternalAuth::new(ExternalAuthType::Oidc, ExternalAuthToken::new(token))
}

fn confidential() -> ConfidentialClient {
    ConfidentialClient::new(ID, ClientSecret::new("s\"e")).with_auth(ClientAuth::Basic)
}

fn sent(endpoint: &impl Endpoint) -> (http::Request<Body>, String) {
    let request = endpoint.to_http(&base()).unwrap();
    let body = String::from_utf8(request.body().as_bytes().to_vec()).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.headers()["content-type"], "application/json");
    (request, body)
}

fn refused(endpoint: &impl Endpoint) -> Option<&'static str> {
    match endpoint.to_http(&base()) {
        Ok(_) => None,
        Err(error) => {
            assert_eq!(error.kind(), HttpErrorKind::BadRequest);
            assert!(!format!("{error} {error:?}").contains("canary"));
            Some(error.field().unwrap())
        }
    }
}

fn reply<E: Endpoint>(endpoint: &E, status: u16, body: &str) -> Result<E::Reply, HttpError> {
    let body = Body::from(body.as_bytes().to_vec());
    endpoint.from_http(http::Response::builder().status(status).body(body).unwrap())
}

fn provisional() -> ProvisionalToken {
    ProvisionalToken::new(PublicClient::new(ID), oidc("x"))
}

#[test]
fn o168_o169_the_token_call_is_json_with_or_without_a_secret() {
    let (request, body) = sent(&provisional());
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/partner-sdk/token"
    );
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(
        body,
        r#"{"client_id":"157730590492196864","external_auth_type":"OIDC","external_auth_token":"x"}"#
    );
    let (request, body) = sent(&ProvisionalToken::new(confidential(), oidc("a\nb")));
    assert!(
        !request.headers().contains_key("authorization"),
        "the secret goes into the body alone"
    );
    assert_eq!(
        body,
        "{\"client_id\":\"157730590492196864\",\"client_secret\":\"s\\\"e\",\
            \"external_auth_type\":\"OIDC\",\"external_auth_token\":\"a\\nb\"}"
    );
}

#[test]
fn o169_what_is_empty_is_not_sent() {
    let no_secret = ConfidentialClient::new(ID, ClientSecret::new(""));
    let cases = [
        (ProvisionalToken::new(no_secret, oidc("x")), "client_secret"),
        (
            ProvisionalToken::new(PublicClient::new(ID), oidc("")),
            "external_auth_token",
        ),
        (
            ProvisionalToken::new(
                PublicClient::new(ID),
                ExternalAuth::new("".into(), ExternalAuthToken::new("canary")),
            ),
            "external_auth_type",
        ),
    ];
    for (call, field) in cases {
        assert_eq!(refused(&call), Some(field));
    }
}

#[test]
fn o170_n14_a_refresh_token_may_be_missing() {
    let token = reply(
        &provisional(),
        200,
        r#"{"token_type":"Bearer","access_token":"a","id_token":"i"}"#,
    );
    let token: Token = token.unwrap();
    assert!(token.refresh_token.is_none() && token.id_token.is_some());
    let token = r#"{"token_type":"Bearer","access_token":"a","refresh_token":"r"}"#;
    assert!(
        reply(&provisional(), 200, token)
            .unwrap()
            .refresh_token
            .is_some()
    );
}

#[test]
fn o171_an_account_that_was_just_made_is_a_success_like_any_other() {
    let token = r#"{"token_type":"Bearer","access_token":"a"}"#;
    for status in [200, 201] {
        assert!(reply(&provisional(), status, token).is_ok());
    }
}

#[test]
fn o172_s39_a_merged_account_tells_whose_it_is() {
    let body = r#"{
        "message": "User account is non-provisional and should be authed through OAuth2",
        "code": 530010,
        "user_id": "1001086404203389018",
        "provider_type": "OIDC",
        "provider_id": "https://auth.example.com",
        "provider_issued_user_id": "123456789"
    }"#;
    let error = reply(&provisional(), 400, body).unwrap_err();
    assert_eq!(code(&error), Some(PartnerCode::NotProvisional));
    let merged = MergedAccount::of(&error).unwrap();
    let mut expected = MergedAccount::new(
        Snowflake::new(1_001_086_404_203_389_018),
        "OIDC",
        "123456789",
    );
    expected.provider_id = Some("https://auth.example.com".to_owned());
    assert_eq!(merged, expected);
    assert_eq!(advice(&error, Repeat::Safe), Advice::StartOver);
}

#[test]
fn o176_n09_s39_a_bot_has_no_provider() {
    let bot = BotProvisionalToken::new(BotToken::new("t"), "u");
    for provider in ["", r#""provider_id":null,"#] {
        let body = format!(
            r#"{{"message":"x","code":530010,"user_id":142007603549962240,"provider_type":"DISCORD_BOT",
                {provider}"provider_issued_user_id":"123456789"}}"#
        );
        let merged = MergedAccount::of(&reply(&bot, 400, &body).unwrap_err()).unwrap();
        assert_eq!(merged.user_id, Snowflake::new(142_007_603_549_962_240));
        assert_eq!(
            (merged.provider_type.as_str(), merged.provider_id),
            ("DISCORD_BOT", None)
        );
    }
}

#[test]
fn o172_another_refusal_names_no_merged_account() {
    let whole = r#""user_id":"1","provider_type":"OIDC","provider_issued_user_id":"2""#;
    for body in [
        format!(r#"{{"code":530007,{whole}}}"#),
        format!("{{{whole}}}"),
        format!("[{{{whole}}}]"),
        r#"{"code":530010}"#.to_owned(),
        r#"{"code":530010,"user_id":"x","provider_type":"OIDC","provider_issued_user_id":"2"}"#
            .to_owned(),
        "<html>".to_owned(),
    ] {
        let error = reply(&provisional(), 400, &body).unwrap_err();
        assert_eq!(MergedAccount::of(&error), None, "{body}");
    }
}

#[test]
fn o173_n05_every_kind_of_provider_goes_out_as_it_is() {
    for kind in [
        "OIDC",
        "EPIC_ONLINE_SERVICES_ACCESS_TOKEN",
        "EPIC_ONLINE_SERVICES_ID_TOKEN",
        "STEAM_SESSION_TICKET",
        "UNITY_SERVICES_ID_TOKEN",
        "DISCORD_BOT_ISSUED_ACCESS_TOKEN",
        "APPLE_ID_TOKEN",
        "PLAYSTATION_NETWORK_ID_TOKEN",
        "SOMETHING_NEW",
    ] {
        let auth = ExternalAuth::new(kind.into(), ExternalAuthToken::new("x"));
        let (_, body) = sent(&ProvisionalToken::new(PublicClient::new(ID), auth));
        assert!(body.contains(&format!(r#""external_auth_type":"{kind}""#)));
    }
}

#[test]
fn o174_o175_a_bot_vouches_by_its_token() {
    let call =
        BotProvisionalToken::new(BotToken::new("t.o.k"), "u\u{e9}").preferred_global_name("N");
    let (request, body) = sent(&call);
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/partner-sdk/token/bot"
    );
    assert_eq!(request.headers()["authorization"], "Bot t.o.k");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(
        body,
        "{\"external_user_id\":\"u\u{e9}\",\"preferred_global_name\":\"N\"}"
    );
    let (_, body) = sent(&BotProvisionalToken::new(BotToken::new("t"), "u"));
    assert_eq!(body, r#"{"external_user_id":"u"}"#);
    assert_eq!(
        refused(&BotProvisionalToken::new(BotToken::new("canary\n"), "u")),
        Some("bot_token")
    );
    assert_eq!(
        refused(&BotProvisionalToken::new(BotToken::new(""), "u")),
        Some("bot_token")
    );
}

#[test]
fn o174_n15_s40_lengths_are_counted_in_characters() {
    let bot = || BotToken::new("t");
    for (letter, id, name, field) in [
        ("u", 1, 1, None),
        ("\u{1f600}", 1024, 32, None),
        ("\u{e9}", 1025, 1, Some("external_user_id")),
        ("u", 0, 1, Some("external_user_id")),
        ("\u{e9}", 1, 33, Some("preferred_global_name")),
        ("u", 1, 0, Some("preferred_global_name")),
    ] {
        let call = BotProvisionalToken::new(bot(), letter.repeat(id));
        let call = call.preferred_global_name(letter.repeat(name));
        assert_eq!(refused(&call), field, "{letter} {id} {name}");
        let unmerge = BotUnmerge::new(bot(), letter.repeat(id));
        assert_eq!(
            refused(&unmerge),
            field.filter(|field| *field == "external_user_id")
        );
    }
}

#[test]
fn o177_o178_unmerge_is_json_and_answers_nothing() {
    let call = Unmerge::new(confidential(), oidc("x"));
    let (request, body) = sent(&call);
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/partner-sdk/provisional-accounts/unmerge"
    );
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(
        body,
        "{\"client_id\":\"157730590492196864\",\"client_secret\":\"s\\\"e\",\
            \"external_auth_type\":\"OIDC\",\"external_auth_token\":\"x\"}"
    );
    let (_, body) = sent(&Unmerge::new(PublicClient::new(ID), oidc("x")));
    assert!(!body.contains("client_secret"));
    for body in ["", "{}", "<html>"] {
        reply(&call, 204, body).unwrap();
    }
    assert!(reply(&call, 400, "").is_err());
}

#[test]
fn n10_a_bot_unmerges_by_the_games_id() {
    let call = BotUnmerge::new(BotToken::new("t"), "u");
    let (request, body) = sent(&call);
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/partner-sdk/provisional-accounts/unmerge/bot"
    );
    assert_eq!(request.headers()["authorization"], "Bot t");
    assert_eq!(body, r#"{"external_user_id":"u"}"#);
    reply(&call, 204, "").unwrap();
    assert!(reply(&call, 400, "").is_err());
}

#[test]
fn n08_s40_a_publishers_token_becomes_a_games() {
    let game = Snowflake::new(u64::MAX);
    let token = |n| AccessToken::new("t".repeat(n));
    let call = ChildToken::new(PublicClient::new(ID), game, token(2));
    let (request, body) = sent(&call);
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/partner-sdk/child-token"
    );
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(
        body,
        r#"{"child_application_id":"18446744073709551615","parent_access_token":"tt"}"#
    );
    let (_, body) = sent(&ChildToken::new(confidential(), game, token(1)));
    assert!(
        body.ends_with(r#""parent_access_token":"t","parent_client_secret":"s\"e"}"#),
        "{body}"
    );
    for (n, field) in [(0, true), (10_240, false), (10_241, true)] {
        let call = ChildToken::new(PublicClient::new(ID), game, token(n));
        assert_eq!(
            refused(&call),
            field.then_some("parent_access_token"),
            "{n}"
        );
    }
    let reply = reply(
        &call,
        200,
        r#"{"access_token":"c","token_type":"Bearer","expires_in":604800}"#,
    );
    assert!(reply.unwrap().refresh_token.is_none());
}

#[test]
fn p07_every_code_is_read_and_says_what_to_do() {
    let numbers = [
        530_000, 530_001, 530_002, 530_003, 530_004, 530_006, 530_007, 530_008, 530_009, 530_010,
        530_020, 530_027, 530_014, 530_016, 530_017, 530_023,
    ];
    let known: Vec<u64> = PartnerCode::KNOWN
        .iter()
        .map(|code| code.as_u64())
        .collect();
    assert_eq!(known, numbers);
    let mut texts: Vec<String> = PartnerCode::KNOWN.iter().map(ToString::to_string).collect();
    assert!(
        texts
            .iter()
            .all(|text| text.len() > 10 && !text.ends_with('.'))
    );
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), numbers.len());
    for number in numbers {
        let error = reply(
            &provisional(),
            400,
            &format!(r#"{{"code":{number},"message":"x"}}"#),
        )
        .unwrap_err();
        let code = code(&error).unwrap();
        assert_eq!(code.as_u64(), number);
        let expected = match number {
            530_006 => "AskAgain",
            530_001 | 530_004 | 530_010 => "StartOver",
            _ => "Configuration",
        };
        assert!(
            format!("{:?}", code.advice()).starts_with(expected),
            "{number}"
        );
    }
    for body in [
        r#"{"code":530005}"#,
        r#"{"code":0}"#,
        "{}",
        "",
        r#"{"code":"x"}"#,
    ] {
        assert_eq!(code(&reply(&provisional(), 400, body).unwrap_err()), None);
    }
}

#[test]
fn s41_nothing_shows_a_secret() {
    let client = ConfidentialClient::new(ID, ClientSecret::new("canary"));
    let bot = BotToken::new("canary");
    let calls = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        ProvisionalToken::new(client.clone(), oidc("canary")),
        Unmerge::new(client.clone(), oidc("canary")),
        ChildToken::new(client.clone(), ID, AccessToken::new("canary")),
        BotProvisionalToken::new(bot.clone(), "u"),
        BotUnmerge::new(bot.clone(), "u"),
    );
    let (request, _) = sent(&BotProvisionalToken::new(bot, "u"));
    let (other, _) = sent(&ProvisionalToken::new(client, oidc("canary")));
    let merged = MergedAccount::new(ID, "OIDC", "canary");
    let body = r#"{"code":530010,"message":"canary","provider_issued_user_id":"canary"}"#;
    let error = reply(&provisional(), 400, body).unwrap_err();
    let bad = reply(&provisional(), 200, r#"{"access_token":"canary"}"#).unwrap_err();
    let shown = format!("{calls} {request:?} {other:?} {merged:?} {error:?} {error} {bad:?} {bad}");
    assert!(!shown.contains("canary"), "{shown}");
    assert!(format!("{merged:?}").contains("provider_type: \"OIDC\""));
}
