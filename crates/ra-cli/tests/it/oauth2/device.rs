//! `ra oauth2 device` as it should go.

use std::os::unix::fs::PermissionsExt as _;

use ra_testkit::discord::{self, Discord, recorded};
use serde_json::{Value, json};

use super::recorded::{CLIENT, at_once, ra, run, shows_no_secret, tells_no_secret};
use super::{fails, text};
use crate::support::terminal::Terminal;
use crate::support::{Ra, picture};

const ACCESS: &str = "ODkxNDM2MjMzOTAzOTY0MTYx.6qrZcUqja7812RVdnEKjpzOL4CvHBFG";
const ARGS: [&str; 5] = ["device", "--client-id", CLIENT, "--scope", "identify"];

/// A server whose devices may ask each second.
pub fn quick() -> Discord {
    let discord = Discord::start();
    discord.answer("/oauth2/device/authorize", [recorded::device_quick()]);
    discord
}

fn device(discord: &Discord, more: &[&str]) -> std::process::Command {
    ra(discord, &[&ARGS, more].concat())
}

#[test]
fn o126_o127_o130_programs_get_the_codes_first_and_then_the_token() {
    let discord = quick();
    let mut ra = Ra::spawn(&mut device(&discord, &["--json"]));
    let codes: Value = serde_json::from_str(&ra.line()).unwrap();
    assert_eq!(
        codes,
        json!({"event": "device", "user_code": "ZAW6C586",
            "verification_uri": "https://discord.com/activate",
            "verification_uri_complete": "https://discord.com/activate?user_code=ZAW6C586",
            "expires_in": 300, "interval": 1})
    );
    discord.decide(true);
    let token: Value = serde_json::from_str(&ra.line()).unwrap();
    assert_eq!(token["access_token"], ACCESS);
    assert_eq!(token["scope"], "identify");
    let ended = ra.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    let heard = discord.heard();
    assert!(heard[0].body.contains("scope=identify"));
    assert_eq!(heard[0].path, "/api/v10/oauth2/device/authorize"); // N-01
}

#[test]
fn o127_people_get_a_qr_code_the_address_and_the_user_code() {
    let discord = quick();
    discord.decide(true);
    let ended = run(&discord, &ARGS);
    assert_eq!(ended.code, 0, "{ended:?}");
    let complete = "https://discord.com/activate?user_code=ZAW6C586";
    assert_eq!(picture(&ended.stderr), complete);
    for shown in [
        "  https://discord.com/activate\n",
        "code: ZAW6C586\n",
        "you yourself started",
    ] {
        assert!(ended.stderr.contains(shown), "{shown}: {ended:?}");
    }
    let token: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(token["access_token"], ACCESS);
    tells_no_secret(&ended);
}

#[test]
fn o124_o125_s01_every_kind_of_client_asks_in_its_way() {
    let cases = [
        (discord::CLIENT_ID, Some(discord::CLIENT_SECRET), &[][..]),
        (
            discord::CLIENT_ID,
            Some(discord::CLIENT_SECRET),
            &["--basic"],
        ),
        (
            discord::ODD_CLIENT_ID,
            Some(discord::ODD_CLIENT_SECRET),
            &["--basic"],
        ),
        (discord::PUBLIC_CLIENT_ID, None, &[]),
    ];
    at_once(cases, |(id, secret, more)| {
        let discord = quick();
        discord.decide(true);
        let id = id.to_string();
        let mut command = ra(
            &discord,
            &[&["device", "--client-id", &id, "--json"], more].concat(),
        );
        command.env_remove("RA_CLIENT_SECRET");
        command.envs(secret.map(|secret| ("RA_CLIENT_SECRET", secret)));
        let ended = Ra::spawn(&mut command).end();
        assert_eq!(ended.code, 0, "{id} {more:?} {ended:?}");
        let basic = discord.heard()[0].header("authorization").is_some();
        assert_eq!(basic, !more.is_empty());
    });
}

#[test]
fn o008_the_endpoints_are_where_they_are_said_to_be() {
    let discord = quick();
    discord.decide(true);
    let (start, token) = (
        format!("{}/oauth2/device/authorize", discord.base()),
        format!("{}/oauth2/token", discord.base()),
    );
    let mut command = device(&discord, &["--device-url", &start, "--token-url", &token]);
    command.args(["--base", "http://127.0.0.1:9/"]);
    assert_eq!(Ra::spawn(&mut command).end().code, 2); // --base twice
    let urls = ["--device-url", &start, "--token-url", &token];
    let mut command =
        super::command(&[&ARGS[..], &urls, &["--base", "http://127.0.0.1:9"]].concat());
    command.env("RA_CLIENT_SECRET", discord::CLIENT_SECRET);
    let ended = Ra::spawn(&mut command).end();
    assert_eq!(ended.code, 0, "{ended:?}");
    // the document's path, for services that have it (O-002)
    let discord = quick();
    discord.answer("/oauth2/authorize/device", [recorded::device_quick()]);
    discord.decide(true);
    let old = format!("{}/oauth2/authorize/device", discord.base());
    let ended = run(&discord, &[&ARGS[..], &["--device-url", &old]].concat());
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn o134_the_person_says_no() {
    let discord = quick();
    discord.decide(false);
    let ended = run(&discord, &ARGS);
    assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{ended:?}");
    assert!(ended.stderr.ends_with("Declined.\n"), "{ended:?}");
    shows_no_secret(&ended);

    let discord = quick();
    discord.decide(false);
    let ended = run(&discord, &[&ARGS[..], &["--json"]].concat());
    assert_eq!((ended.code, ended.stderr.as_str()), (3, ""));
    let events = ended.events();
    assert_eq!(events.len(), 2);
    assert_eq!(events[1], json!({"event": "declined"}));
}

#[test]
fn the_token_is_kept_in_a_private_file_and_a_file_in_the_way_is_found_before_anything_is_asked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token.json");
    let args = [&ARGS[..], &["--token-file", text(&path)]].concat();
    let discord = quick();
    discord.decide(true);
    let ended = run(&discord, &args);
    assert_eq!(ended.code, 0, "{ended:?}");
    let mode = path.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(kept["access_token"], ACCESS);

    let discord = quick();
    let ended = run(&discord, &args);
    assert!(fails(&ended, 8).contains("--force"), "{ended:?}");
    assert!(discord.heard().is_empty());
}

#[test]
fn scopes_of_other_grants_are_wrong_options() {
    for scope in [
        "webhook.incoming",
        "role_connections.write",
        "applications.commands.update",
    ] {
        let discord = quick();
        let ended = run(
            &discord,
            &["device", "--client-id", CLIENT, "--scope", scope],
        );
        let error = fails(&ended, 2);
        assert_eq!(error, format!("--scope: {scope} is not for devices"));
        assert!(discord.heard().is_empty());
    }
    let discord = quick();
    let ended = run(&discord, &["device", "--client-id", "canary"]);
    assert!(fails(&ended, 2).starts_with("--client-id: "));
    assert!(discord.heard().is_empty());
}

#[test]
fn o128_a_terminal_shows_the_code_and_counts_down() {
    let discord = quick();
    let mut terminal = Terminal::start(&mut device(&discord, &[]), 80, 40);
    let shown = terminal.until("lets this machine into your account.");
    assert_eq!(
        picture(&shown),
        "https://discord.com/activate?user_code=ZAW6C586"
    );
    terminal.until("Waiting for your answer there, 4:5");
    discord.decide(true);
    let (code, rest) = terminal.end();
    assert_eq!(code, 0, "{rest}");
    // the line that counted is taken away before the token is printed
    let (_, last) = rest.rsplit_once("\u{1b}[K").unwrap();
    assert!(last.starts_with("{\"token_type\":\"Bearer\""), "{last:?}");

    let discord = quick();
    let mut terminal = Terminal::start(&mut device(&discord, &[]), 30, 10);
    terminal.until("too small");
    terminal.until("code: ZAW6C586");
    terminal.interrupt();
    let (code, rest) = terminal.end();
    assert_eq!(code, 3, "{rest}");
    assert!(rest.contains("Cancelled."), "{rest}");
}
