//! `ra oauth2 verify-id-token`.

use std::path::Path;

use ra_testkit::discord::{self, Answer, Discord, recorded};
use serde_json::{Value, json};

use super::recorded::{CLIENT, fails, run, shows_no_secret};
use super::{object, text, token_file};

/// The recorded token object, with another ID token if one is given.
fn token(id_token: Option<&str>) -> Value {
    let mut token: Value = serde_json::from_str(recorded::token_openid().body()).unwrap();
    if let Some(id_token) = id_token {
        token["id_token"] = id_token.into();
    }
    token
}

fn verify<'a>(path: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let path = text(path);
    let args = [
        "verify-id-token",
        "--client-id",
        CLIENT,
        "--token-file",
        path,
    ];
    [&args[..], &["--issuer", "https://discord.com"], more].concat()
}

const NONCE: [&str; 2] = ["--nonce", discord::NONCE];

#[test]
fn p10_p11_a_genuine_token_tells_its_claims() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token(None));
    let discord = Discord::start();
    let claims = object(&run(
        &discord,
        &verify(&path, &[NONCE[0], NONCE[1], "--json"]),
    ));
    assert_eq!(claims["sub"], "852892297661906993");
    assert_eq!(claims["iss"], "https://discord.com");
    assert_eq!(claims["aud"], json!([CLIENT]));
    assert_eq!(claims["nonce"], discord::NONCE);
    let ended = run(&discord, &verify(&path, &NONCE));
    assert_eq!(
        ended.stdout,
        "The ID token is genuine.\nSubject:  852892297661906993\nIssued:   2023-11-14T22:13:20+00:00\n\
         Expires:  2100-01-01T00:00:00+00:00\nLogin:    2023-11-14T21:56:40+00:00\n"
    );
    shows_no_secret(&ended);
    assert_eq!(discord.calls("/oauth2/keys"), 2);
    // the keys may be elsewhere (O-008)
    let keys = format!("{}/oauth2/keys", discord.base());
    let args = verify(&path, &NONCE);
    let at = [
        &args[..],
        &["--base", "http://127.0.0.1:9", "--keys-url", &keys],
    ]
    .concat();
    assert_eq!(super::run(&at).code, 0);
}

#[test]
fn s30_s31_s32_s33_what_is_not_genuine_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let discord = Discord::start();
    for (name, why) in [
        ("expired", "has expired"),
        ("other_key", "signature"),
        ("other_audience", "aud"),
        ("unsigned", "RS256"),
        ("other_token", "at_hash"),
        ("unknown_key", "a key that the service does not have"),
    ] {
        let path = token_file(directory.path(), &token(Some(recorded::bad_id_token(name))));
        let (line, error) = fails(&discord, &verify(&path, &NONCE), 6);
        assert!(line.contains(why), "{name}: {line}");
        assert_eq!(error["kind"], "protocol");
    }
    for raw in ["", "x", "a.b.c", "..", "\u{1b}[2J"] {
        let path = token_file(directory.path(), &token(Some(raw)));
        let ended = run(&discord, &verify(&path, &NONCE));
        assert!(ended.code == 6 || ended.code == 8, "{raw}: {ended:?}");
        assert!(ended.stdout.is_empty());
    }
    assert_eq!(discord.calls("/oauth2/token"), 0);
}

#[test]
fn s30_s32_issuer_application_and_nonce_are_compared() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token(None));
    let path = text(&path);
    let discord = Discord::start();
    let ask = |client: &str, issuer: &str, more: &[&str]| {
        let args = [
            "verify-id-token",
            "--token-file",
            path,
            "--client-id",
            client,
        ];
        fails(
            &discord,
            &[&args[..], &["--issuer", issuer], more].concat(),
            6,
        )
        .0
    };
    let right = "https://discord.com";
    assert!(ask(CLIENT, "https://discord.com/", &NONCE).contains("iss"));
    assert!(ask("1", right, &NONCE).contains("aud"));
    assert!(ask(CLIENT, right, &["--nonce", "other"]).contains("nonce"));
    assert!(ask(CLIENT, right, &[]).contains("give the nonce that was sent by --nonce"));
    // what lies below a base of one's own has that issuer
    let (line, _) = fails(
        &discord,
        &[
            "verify-id-token",
            "--token-file",
            path,
            "--client-id",
            CLIENT,
        ],
        6,
    );
    assert!(line.contains("iss"), "{line}");
}

#[test]
fn s35_s36_keys_that_are_not_there_verify_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token(None));
    let path = path.as_path();
    for (answer, code) in [
        (Answer::ok(r#"{"keys":[]}"#), 6),
        (Answer::ok("{}"), 6),
        (recorded::html_with_200(), 6),
        (recorded::unavailable(), 7),
        (recorded::keys().cut(), 7),
        (Answer::oversized(), 7),
        (Answer::redirect(302, "https://evil.example/keys"), 7), // S-28
    ] {
        let discord = Discord::start();
        discord.answer("/oauth2/keys", [answer.clone(), answer.clone()]);
        fails(&discord, &verify(path, &NONCE), code);
        assert_eq!(discord.calls("/oauth2/keys"), 2, "{answer:?}");
    }
}

#[test]
fn a_file_without_an_id_token_is_said_to_be_one() {
    let directory = tempfile::tempdir().unwrap();
    let discord = Discord::start();
    let mut without = token(None);
    without.as_object_mut().unwrap().remove("id_token");
    without["scope"] = "identify".into();
    let path = token_file(directory.path(), &without);
    let (line, error) = fails(&discord, &verify(&path, &[]), 8);
    assert!(line.contains("it comes with a login"), "{line}");
    assert_eq!(error["kind"], "local");
    without["scope"] = "identify openid".into();
    let path = token_file(directory.path(), &without);
    let (line, _) = fails(&discord, &verify(&path, &[]), 8);
    assert!(line.contains("the service sent none"), "{line}");
    assert!(line.contains("after a refresh"), "{line}");
    let none = directory.path().join("none");
    fails(&discord, &verify(&none, &[]), 8);
    assert!(discord.heard().is_empty());
}
