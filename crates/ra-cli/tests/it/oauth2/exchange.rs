//! `ra oauth2 exchange`.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use super::service::Service;
use super::{ACCESS, CLIENT, SECRET, VERIFIER, command, fails, object, run_with, token, words};
use crate::support::{Ended, Ra};

const REDIRECT: &str = "https://nicememe.website";
const STATE: &str = "15773059ghq9183habn";

fn exchange(service: &Service, args: &[&str], variables: &[(&str, &str)]) -> Ended {
    let base = service.base();
    let line = format!("exchange --client-id {CLIENT} --base {base} --redirect-uri {REDIRECT}");
    let fixed = words(&line);
    run_with(&[&fixed[..], args].concat(), variables)
}

/// With a public client and the state above.
fn callback(service: &Service, callback: &str) -> Ended {
    let args = ["--state", STATE, "--callback", callback];
    exchange(service, &args, &[("RA_CODE_VERIFIER", VERIFIER)])
}

fn good() -> String {
    format!("{REDIRECT}/?code=canary-code&state={STATE}")
}

#[test]
fn s21_o097_o119_o122_a_public_client_sends_the_verifier_and_no_secret() {
    let service = Service::of(token());
    let ended = callback(&service, &good());
    assert_eq!(object(&ended), token());
    let call = service.call();
    let form: Vec<(String, String)> = call.form();
    let expected = [
        ("client_id", CLIENT),
        ("code", "canary-code"),
        ("code_verifier", VERIFIER),
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT), // O-100
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(form, expected);
    assert_eq!(call.header("authorization"), None);
}

#[test]
fn s01_s02_p05_a_secret_goes_into_the_form_or_into_basic_and_never_into_both() {
    let variables = [("RA_CLIENT_SECRET", SECRET), ("RA_CODE_VERIFIER", VERIFIER)];
    let args = ["--state", STATE, "--callback", &good()];
    let service = Service::of(token());
    object(&exchange(&service, &args, &variables));
    let form = service.call();
    assert_eq!(form.field("client_secret").as_deref(), Some(SECRET));
    assert_eq!(form.field("client_id").as_deref(), Some(CLIENT));
    assert_eq!(form.header("authorization"), None);

    let service = Service::of(token());
    object(&exchange(
        &service,
        &[&args[..], &["--basic"]].concat(),
        &variables,
    ));
    let basic = service.call();
    assert_eq!(basic.field("client_secret"), None);
    let credentials = basic
        .header("authorization")
        .unwrap()
        .strip_prefix("Basic ")
        .unwrap();
    let credentials = ra_proto::base64::decode(credentials).unwrap();
    let credentials = String::from_utf8(credentials).unwrap();
    // S-01: form-encoded first
    assert_eq!(
        credentials,
        format!("{CLIENT}:canary-secret%20p%2Be%25r%3As")
    );
    assert_eq!(basic.field("code_verifier").as_deref(), Some(VERIFIER));
}

#[test]
fn s17_a_public_client_needs_a_verifier_and_basic_a_secret() {
    let service = Service::of(token());
    let args = ["--state", STATE, "--callback", &good()];
    let ended = exchange(&service, &args, &[]);
    assert_eq!(
        fails(&ended, 2),
        "--code-verifier-file: give this file, or set the variable RA_CODE_VERIFIER"
    );
    let basic = [&args[..], &["--basic"]].concat();
    let ended = exchange(&service, &basic, &[("RA_CODE_VERIFIER", VERIFIER)]);
    assert_eq!(
        fails(&ended, 2),
        "--client-secret-file: give this file, or set the variable RA_CLIENT_SECRET"
    );
    for bad in [
        "canary",
        &"canary".repeat(30),
        "canary+canary+canary+canary+canary+canary+canary",
    ] {
        let ended = exchange(&service, &args, &[("RA_CODE_VERIFIER", bad)]);
        assert!(
            fails(&ended, 2).starts_with("RA_CODE_VERIFIER: the code verifier "),
            "{ended:?}"
        );
    }
    assert!(service.calls().is_empty());
    // O-122: with a secret a flow may have run without PKCE
    object(&exchange(&service, &args, &[("RA_CLIENT_SECRET", SECRET)]));
    assert_eq!(service.call().field("code_verifier"), None);
}

#[test]
fn s03_s06_s07_s25_redirects_that_are_not_the_answer() {
    let service = Service::of(token());
    let of = |parameters: &str| format!("{REDIRECT}/?{parameters}");
    let right = format!("state={STATE}");
    for (callback_url, message) in [
        // S-06
        (
            of("code=canary"),
            "the redirect does not carry the state of this flow",
        ),
        (
            of("code=canary&state=canary"),
            "the redirect does not carry the state of this flow",
        ),
        (
            of(&format!("code=canary&{right}x")),
            "the redirect does not carry the state of this flow",
        ),
        (
            of("error=access_denied&state=canary"),
            "the redirect does not carry the state of this flow",
        ),
        // S-03
        (
            of(&format!("code=canary&{right}&{right}")),
            "the redirect has state more than once",
        ),
        (
            of(&format!("code=canary&code=canary&{right}")),
            "the redirect has code more than once",
        ),
        (of(&format!("code=&{right}")), "the redirect has no code"),
        (of(&right), "the redirect has no code"),
        (
            of(&format!("code=canary&error=canary&{right}")),
            "the redirect has both a result and an error",
        ),
        // S-25
        (
            of(&format!("code=canary&{right}&iss=https://canary.example")),
            "the redirect comes from another issuer",
        ),
        (
            of(&format!("code=canary&{right}&iss=https://discord.com")),
            "the redirect comes from another issuer",
        ),
        // S-07
        (
            of(&format!("error=invalid_scope&{right}")),
            "the authorization was refused: invalid_scope",
        ),
        (
            of(&format!("error=canary&{right}")),
            "the authorization was refused, with a code that is not known",
        ),
        (
            "canary".to_owned(),
            "the redirect does not carry the state of this flow",
        ),
        (
            String::new(),
            "the redirect does not carry the state of this flow",
        ),
    ] {
        let ended = callback(&service, &callback_url);
        assert_eq!(fails(&ended, 6), message, "{callback_url}");
    }
    assert!(service.calls().is_empty());
    // S-25: the issuer of this service
    let issuer = format!("code=canary-code&{right}&iss={}", service.origin());
    object(&callback(&service, &of(&issuer)));
}

#[test]
fn o094_the_person_said_no() {
    let service = Service::of(token());
    let no = format!("{REDIRECT}/?error=access_denied&error_description=canary&state={STATE}");
    let ended = callback(&service, &no);
    assert_eq!((ended.code, ended.stdout.as_str()), (3, ""));
    assert_eq!(ended.stderr, "Declined.\n");
    let args = ["--state", STATE, "--callback", &no, "--json"];
    let ended = exchange(&service, &args, &[("RA_CODE_VERIFIER", VERIFIER)]);
    assert_eq!((ended.code, ended.stderr.as_str()), (3, ""));
    assert_eq!(ended.events(), [json!({"event": "declined"})]);
    assert!(service.calls().is_empty());
}

#[test]
fn s28_refusals_say_what_to_do_and_no_word_of_the_service() {
    for (status, body, error) in [
        (
            "400 Bad Request",
            r#"{"error":"invalid_grant","error_description":"canary"}"#,
            "the call was refused, status 400 (invalid_grant); it is spent, expired or revoked, \
                or belongs to another request: start again",
        ),
        (
            "401 Unauthorized",
            r#"{"error":"invalid_client","error_description":"canary"}"#,
            "the call was refused, status 401 (invalid_client); check the application's id and secret, \
                and whether it is a public client",
        ),
        (
            "400 Bad Request",
            r#"{"error":"canary"}"#,
            "the call was refused, status 400",
        ),
        (
            "400 Bad Request",
            r#"{"message":"canary","code":50035}"#,
            "the call was refused, status 400, code 50035",
        ),
    ] {
        let service = Service::refusing(status, body);
        let ended = callback(&service, &good());
        assert_eq!(fails(&ended, 6), error);
        service.call();
    }
}

#[test]
fn s38_a_refusal_of_something_on_the_way_may_come_too_late_for_the_code() {
    for status in [
        "401 Unauthorized",
        "403 Forbidden",
        "407 Proxy Authentication Required",
    ] {
        let service = Service::refusing(status, "<html>canary</html>");
        let ended = callback(&service, &good());
        let error = fails(&ended, 7);
        assert!(error.ends_with("; what was sent may be spent"), "{error}");
    }
}

#[test]
fn s08_a_redirect_to_another_address_is_taken_with_a_note() {
    let note = "note: the redirect came to another address than that of --redirect-uri\n";
    let query = format!("code=canary-code&state={STATE}");
    for (address, said) in [
        ("https://nicememe.website", ""),
        ("https://nicememe.website/", ""),
        ("https://NICEMEME.website:443/", ""),
        ("/", ""), // as a web server has it
        ("", ""),
        ("http://nicememe.website/", note),
        ("https://nicememe.example/", note),
        ("https://nicememe.website:8443/", note),
        ("https://nicememe.website/x", note),
    ] {
        let service = Service::of(token());
        let ended = callback(&service, &format!("{address}?{query}"));
        assert_eq!(object(&ended), token());
        assert_eq!(ended.stderr, said, "{address}");
    }
}

#[test]
fn the_time_of_timeout_bounds_reading_standard_input() {
    let service = Service::of(token());
    let base = service.base();
    let shared = ["--state", STATE, "--callback", "-", "--timeout", "1"];
    for first in [
        &["exchange", "--client-id", CLIENT, "--base", &base][..],
        &["implicit", "--base", &base],
    ] {
        let mut command = command(&[first, &shared].concat());
        let (reader, writer) = std::io::pipe().unwrap();
        command
            .env("RA_CODE_VERIFIER", VERIFIER)
            .stdin(Stdio::from(reader));
        let ended = Ra::spawn(&mut command).end();
        assert_eq!(fails(&ended, 4), "no redirect came in time");
        drop(writer);
    }
    assert!(service.calls().is_empty());
}

#[test]
fn the_redirect_comes_on_standard_input_too() {
    let service = Service::of(token());
    let base = service.base();
    let line = format!(
        "exchange --client-id {CLIENT} --base {base} --redirect-uri {REDIRECT} --state {STATE} --callback -"
    );
    let args = words(&line);
    let mut command = command(&args);
    let (reader, mut writer) = std::io::pipe().unwrap();
    command
        .env("RA_CODE_VERIFIER", VERIFIER)
        .stdin(Stdio::from(reader));
    let ra = Ra::spawn(&mut command);
    drop(command);
    writer
        .write_all(format!("  {}\r\n", good()).as_bytes())
        .unwrap();
    drop(writer);
    assert_eq!(object(&ra.end())["access_token"], ACCESS);
    assert_eq!(service.call().field("code").as_deref(), Some("canary-code"));
}

#[test]
fn everything_that_came_with_the_token_is_printed() {
    let mut reply = token();
    reply["id_token"] = json!("canary.id.token");
    reply["guild"] = json!({"id": "290926798626357999", "name": "a\u{9b}2J\u{202e}b"});
    reply["webhook"] = json!({"type": 1, "id": "347114750880120863", "name": "testwebhook",
        "avatar": null, "channel_id": "345626669224982402", "guild_id": "290926792226357250",
        "application_id": "310954232226357250", "token": "canary-webhook",
        "url": "https://discord.com/api/webhooks/347114750880120863/canary-webhook"});
    let printed = serde_json::to_string_pretty(&reply).unwrap();
    let service = Service::refusing("200 OK", &printed);
    let ended = callback(&service, &good());
    assert_eq!(object(&ended), reply); // O-142, O-143
    assert!(!ended.stdout.contains(['\u{9b}', '\u{202e}']), "{ended:?}");
}
