//! `ra approve` against a scripted API.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::fake::{self, Request};
use crate::support::{Ended, Ra, command, run, write};

pub const URL: &str = "https://discord.com/ra/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const TOKEN: &str = "canary-phone-token";

/// A call that the API received: method and path, `Authorization`, body.
pub type Heard = Arc<Mutex<Vec<(String, String, Value)>>>;

/// An API that answers the calls of an approval by the end of their path, and remembers them.
pub fn api(answer: impl Fn(&Request) -> String + Send + Sync + 'static) -> (String, Heard) {
    let heard = Heard::default();
    let remembers = heard.clone();
    let api = fake::api(move |request| {
        let authorization = request
            .header("authorization")
            .unwrap_or_default()
            .to_owned();
        let call = (request.line.clone(), authorization, request.body.clone());
        remembers.lock().unwrap().push(call);
        answer(request)
    });
    (api, heard)
}

/// The API of somebody whose approval goes through.
pub fn good(request: &Request) -> String {
    match request.line.rsplit('/').next() {
        Some("remote-auth") => fake::ok(&json!({"handshake_token": "canary-handshake"})),
        _ => fake::response("204 No Content", "text/plain", ""),
    }
}

fn failing(status: &'static str, body: Value) -> impl Fn(&Request) -> String + Send + Sync {
    move |_| fake::response(status, "application/json", &body.to_string())
}

fn with_variable(args: &[&str]) -> Ended {
    Ra::spawn(command(args).env("RA_TOKEN", TOKEN)).end()
}

#[test]
fn r41_r42_yes_creates_and_finishes() {
    let (api, heard) = api(good);
    let ended = with_variable(&["approve", URL, "--api", &api, "--yes"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (0, "Approved.\n"),
        "{ended:?}"
    );
    assert_eq!(ended.stderr, "");
    let heard = heard.lock().unwrap();
    let path = "POST /api/v9/users/@me/remote-auth";
    let fingerprint = json!({"fingerprint": "A".repeat(43)});
    assert_eq!(heard[0], (path.into(), TOKEN.into(), fingerprint));
    assert_eq!(
        (&heard[1].0, &heard[1].1),
        (&format!("{path}/finish"), &TOKEN.into())
    );
    assert_eq!(heard[1].2["handshake_token"], "canary-handshake");
    assert_eq!(heard.len(), 2);
}

#[test]
fn r42_deny_creates_and_cancels() {
    let (api, heard) = api(good);
    let ended = with_variable(&["approve", URL, "--api", &api, "--deny"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (3, "Declined.\n"),
        "{ended:?}"
    );
    let heard = heard.lock().unwrap();
    assert_eq!(heard[1].0, "POST /api/v9/users/@me/remote-auth/cancel");
    assert_eq!(heard.len(), 2);
}

#[test]
fn the_token_comes_from_a_file_first() {
    let (api, heard) = api(good);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token.txt");
    write(&file, "  canary-from-file\n");
    let path = file.to_str().unwrap();
    let ended = with_variable(&["approve", URL, "--api", &api, "--yes", "--token-file", path]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        heard
            .lock()
            .unwrap()
            .iter()
            .all(|call| call.1 == "canary-from-file")
    );
}

#[test]
fn without_a_usable_token_nothing_is_called() {
    let (api, heard) = api(good);
    let base = ["approve", URL, "--api", &api, "--yes"];
    let ended = run(&base);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("RA_TOKEN"), "{ended:?}");
    for bad in ["", " \n", "canary\r\nX-Evil: 1", "canary\u{e9}"] {
        let ended = Ra::spawn(command(&base).env("RA_TOKEN", bad)).end();
        assert_eq!(ended.code, 2, "{bad:?} {ended:?}");
        ended.never_says("canary");
    }
    let ended = run(&[&base[..], &["--token-file", "/nowhere/token"]].concat());
    assert_eq!(ended.code, 8, "{ended:?}");
    assert!(
        ended
            .stderr
            .starts_with("error: cannot read /nowhere/token: "),
        "{ended:?}"
    );
    assert!(heard.lock().unwrap().is_empty());
}

#[test]
fn failures_have_the_codes_of_the_contract() {
    let cases = [
        (
            failing(
                "404 Not Found",
                json!({"message": "canary", "code": 10_012}),
            ),
            4,
        ),
        (
            failing("401 Unauthorized", json!({"message": "canary", "code": 0})),
            6,
        ),
        (
            failing(
                "403 Forbidden",
                json!({"message": "canary", "code": 50_001}),
            ),
            6,
        ),
        (
            failing(
                "400 Bad Request",
                json!({"message": "canary", "code": 50_035}),
            ),
            6,
        ),
        (failing("200 OK", json!({"canary": "no token"})), 6),
        (
            failing(
                "400 Bad Request",
                json!({"captcha_key": ["captcha-required"]}),
            ),
            5,
        ),
        // no code: something on the way answers
        (failing("404 Not Found", json!({"message": "canary"})), 7),
        (failing("403 Forbidden", json!("canary")), 7),
        (failing("401 Unauthorized", json!({"code": "canary"})), 7),
        (failing("500 Internal Server Error", json!("canary")), 7),
        (
            failing(
                "503 Service Unavailable",
                json!({"message": "canary", "code": 130_000}),
            ),
            7,
        ),
        (
            failing(
                "429 Too Many Requests",
                json!({"retry_after": 3.5, "code": 20_028}),
            ),
            7,
        ),
    ];
    for (answer, code) in cases {
        let (api, _) = api(answer);
        let ended = with_variable(&["approve", URL, "--api", &api, "--yes"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{ended:?}");
        assert!(
            ended.stderr.starts_with("error: ") && ended.stderr.lines().count() == 1,
            "{ended:?}"
        );
        ended.never_says("canary");
    }
    let ended = with_variable(&["approve", URL, "--api", "http://127.0.0.1:9", "--yes"]);
    assert_eq!(ended.code, 7, "{ended:?}");
}

#[test]
fn a_handshake_that_expired_meanwhile_is_expired() {
    let (api, _) = api(|request| match request.line.rsplit('/').next() {
        Some("remote-auth") => good(request),
        _ => fake::response("404 Not Found", "application/json", r#"{"code":10012}"#),
    });
    let ended = with_variable(&["approve", URL, "--api", &api, "--yes"]);
    assert_eq!(ended.code, 4, "{ended:?}");
}

#[test]
fn r43_a_second_factor_without_a_terminal_is_not_asked_for() {
    let (api, heard) = api(|request| match request.line.rsplit('/').next() {
        Some("remote-auth") => good(request),
        _ => mfa_required(&["totp"]),
    });
    let ended = with_variable(&["approve", URL, "--api", &api, "--yes"]);
    assert_eq!(ended.code, 5, "{ended:?}");
    assert!(ended.stderr.contains("second factor"), "{ended:?}");
    ended.never_says("canary");
    assert_eq!(heard.lock().unwrap().len(), 2);
}

/// The answer of `finish` to an account with a second factor.
pub fn mfa_required(methods: &[&str]) -> String {
    let methods: Vec<_> = methods
        .iter()
        .map(|method| json!({"type": method}))
        .collect();
    let body = json!({"message": "Two factor is required", "code": 60_003,
        "mfa": {"ticket": "canary-mfa-ticket", "methods": methods}});
    fake::response("401 Unauthorized", "application/json", &body.to_string())
}
