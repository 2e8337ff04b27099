//! What users granted: list, read, delete.

use super::*;

const GRANTED: &str = r#"{
    "id": "1092892297661906993",
    "scopes": ["identify", "guilds"],
    "application": {"id": "157730590492196864", "name": "n"},
    "disclosures": [1, 2]
}"#;

#[test]
fn o147_n16_an_authorization_is_read() {
    let granted = Granted::decode(GRANTED.as_bytes()).unwrap();
    let application = Application::decode(br#"{"id": "157730590492196864", "name": "n"}"#).unwrap();
    let scopes = ScopeSet::from([Scope::Identify, Scope::Guilds]);
    let mut expected = Granted::new(
        Snowflake::new(1_092_892_297_661_906_993),
        scopes,
        application,
    );
    expected.disclosures = vec![1, 2];
    assert_eq!(granted, expected);
    for rest in ["", r#","disclosures":null"#, r#","disclosures":[]"#] {
        let json = format!(r#"{{"id":5,"scopes":[],"application":{{"id":6}}{rest}}}"#);
        let granted = Granted::decode(json.as_bytes()).unwrap();
        assert_eq!(
            (granted.id, granted.disclosures),
            (Snowflake::new(5), vec![])
        );
    }
}

#[test]
fn o152_n11_the_list_is_asked_for_and_read() {
    let request = sent(&ListTokens::new(user()));
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://discord.com/api/v10/oauth2/tokens");
    assert_eq!(
        request.headers()["authorization"],
        "user.token",
        "without a scheme"
    );
    assert!(request.headers()["authorization"].is_sensitive());
    let list = format!("[{GRANTED},{GRANTED}]");
    assert_eq!(
        reply(&ListTokens::new(user()), 200, &list).unwrap().len(),
        2
    );
    assert!(
        reply(&ListTokens::new(user()), 200, "[]")
            .unwrap()
            .is_empty()
    );
    for (bad, field) in [
        ("{}", None),
        ("null", None),
        ("[7]", None),
        (r#"[{"id":"x"}]"#, Some("id")),
        (r#"[{"id":"1"}]"#, Some("scopes")),
        (r#"[{"id":"1","scopes":[]}]"#, Some("application")),
        (
            r#"[{"id":"1","scopes":[],"application":7}]"#,
            Some("application"),
        ),
    ] {
        assert_eq!(fault(&ListTokens::new(user()), bad), field, "{bad}");
    }
}

#[test]
fn n11_s40_at_most_fifty_applications() {
    let ids = |n| ListTokens::new(user()).application_ids((1..=n).map(Snowflake::new));
    let request = sent(&ids(2));
    let query = request.uri().query();
    assert_eq!(query, Some("application_ids=1&application_ids=2"));
    assert_eq!(sent(&ids(0)).uri().query(), None);
    assert_eq!(refused(&ids(50)), None);
    assert_eq!(refused(&ids(51)), Some("application_ids"));
}

#[test]
fn n12_one_application_is_listed() {
    let endpoint = ListApplicationTokens::new(user(), Snowflake::new(7));
    let request = sent(&endpoint);
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri(),
        "https://discord.com/api/v10/oauth2/applications/7/tokens"
    );
    assert_eq!(request.headers()["authorization"], "user.token");
    assert_eq!(
        reply(&endpoint, 200, &format!("[{GRANTED}]"))
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn n13_one_authorization_is_read() {
    let endpoint = ReadToken::new(user(), Snowflake::new(7));
    let request = sent(&endpoint);
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://discord.com/api/v10/oauth2/tokens/7");
    assert_eq!(request.headers()["authorization"], "user.token");
    let granted = reply(&endpoint, 200, GRANTED).unwrap();
    assert_eq!(granted.id, Snowflake::new(1_092_892_297_661_906_993));
}

#[test]
fn o153_an_authorization_is_taken_back() {
    let endpoint = DeleteToken::new(user(), Snowflake::new(7));
    let request = sent(&endpoint);
    assert_eq!(request.method(), "DELETE");
    assert_eq!(request.uri(), "https://discord.com/api/v10/oauth2/tokens/7");
    assert_eq!(request.headers()["authorization"], "user.token");
    reply(&endpoint, 204, "").unwrap();
    let error = reply(
        &endpoint,
        404,
        r#"{"message":"Unknown Token","code":10012}"#,
    )
    .unwrap_err();
    assert_eq!(error.code(), Some(10_012));
}

#[test]
fn a_user_token_that_fits_no_header_is_refused() {
    for bad in ["", "a b", "a\nb", "\u{e9}"] {
        let endpoint = DeleteToken::new(UserToken::new(bad), Snowflake::new(7));
        assert_eq!(refused(&endpoint), Some("user_token"));
    }
}
