//! `ra oauth2 authorize-url`.

use serde_json::{Value, json};

use super::service::pairs;
use super::{CLIENT, object, run, words};
use crate::support::Ended;

fn made(args: &[&str]) -> Ended {
    run(&[&["authorize-url", "--client-id", CLIENT], args].concat())
}

/// With `--json`: what was printed, and the parameters of the URL.
fn parameters(args: &[&str]) -> (Value, Vec<(String, String)>) {
    let object = object(&made(&[args, &["--json"]].concat()));
    let url = object["url"].as_str().unwrap();
    let (page, query) = url.split_once('?').unwrap();
    assert_eq!(page, "https://discord.com/oauth2/authorize");
    let parameters = pairs(query);
    (object, parameters)
}

fn value<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = parameters.iter().filter(|(found, _)| found == name);
    let value = values.next().map(|(_, value)| value.as_str());
    assert!(values.next().is_none(), "{name} twice");
    value
}

#[test]
fn o118_o119_state_and_pkce_are_fresh_and_on_unless_switched_off() {
    let args = [
        "--scope",
        "identify email",
        "--redirect-uri",
        "https://nicememe.website",
    ];
    let (one, parameters) = parameters(&args);
    let state = one["state"].as_str().unwrap();
    let verifier = one["code_verifier"].as_str().unwrap();
    assert_eq!((state.len(), verifier.len()), (43, 43));
    let challenge = oauth2_discord::CodeVerifier::new(verifier)
        .unwrap()
        .challenge();
    let mut expected = [
        ("client_id", CLIENT),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("redirect_uri", "https://nicememe.website"),
        ("response_type", "code"),
        ("scope", "identify email"),
        ("state", state),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    expected.sort();
    assert_eq!(parameters, expected);

    let (other, _) = self::parameters(&args);
    assert_ne!(one["state"], other["state"]);
    assert_ne!(one["code_verifier"], other["code_verifier"]);

    let (off, parameters) =
        self::parameters(&[&args[..], &["--no-pkce", "--state=-mine"]].concat());
    assert_eq!(
        (&off["state"], &off["code_verifier"]),
        (&json!("-mine"), &Value::Null)
    );
    assert_eq!(value(&parameters, "state"), Some("-mine"));
    assert_eq!(value(&parameters, "code_challenge"), None);
    assert_eq!(value(&parameters, "code_challenge_method"), None);
}

#[test]
fn o075_an_implicit_url_has_a_state_and_no_challenge() {
    let (object, parameters) = parameters(&["--scope", "identify", "--response-type", "token"]);
    assert_eq!(value(&parameters, "response_type"), Some("token"));
    assert_eq!(value(&parameters, "state"), object["state"].as_str());
    assert_eq!(value(&parameters, "code_challenge"), None);
    assert_eq!(object["code_verifier"], Value::Null);
}

#[test]
fn o065_o067_o070_o071_o072_o073_o074_every_option_reaches_the_url() {
    let (object, found) = parameters(&[
        "--scope",
        "bot webhook.incoming",
        "--scope",
        "applications.commands openid",
        "--response-type",
        "code",
        "--prompt",
        "none",
        "--permissions",
        "9007199254740993",
        "--guild-id",
        "290926798626357999",
        "--channel-id",
        "290926798626358000",
        "--disable-guild-select",
        "--integration-type",
        "guild",
        "--nonce",
        "-n",
        "--state",
        "s t&a=te",
    ]);
    for (name, expected) in [
        ("scope", "bot webhook.incoming applications.commands openid"),
        ("prompt", "none"),
        ("permissions", "9007199254740993"), // O-071: 2^53 + 1
        ("guild_id", "290926798626357999"),
        ("channel_id", "290926798626358000"),
        ("disable_guild_select", "true"),
        ("integration_type", "0"),
        ("nonce", "-n"),
        ("state", "s t&a=te"),
    ] {
        assert_eq!(value(&found, name), Some(expected), "{name}");
    }
    assert_eq!(object["state"], "s t&a=te");
    let (_, found) = parameters(&words(
        "--scope applications.commands --integration-type user --prompt consent",
    ));
    assert_eq!(value(&found, "integration_type"), Some("1"));
    assert_eq!(value(&found, "prompt"), Some("consent"));
}

#[test]
fn o179_bot_and_commands_alone_make_a_link_to_share() {
    let (object, found) =
        parameters(&["--scope", "bot applications.commands", "--permissions", "8"]);
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["client_id", "permissions", "scope"]);
    assert_eq!(object["state"], Value::Null);
    assert_eq!(object["code_verifier"], Value::Null);
    // a redirect or a response type makes it a flow again
    for more in [
        ["--response-type", "code"],
        ["--redirect-uri", "https://nicememe.website"],
    ] {
        let (object, found) = parameters(&[&["--scope", "bot"], &more[..]].concat());
        assert_eq!(value(&found, "response_type"), Some("code"));
        assert!(object["code_verifier"].is_string());
    }
}

#[test]
fn what_the_document_forbids_is_a_wrong_option_that_is_named() {
    for (args, option) in [
        // O-067
        (&["--scope", "identify", "--nonce", "canary"][..], "--nonce"),
        (
            &words("--scope openid --response-type token --nonce canary"),
            "--nonce",
        ),
        // O-070
        (
            &["--scope", "identify", "--integration-type", "user"],
            "--integration-type",
        ),
        // O-071
        (
            &["--scope", "identify", "--permissions", "8"],
            "--permissions",
        ),
        // O-072, O-074
        (&["--scope", "identify", "--guild-id", "1"], "--guild-id"),
        (
            &["--scope", "identify", "--disable-guild-select"],
            "--disable-guild-select",
        ),
        (
            &words("--scope applications.commands --integration-type user --guild-id 1"),
            "--guild-id",
        ),
        // O-073
        (&["--scope", "bot", "--channel-id", "1"], "--channel-id"),
        // O-120
        (
            &words("--scope identify --redirect-uri com.example.app:/cb --no-pkce"),
            "--redirect-uri",
        ),
        (
            &words("--scope identify --redirect-uri com.example.app:/cb --response-type token"),
            "--redirect-uri",
        ),
        // scopes of other grants
        (
            &["--scope", "webhook.incoming", "--response-type", "token"],
            "--scope",
        ),
        // S-03
        (&["--scope", "identify", "--state", ""], "--state"),
        // values that are none
        (&["--permissions=-1"], "--permissions"),
        (&["--permissions", "canary"], "--permissions"),
        (&["--guild-id", "canary"], "--guild-id"),
        (&["--channel-id", "canary"], "--channel-id"),
        (&["--scope", "canary\u{e9}"], "--scope"),
        (&["--redirect-uri", "/canary"], "--redirect-uri"),
        (&["--redirect-uri", "javascript:canary"], "--redirect-uri"),
        (
            &["--redirect-uri", "https://canary.example/#x"],
            "--redirect-uri",
        ),
        (&["--prompt", "canary"], "--prompt"),
        (&["--integration-type", "canary"], "--integration-type"),
        (&["--response-type", "canary"], "--response-type"),
    ] {
        for args in [args, &[args, &["--json"]].concat()] {
            let ended = made(args);
            assert_eq!(
                (ended.code, ended.stdout.as_str()),
                (2, ""),
                "{args:?} {ended:?}"
            );
            let error = ended
                .stderr
                .lines()
                .find(|line| line.starts_with("error: "));
            let named = format!("error: {option}");
            assert!(
                error.is_some_and(|line| line.starts_with(&named)),
                "{args:?} {ended:?}"
            );
            ended.never_says("canary");
        }
    }
    let ended = run(&["authorize-url", "--client-id", "canary"]);
    assert_eq!(ended.code, 2);
    assert_eq!(
        ended.stderr,
        "error: --client-id: expected an id, which is a decimal number\n"
    );
}

#[test]
fn people_get_three_lines_and_programs_one_object() {
    let ended = made(&["--scope", "identify", "--state", "mine"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert!(lines[0].starts_with("URL:           https://discord.com/oauth2/authorize?"));
    assert_eq!(lines[1], "State:         mine");
    assert!(lines[2].starts_with("Code verifier: "), "{ended:?}");
    assert_eq!(lines.len(), 3);
    assert!(ended.stderr.contains("RA_CODE_VERIFIER"));

    let ended = made(&words(
        "--json --scope identify --redirect-uri http://localhost/",
    ));
    let mut members: Vec<String> = object(&ended)
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    members.sort();
    assert_eq!(members, ["code_verifier", "state", "url"]);
    assert_eq!(
        ended.stderr,
        "note: localhost may be another machine, 127.0.0.1 is this one\n"
    ); // S-19
}

#[test]
fn o001_the_page_can_be_another_one() {
    let page = ["--authorize-url", "http://127.0.0.1:9/auth?tenant=1"];
    let object = object(&made(
        &[&page[..], &["--json", "--scope", "identify"]].concat(),
    ));
    let url = object["url"].as_str().unwrap();
    assert!(
        url.starts_with("http://127.0.0.1:9/auth?tenant=1&response_type=code&"),
        "{url}"
    );
    let object = self::object(&made(&words(
        "--base https://h.example/api --json --scope identify",
    )));
    let url = object["url"].as_str().unwrap();
    assert!(
        url.starts_with("https://h.example/oauth2/authorize?"),
        "{url}"
    );
}

#[test]
fn o115_a_verifier_in_the_environment_is_not_used_again() {
    // each flow has its own: one that was left over from an earlier flow would bind nothing
    let ended = super::run_with(
        &words(&format!(
            "authorize-url --client-id {CLIENT} --scope identify --json"
        )),
        &[("RA_CODE_VERIFIER", super::VERIFIER)],
    );
    assert_ne!(object(&ended)["code_verifier"], super::VERIFIER);
}
