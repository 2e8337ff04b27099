//! `@me`, userinfo, keys, the bot's application.

use super::*;

const ME: &str = r#"{
    "application": {"id": "159799960412356608", "name": "AIRHORN SOLUTIONS", "icon": "f03590d3eb764081d154a66340ea7d6d",
        "description": "", "hook": true, "bot_public": true, "verify_key": "c8cde6a3"},
    "scopes": ["guilds.join", "identify", "something.new"],
    "expires": "2021-01-23T02:33:17.017000+00:00",
    "user": {"id": "268473310986240001", "username": "discord", "avatar": "f749bb0cbeeb26ef21eca719337d20f1",
        "discriminator": "0", "global_name": null, "public_flags": 131328}
}"#;

#[test]
fn o148_me_sends_the_access_token_as_bearer() {
    let request = sent(&Me::new(AccessToken::new("abc")));
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://discord.com/api/v10/oauth2/@me");
    assert_eq!(request.headers()["authorization"], "Bearer abc");
    assert!(request.headers()["authorization"].is_sensitive());
    assert!(request.body().is_empty());
    for bad in ["", "a b", "a\r\nX: y", "\u{e9}"] {
        assert_eq!(
            refused(&Me::new(AccessToken::new(bad))),
            Some("access_token"),
            "S-12"
        );
    }
}

#[test]
fn o148_me_is_read_with_a_user() {
    let me = reply(&Me::new(AccessToken::new("a")), 200, ME).unwrap();
    assert_eq!(me.application.id, Snowflake::new(159_799_960_412_356_608));
    assert_eq!(me.application.name.as_deref(), Some("AIRHORN SOLUTIONS"));
    assert!(me.application.json().contains("verify_key"));
    assert_eq!(me.scopes.to_string(), "guilds.join identify something.new");
    assert_eq!(me.expires, UnixTime::from_secs(1_611_369_197));
    let user = me.user.unwrap();
    assert_eq!(user.id, Snowflake::new(268_473_310_986_240_001));
    assert_eq!(
        (user.username.as_deref(), user.global_name),
        (Some("discord"), None)
    );
}

#[test]
fn o148_without_identify_there_is_no_user() {
    for user in ["", r#","user":null"#] {
        let json = format!(
            r#"{{"application":{{"id":1}},"scopes":[],"expires":"2021-01-23T02:33:17+00:00"{user}}}"#
        );
        let me = CurrentAuthorization::decode(json.as_bytes()).unwrap();
        assert_eq!(me.user, None);
        assert!(me.scopes.is_empty());
        let expires = UnixTime::from_secs(1_611_369_197);
        assert_eq!(me.application.id, Snowflake::new(1));
        assert_eq!(
            CurrentAuthorization::new(me.application.clone(), me.scopes.clone(), expires),
            me
        );
    }
}

#[test]
fn o148_the_member_at_fault_is_named() {
    let me = Me::new(AccessToken::new("a"));
    for (from, to, field) in [
        (r#""scopes": ["#, r#""scopes": [1,"#, "scopes"),
        (r#""scopes": ["#, r#""scopes": ["a b","#, "scopes"),
        (r#""scopes""#, r#""s""#, "scopes"),
        ("2021-01", "2021-13", "expires"),
        (r#""expires""#, r#""e""#, "expires"),
        (r#""application": {"#, r#""a": {"#, "application"),
        (r#""id": "159799960412356608", "#, "", "application.id"),
        ("268473310986240001", "-1", "user.id"),
    ] {
        assert_eq!(fault(&me, &ME.replacen(from, to, 1)), Some(field), "{to}");
    }
}

#[test]
fn o149_keys_needs_no_authentication_and_reads_rsa() {
    let request = sent(&Keys::new());
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://discord.com/api/v10/oauth2/keys");
    assert!(!request.headers().contains_key("authorization"));
    let json = r#"{"keys":[{"kty":"RSA","use":"sig","kid":"k1","alg":"RS256","n":"sXch","e":"AQAB","x5t":"?"}]}"#;
    let set = reply(&Keys::default(), 200, json).unwrap();
    assert_eq!(set.json(), json);
    let mut key = Jwk::new("RSA");
    key.usage = Some("sig".to_owned());
    key.kid = Some("k1".to_owned());
    key.alg = Some("RS256".to_owned());
    key.n = Some("sXch".to_owned());
    key.e = Some("AQAB".to_owned());
    assert_eq!(set.keys(), [key]);
}

#[test]
fn s35_keys_that_make_no_sense_are_skipped_and_their_number_is_bounded() {
    let json = r#"{"keys":[{"kty":"AKP","alg":"ML-DSA-44","pub":"x"},7,null,[],{"kid":"no type"},{"kty":1},
        {"kty":"RSA","kid":[1]},{"kty":"RSA","kid":null,"n":"x","e":"AQAB"}]}"#;
    let set = reply(&Keys::new(), 200, json).unwrap();
    let types: Vec<&str> = set.keys().iter().map(|key| key.kty.as_str()).collect();
    assert_eq!(types, ["AKP", "RSA"]);
    let many = format!(r#"{{"keys":[{}{{}}]}}"#, r#"{"kty":"RSA"},"#.repeat(10_000));
    assert_eq!(
        reply(&Keys::new(), 200, &many).unwrap().keys().len(),
        KeySet::MAX_KEYS
    );
    assert!(
        reply(&Keys::new(), 200, r#"{"keys":[]}"#)
            .unwrap()
            .keys()
            .is_empty()
    );
    for (bad, field) in [
        ("{}", Some("keys")),
        (r#"{"keys":{}}"#, Some("keys")),
        ("[]", None),
    ] {
        assert_eq!(fault(&Keys::new(), bad), field);
    }
}

#[test]
fn s36_json_is_utf8_in_members_that_nobody_reads_too() {
    // found by fuzzing: serde does not look into what it skips
    let set = KeySet::decode(b"{\"keys\":[],\"x\":\"\xc1\"}");
    assert_eq!(set.unwrap_err().field(), None);
    let set = KeySet::decode(b"{\"keys\":[{\"kty\":\"RSA\",\"x\":\"\xc1\"}]}");
    assert_eq!(set.unwrap_err().field(), None);
    assert!(UserInfoClaims::decode(b"{\"sub\":\"1\",\"x\":\"\xc1\"}").is_err());
}

#[test]
fn o150_userinfo_sends_the_access_token_as_bearer() {
    let request = sent(&UserInfo::new(AccessToken::new("abc")));
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://discord.com/api/v10/oauth2/userinfo");
    assert_eq!(request.headers()["authorization"], "Bearer abc");
}

#[test]
fn o008_keys_and_userinfo_go_where_they_are_told() {
    let url = |path: &str| format!("http://127.0.0.1:9{path}?a=1").parse().unwrap();
    let request = sent(&UserInfo::new(AccessToken::new("abc")).at(url("/me")));
    assert_eq!(request.uri(), "http://127.0.0.1:9/me?a=1");
    assert_eq!(
        sent(&Keys::new().at(url("/jwks"))).uri(),
        "http://127.0.0.1:9/jwks?a=1"
    );
}

#[test]
fn o151_the_example_is_read() {
    let json = r#"{
        "sub": "852892297661906993",
        "email": "dolfies@amazing.email",
        "email_verified": true,
        "preferred_username": "dolfies",
        "nickname": "Dolfies",
        "picture": "https://cdn.discordapp.com/avatars/852892297661906993/c78ef8fb1db15a3d5f1b4c057856c5c9.png",
        "locale": "en-US"
    }"#;
    let claims = reply(&UserInfo::new(AccessToken::new("a")), 200, json).unwrap();
    let shown = format!("{claims:?}");
    assert_eq!(
        shown,
        format!("UserInfoClaims {{ sub: {:?}, .. }}", claims.sub)
    );
    assert_eq!(
        claims.user_id(),
        Some(Snowflake::new(852_892_297_661_906_993))
    );
    assert_eq!(claims.email.as_deref(), Some("dolfies@amazing.email"));
    assert_eq!(claims.email_verified, Some(true));
    assert_eq!(claims.preferred_username.as_deref(), Some("dolfies"));
    assert_eq!(claims.nickname.as_deref(), Some("Dolfies"));
    assert!(claims.picture.as_deref().unwrap().ends_with(".png"));
    assert_eq!(claims.locale.as_deref(), Some("en-US"));
    assert!(
        !format!("{claims:?}").to_lowercase().contains("dolfies"),
        "S-41"
    );
}

#[test]
fn o151_everything_but_sub_may_be_missing_or_null() {
    let all = [
        "email",
        "email_verified",
        "preferred_username",
        "nickname",
        "picture",
        "locale",
    ];
    let nulls: String = all
        .iter()
        .map(|name| format!(r#","{name}":null"#))
        .collect();
    for rest in ["", &nulls] {
        let json = format!(r#"{{"sub":"852892297661906993"{rest},"new":{{}}}}"#);
        let claims = UserInfoClaims::decode(json.as_bytes()).unwrap();
        assert_eq!(claims, UserInfoClaims::new("852892297661906993"));
    }
    for name in all {
        let json = format!(r#"{{"sub":"1","{name}":7}}"#);
        assert_eq!(
            fault(&UserInfo::new(AccessToken::new("a")), &json),
            Some(name)
        );
    }
}

#[test]
fn s34_sub_is_required_and_compared() {
    let endpoint = UserInfo::new(AccessToken::new("a"));
    for bad in [
        r#"{"id":"1"}"#, // P-18: as it once was
        r#"{"sub":null}"#,
        r#"{"sub":1}"#,
        r#"{"sub":""}"#,
        "{}",
    ] {
        assert_eq!(fault(&endpoint, bad), Some("sub"), "{bad}");
    }
    let claims = UserInfoClaims::new("852892297661906993");
    assert!(claims.is_about("852892297661906993"));
    for other in [
        "852892297661906994",
        "85289229766190699",
        "",
        "0852892297661906993",
    ] {
        assert!(!claims.is_about(other));
    }
    assert_eq!(UserInfoClaims::new("alice").user_id(), None);
}

#[test]
fn p04_a_bot_asks_for_its_application() {
    let endpoint = CurrentApplication::new(BotToken::new("t.o.k"));
    let request = sent(&endpoint);
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/oauth2/applications/@me"
    );
    assert_eq!(request.headers()["authorization"], "Bot t.o.k");
    let application = reply(
        &endpoint,
        200,
        r#"{"id":"7","name":"n","redirect_uris":[]}"#,
    )
    .unwrap();
    assert_eq!(
        (application.id, application.name.as_deref()),
        (Snowflake::new(7), Some("n"))
    );
    assert_eq!(
        refused(&CurrentApplication::new(BotToken::new("a b"))),
        Some("bot_token")
    );
}
