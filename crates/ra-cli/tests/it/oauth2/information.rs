//! `ra oauth2 me`, `userinfo` and `keys`.

use ra_testkit::discord::{self, Answer, Discord, recorded};
use serde_json::{Value, json};

use super::recorded::{at_once, fails, ra, run, shows_no_secret};
use super::{object, text, token_file};
use crate::support::Ra;

#[test]
fn o148_me_tells_what_a_token_is_good_for() {
    let discord = Discord::start();
    let me = object(&run(&discord, &["me", "--json"]));
    let expected: Value = serde_json::from_str(recorded::me().body()).unwrap();
    for member in ["application", "scopes", "user"] {
        assert_eq!(me[member], expected[member]);
    }
    assert_eq!(me["expires"], "2099-01-23T02:33:17+00:00");
    let ended = run(&discord, &["me"]);
    assert_eq!(
        ended.stdout,
        "Application: \"AIRHORN SOLUTIONS\" (id 332269999912132097)\n\
         Scopes:      guilds.join identify\n\
         Expires:     2099-01-23T02:33:17+00:00\n\
         User:        \"dolfies\" (id 852892297661906993)\n"
    );
    let bearer = format!("Bearer {}", discord::OPENID_ACCESS_TOKEN);
    assert_eq!(
        discord.heard()[0].header("authorization"),
        Some(bearer.as_str())
    );
    shows_no_secret(&ended);
    discord.answer("/oauth2/@me", [recorded::me_without_identify()]);
    assert!(
        object(&run(&discord, &["me", "--json"]))
            .get("user")
            .is_none()
    );
}

#[test]
fn o150_o151_userinfo_tells_who_a_token_speaks_for() {
    let discord = Discord::start();
    let info = object(&run(&discord, &["userinfo", "--json"]));
    let expected: Value = serde_json::from_str(recorded::userinfo().body()).unwrap();
    assert_eq!(info, expected);
    let ended = run(&discord, &["userinfo"]);
    assert!(
        ended
            .stdout
            .starts_with("sub                 852892297661906993\n")
    );
    assert!(
        ended.stdout.contains("email_verified      true\n"),
        "{ended:?}"
    );
    // every member but the first may be missing or null
    let little = Answer::ok(r#"{"sub":"1","email":null,"nickname":null}"#);
    discord.answer("/oauth2/userinfo", [little]);
    assert_eq!(
        object(&run(&discord, &["userinfo", "--json"])),
        json!({"sub": "1"})
    );
    for (body, field) in [
        (r#"{"id":"1"}"#, "sub"),
        (r#"{"sub":1}"#, "sub"),
        ("{}", "sub"),
    ] {
        discord.answer("/oauth2/userinfo", [Answer::ok(body), Answer::ok(body)]);
        let (line, error) = fails(&discord, &["userinfo"], 6); // S-34, P-18
        assert!(line.contains(field), "{line}");
        assert_eq!(error["kind"], "protocol");
    }
}

#[test]
fn o149_s35_keys_are_printed_as_they_came() {
    let discord = Discord::start();
    let keys = object(&run(&discord, &["keys", "--json"]));
    let expected: Value = serde_json::from_str(recorded::keys().body()).unwrap();
    assert_eq!(keys, expected);
    let ended = run(&discord, &["keys"]);
    assert_eq!(
        ended.stdout,
        "0d5a5f6e-4c0f-4a8e-9a51-6f8f4b1e6d6b  RSA RS256 sig\n"
    );
    let odd = r#"{"keys":[{"kty":"AKP","kid":"\u001b[2J"},{"kty":1},7]}"#;
    discord.answer(
        "/oauth2/keys",
        [Answer::ok(odd), Answer::ok(r#"{"keys":[]}"#)],
    );
    let ended = run(&discord, &["keys"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (0, "\\u{1b}[2J  AKP \n")
    );
    let ended = run(&discord, &["keys"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
}

#[test]
fn the_token_comes_from_the_file_or_else_from_the_variable() {
    let directory = tempfile::tempdir().unwrap();
    let token = json!({"token_type": "Bearer", "access_token": discord::OPENID_ACCESS_TOKEN});
    let path = token_file(directory.path(), &token);
    let discord = Discord::start();
    for name in ["me", "userinfo"] {
        let mut command = ra(&discord, &[name, "--token-file", text(&path), "--json"]);
        let ended = Ra::spawn(command.env("RA_TOKEN", "canary-other")).end();
        assert_eq!(ended.code, 0, "{ended:?}");
        let mut command = ra(&discord, &[name]);
        let ended = Ra::spawn(command.env_remove("RA_TOKEN")).end();
        let error = super::fails(&ended, 2);
        assert!(error.contains("RA_TOKEN"), "{error}");
        let none = directory.path().join("none");
        let ended = run(&discord, &[name, "--token-file", text(&none)]);
        super::fails(&ended, 8);
    }
}

#[test]
fn p09_s39_a_bad_token_and_a_missing_scope_are_refusals() {
    let discord = Discord::start();
    for name in ["me", "userinfo"] {
        let path = if name == "me" {
            "/oauth2/@me"
        } else {
            "/oauth2/userinfo"
        };
        let twice = |answer: fn() -> Answer| [answer(), answer()];
        discord.answer(path, twice(recorded::invalid_access_token));
        let (line, error) = fails(&discord, &[name], 6);
        assert_eq!(error["kind"], "refused");
        assert_eq!(error["retry"], "new_session", "{line}");
        discord.answer(path, twice(recorded::missing_scope));
        assert_eq!(fails(&discord, &[name], 6).1["retry"], "never");
    }
}

#[test]
fn s28_s36_s37_what_comes_from_the_way_there_is_a_network_failure() {
    let elsewhere = Discord::start();
    let to = format!("{}/oauth2/keys", elsewhere.base());
    let all = [
        ("me", "/oauth2/@me"),
        ("userinfo", "/oauth2/userinfo"),
        ("keys", "/oauth2/keys"),
    ];
    at_once(all, |(name, path)| {
        for (answer, code, retry) in [
            (Answer::redirect(302, &to), 7, "never"),
            (Answer::redirect(308, &to), 7, "never"),
            (recorded::rate_limited(), 7, "after:2"),
            (recorded::rate_limited_html(), 7, "after:1"),
            (recorded::unavailable(), 7, "after:5"),
            (recorded::bad_gateway_html(), 7, "after:5"),
            (recorded::forbidden_html(), 7, "never"),
            (recorded::keys().cut(), 7, "after:5"),
            (recorded::html_with_200(), 6, "after:5"),
        ] {
            let discord = Discord::start();
            discord.answer(path, [answer.clone(), answer.clone()]);
            let (_, error) = fails(&discord, &[name], code);
            assert_eq!(error["retry"], retry, "{name} {answer:?}");
            assert_eq!(discord.heard().len(), 2, "asked once");
        }
        let discord = Discord::start();
        discord.answer(path, [Answer::oversized(), Answer::oversized()]);
        fails(&discord, &[name], 7);
        discord.answer(path, [Answer::silence(), Answer::silence()]);
        fails(&discord, &[name, "--timeout", "1"], 7);
    });
    assert!(elsewhere.heard().is_empty());
}

#[test]
fn names_steer_no_terminal() {
    let discord = Discord::start();
    let evil = r#"{"application":{"id":"1","name":"\u001b[2J\u202e"},"scopes":["a"],"expires":"2099-01-23T02:33:17Z",
        "user":{"id":"2","username":"a\r\nUser: b\u009b"}}"#;
    discord.answer("/oauth2/@me", [Answer::ok(evil), Answer::ok(evil)]);
    for json in [&["me"][..], &["me", "--json"]] {
        let ended = run(&discord, json);
        assert_eq!(ended.code, 0, "{ended:?}");
        let steers = ['\u{1b}', '\u{202e}', '\r', '\u{9b}'];
        assert!(!ended.stdout.contains(steers), "{ended:?}");
        let lines = if json.len() == 1 { 4 } else { 1 };
        assert_eq!(ended.stdout.lines().count(), lines, "{ended:?}");
    }
    let evil = r#"{"sub":"\u001b[2J","nickname":"\u202e"}"#;
    discord.answer("/oauth2/userinfo", [Answer::ok(evil)]);
    let ended = run(&discord, &["userinfo"]);
    assert!(!ended.stdout.contains(['\u{1b}', '\u{202e}']), "{ended:?}");
}
