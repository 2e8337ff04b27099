//! Preview of an authorization, and the decision.

use super::*;
use crate::authorize::RedirectUri;
use crate::callback::PendingCode;

/// Asks for these scopes with everything that a URL of the code grant can bear.
fn url(scopes: impl Into<ScopeSet>) -> AuthorizeUrl {
    let entropy = Entropy::draw(|bytes: &mut [u8]| {
        bytes.fill(7);
        Ok::<(), core::convert::Infallible>(())
    });
    Authorization::new(Snowflake::new(157_730_590_492_196_864))
        .scopes(scopes)
        .redirect_uri(RedirectUri::new("https://nicememe.website").unwrap())
        .state(State::new("a&b c"))
        .start_code(&Urls::default(), entropy.unwrap())
        .unwrap()
        .url
}

fn installed(scopes: impl Into<ScopeSet>, kind: IntegrationType) -> AuthorizeUrl {
    Authorization::new(Snowflake::new(7))
        .scopes(scopes)
        .integration_type(kind)
        .link(&Urls::default())
        .unwrap()
}

fn names(request: &http::Request<Body>) -> Vec<String> {
    let query = request.uri().query().unwrap_or_default();
    let names = query.split('&').filter_map(|pair| pair.split_once('='));
    names.map(|(name, _)| name.to_owned()).collect()
}

const PREVIEW: &str = r#"{
    "application": {"id": "157730590492196864", "name": "n"},
    "user": {"id": "1", "username": "u"},
    "authorized": true,
    "integration_type": 1,
    "redirect_uri": "https://nicememe.website",
    "bot": {"id": "2", "username": "b", "bot": true},
    "guilds": [{
        "id": "81384788765712384",
        "name": "Discord API",
        "icon": "a363a84e969bcbe1353eb2fdfb2e50e6",
        "mfa_level": 1,
        "permissions": "1095530297282240"
    }]
}"#;

fn shown(body: &str) -> AuthorizationPreview {
    let endpoint = PreviewAuthorization::new(user(), url([Scope::Identify]));
    match reply(&endpoint, 200, body).unwrap() {
        Preview::Shown(preview) => *preview,
        Preview::NotLoggedIn => panic!("{body}"),
    }
}

#[test]
fn o154_the_preview_asks_with_the_parameters_of_the_url() {
    let request = sent(&PreviewAuthorization::new(
        user(),
        url([Scope::Identify, Scope::Email]),
    ));
    assert_eq!(request.method(), "GET");
    assert_eq!(request.headers()["authorization"], "user.token");
    let uri = request.uri().to_string();
    assert!(
        uri.starts_with("https://discord.com/api/v10/oauth2/authorize?"),
        "{uri}"
    );
    for pair in [
        "client_id=157730590492196864",
        "response_type=code",
        "scope=identify%20email",
        "redirect_uri=https%3A%2F%2Fnicememe.website",
        "state=a%26b%20c",
        "code_challenge_method=S256",
    ] {
        assert!(uri.contains(pair), "{pair} in {uri}");
    }
    assert!(names(&request).contains(&"code_challenge".to_owned()));
    let url = installed([Scope::ApplicationsCommands], IntegrationType::UserInstall);
    let request = sent(&PreviewAuthorization::new(user(), url));
    assert_eq!(names(&request), ["client_id", "scope", "integration_type"]);
}

#[test]
fn o154_m02_what_the_endpoint_does_not_take_stays_behind() {
    let url = Authorization::new(Snowflake::new(7))
        .scopes([Scope::Bot])
        .permissions(Permissions::from_bits(8))
        .guild_id(9)
        .disable_guild_select(true)
        .link(&Urls::default())
        .unwrap();
    assert_eq!(
        names(&sent(&PreviewAuthorization::new(user(), url))),
        ["client_id", "scope"]
    );
    let url = Authorization::new(Snowflake::new(7)).link(&Urls::default());
    if let Ok(url) = url {
        assert_eq!(
            names(&sent(&PreviewAuthorization::new(user(), url))),
            ["client_id"]
        );
    }
}

#[test]
fn o155_a_redirect_means_that_nobody_is_logged_in() {
    let endpoint = PreviewAuthorization::new(user(), url([Scope::Identify]));
    for status in [301, 302, 303, 307, 308] {
        let response = http::Response::builder().status(status).header(
            "location",
            "https://discord.com/oauth2/authorize?client_id=1",
        );
        let reply = endpoint.from_http(response.body(Body::empty()).unwrap());
        assert_eq!(reply.unwrap(), Preview::NotLoggedIn);
        let nowhere = reply_of(&endpoint, status);
        assert_eq!(nowhere.kind(), HttpErrorKind::Redirect);
    }
    assert_eq!(reply_of(&endpoint, 401).kind(), HttpErrorKind::Status);
}

fn reply_of(endpoint: &PreviewAuthorization, status: u16) -> HttpError {
    reply(endpoint, status, "").unwrap_err()
}

#[test]
fn o156_the_preview_is_read() {
    let preview = shown(PREVIEW);
    assert_eq!(preview.application.name.as_deref(), Some("n"));
    assert_eq!(preview.user.id, Snowflake::new(1));
    assert!(preview.authorized);
    assert_eq!(preview.integration_type, Some(IntegrationType::UserInstall));
    assert_eq!(
        preview.redirect_uri.as_deref(),
        Some("https://nicememe.website")
    );
    assert_eq!(preview.bot.unwrap().id, Snowflake::new(2));
    assert_eq!(preview.guilds.unwrap().len(), 1);
}

#[test]
fn o156_m06_what_does_not_apply_is_missing_or_null() {
    for rest in [
        "",
        r#","redirect_uri":null,"bot":null,"guilds":null,"integration_type":null"#,
    ] {
        let json = format!(
            r#"{{"application":{{"id":"1"}},"user":{{"id":"2"}},"authorized":false{rest}}}"#
        );
        let preview = shown(&json);
        assert_eq!(
            preview,
            AuthorizationPreview::new(preview.application.clone(), preview.user.clone())
        );
    }
    assert_eq!(
        shown(&PREVIEW.replace(": 1,\n    \"re", ": 9,\n    \"re")).integration_type,
        None
    );
    let endpoint = PreviewAuthorization::new(user(), url([Scope::Identify]));
    for (from, to, field) in [
        ("\"user\": {", "\"u\": {", "user"),
        ("\"authorized\": true", "\"authorized\": 1", "authorized"),
        ("\"bot\": {\"id\"", "\"bot\": {\"no\"", "user.id"),
        ("\"guilds\": [{", "\"guilds\": [7, {", "guilds"),
        ("\"name\": \"Disc", "\"no\": \"Disc", "guilds.name"),
    ] {
        assert_eq!(fault(&endpoint, &PREVIEW.replace(from, to)), Some(field));
    }
}

#[test]
fn o157_m03_the_guild_of_the_example_keeps_its_permissions_exact() {
    let guild = shown(PREVIEW).guilds.unwrap().remove(0);
    let mut expected = OAuth2Guild::new(Snowflake::new(81_384_788_765_712_384), "Discord API");
    expected.icon = Some("a363a84e969bcbe1353eb2fdfb2e50e6".to_owned());
    expected.mfa_level = 1;
    expected.permissions = Permissions::from_bits(1_095_530_297_282_240);
    assert_eq!(guild, expected);
    let exact = PREVIEW.replace("1095530297282240", "9007199254740993");
    assert_eq!(
        shown(&exact).guilds.unwrap()[0].permissions.bits(),
        9_007_199_254_740_993
    );
    let no_icon = PREVIEW.replace("\"a363a84e969bcbe1353eb2fdfb2e50e6\"", "null");
    assert_eq!(shown(&no_icon).guilds.unwrap()[0].icon, None);
    let endpoint = PreviewAuthorization::new(user(), url([Scope::Identify]));
    let bad = PREVIEW.replace("\"1095530297282240\"", "1e15");
    assert_eq!(fault(&endpoint, &bad), Some("guilds.permissions"));
}

#[test]
fn o158_the_decision_goes_to_the_same_query_without_integration_type() {
    let request = sent(&GrantAuthorization::new(user(), url([Scope::Identify])).approve());
    assert_eq!(request.method(), "POST");
    assert_eq!(request.headers()["authorization"], "user.token");
    assert_eq!(request.headers()["content-type"], "application/json");
    let preview = sent(&PreviewAuthorization::new(user(), url([Scope::Identify])));
    assert_eq!(request.uri(), preview.uri());
    let url = installed([Scope::ApplicationsCommands], IntegrationType::UserInstall);
    let request = sent(&GrantAuthorization::new(user(), url));
    assert_eq!(names(&request), ["client_id", "scope"]);
}

#[test]
fn o159_unset_members_are_absent_and_a_decision_has_to_be_said() {
    let grant = || GrantAuthorization::new(user(), url([Scope::Identify]));
    assert_eq!(body(&sent(&grant())), "{}");
    assert_eq!(body(&sent(&grant().approve())), r#"{"authorize":true}"#);
    assert_eq!(body(&sent(&grant().decline())), r#"{"authorize":false}"#);
}

#[test]
fn o159_o160_o161_every_member_is_written() {
    let place = LocationContext {
        guild_id: Some(Snowflake::new(1)),
        channel_id: Some(Snowflake::new(2)),
        channel_type: Some(0),
    };
    let grant = GrantAuthorization::new(user(), url([Scope::Bot, Scope::WebhookIncoming]))
        .approve()
        .integration_type(IntegrationType::GuildInstall)
        .permissions(Permissions::from_bits(9_007_199_254_740_993))
        .guild_id(3)
        .webhook_channel_id(4)
        .location_context(place);
    assert_eq!(
        body(&sent(&grant)),
        "{\"authorize\":true,\"integration_type\":0,\"permissions\":\"9007199254740993\",\
            \"guild_id\":\"3\",\"webhook_channel_id\":\"4\",\"location_context\":{\"guild_id\":\"1\",\
            \"channel_id\":\"2\",\"channel_type\":0}}"
    );
    let dm = DmSettings {
        allow_mobile_push: Some(true),
    };
    let grant = GrantAuthorization::new(user(), url([Scope::ApplicationsCommands]))
        .integration_type(IntegrationType::UserInstall);
    assert_eq!(
        body(&sent(&grant.clone().dm_settings(dm))),
        r#"{"integration_type":1,"dm_settings":{"allow_mobile_push":true}}"#
    );
    let empty = grant
        .dm_settings(DmSettings::default())
        .location_context(LocationContext::default());
    assert_eq!(
        body(&sent(&empty)),
        r#"{"integration_type":1,"dm_settings":{},"location_context":{}}"#
    );
}

#[test]
fn o159_o160_what_does_not_go_with_the_scopes_is_refused() {
    let grant = |scopes: ScopeSet| GrantAuthorization::new(user(), url(scopes));
    let identify = || grant(Scope::Identify.into());
    let commands = || grant(Scope::ApplicationsCommands.into());
    let to_user = IntegrationType::UserInstall;
    let dm = DmSettings::default();
    assert_eq!(
        refused(&identify().permissions(Permissions::NONE)),
        Some("permissions")
    );
    assert_eq!(refused(&identify().guild_id(1)), Some("guild_id"));
    assert_eq!(
        refused(&identify().webhook_channel_id(1)),
        Some("webhook_channel_id")
    );
    assert_eq!(
        refused(&identify().integration_type(to_user).dm_settings(dm)),
        Some("dm_settings")
    );
    assert_eq!(refused(&commands().dm_settings(dm)), Some("dm_settings"));
    assert_eq!(
        refused(&commands().integration_type(to_user).guild_id(1)),
        Some("guild_id")
    );
    assert_eq!(refused(&commands().guild_id(1)), None);
}

#[test]
fn o162_no_permissions_are_not_the_same_as_an_empty_set() {
    let grant = || GrantAuthorization::new(user(), url([Scope::Bot]));
    assert!(!body(&sent(&grant())).contains("permissions"));
    let none = sent(&grant().permissions(Permissions::NONE));
    assert_eq!(body(&none), r#"{"permissions":"0"}"#);
}

#[test]
fn o163_the_reply_goes_to_the_reader_of_redirects() {
    let endpoint = GrantAuthorization::new(user(), url([Scope::Identify])).approve();
    let json = r#"{"url":"https://nicememe.website/?code=canary&state=s1"}"#;
    let location = reply(&endpoint, 200, json).unwrap();
    assert!(!format!("{location:?}").contains("canary"), "S-41");
    let pending = || PendingCode::new(State::new("s1"));
    assert!(pending().accept(location.expose()).is_ok());
    for bad in [
        r#"{"url":"https://nicememe.website/?error=access_denied&state=s1"}"#,
        r#"{"url":"https://nicememe.website/?code=canary&state=other"}"#,
        r#"{"url":"https://discord.com"}"#,
    ] {
        let location = reply(&endpoint, 200, bad).unwrap();
        assert!(pending().accept(location.expose()).is_err());
    }
    for bad in ["{}", r#"{"url":null}"#, r#"{"url":7}"#] {
        assert_eq!(fault(&endpoint, bad), Some("url"));
    }
    assert_eq!(fault(&endpoint, "[]"), None);
}
