//! `--log`, `--log-format` and `RUST_LOG` of every command: lines on standard error, and no secret in any of them.

use serde_json::{Value, json};

use crate::oauth2;
use crate::oauth2::service::Service;
use crate::support::{Ended, Ra, command, run, write};

const ACCOUNT: &str = "[[account]]\nauthorization = \"canary-authorization\"\nid = 852892297661906993\n\
    username = \"canary-name\"\ntoken = \"canary-token\"\n";

/// Each line of the log in JSON.
fn lines(ended: &Ended) -> Vec<Value> {
    let logged = ended.stderr.lines().filter(|line| line.starts_with('{'));
    logged
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect()
}

fn says(ended: &Ended, event: &str) -> bool {
    lines(ended).iter().any(|line| line["event"] == event)
}

#[test]
fn r34_no_command_logs_a_secret_at_the_most_talkative_filter() {
    let directory = tempfile::tempdir().unwrap();
    let accounts = directory.path().join("accounts.toml");
    write(&accounts, ACCOUNT);
    let log = "--log trace,rustls=trace,hyper=trace --log-format json";
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let accounts = accounts.to_str().unwrap();
    let line = format!("gateway --listen 127.0.0.1:0 --accounts {accounts} --drain 0 {log}");
    let mut gateway = Ra::start(&words(&line));
    let first: Value = serde_json::from_str(&gateway.line()).unwrap();
    let address = first["listening"].as_str().unwrap();
    let api = format!("http://{address}/api/v9");

    let line = format!("login --json --gateway ws://{address} --api {api} {log}");
    let mut login = Ra::start(&words(&line));
    let url = login.event("qr")["url"].as_str().unwrap().to_owned();
    let line = format!("approve {url} --api {api} --yes {log}");
    let phone = Ra::spawn(command(&words(&line)).env("RA_TOKEN", "canary-authorization")).end();
    assert_eq!(phone.code, 0, "{phone:?}");
    login.event("user");
    assert_eq!(login.event("token")["token"], "canary-token");
    let login = login.end();
    gateway.terminate();
    let gateway = gateway.end();

    let service = Service::of(
        json!({"token_type": "Bearer", "access_token": "canary-access",
        "expires_in": 60, "scope": "identify"}),
    );
    let base = service.base();
    let line = format!(
        "client-credentials --client-id {} --scope identify --base {base} {log}",
        oauth2::CLIENT
    );
    let variables = [("RA_CLIENT_SECRET", "canary-secret")];
    let oauth2 = oauth2::run_with(&oauth2::words(&line), &variables);
    assert_eq!(oauth2.code, 0, "{oauth2:?}");

    for ended in [&gateway, &login, &phone, &oauth2] {
        assert!(!lines(ended).is_empty(), "{ended:?}");
        for secret in ["canary", "852892297661906993", &url[url.len() - 43..]] {
            assert!(!ended.stderr.contains(secret), "{secret}: {ended:?}");
        }
    }
    assert!(says(&gateway, "session_began") && says(&gateway, "session_ended"));
    assert!(says(&login, "received") && says(&login, "calling"));
    assert!(says(&phone, "calling") && says(&oauth2, "calling"));
}

#[test]
fn the_variable_is_a_filter_too_and_the_option_wins() {
    let with = |variable: &str, options: &[&str]| {
        let base = ["demo", "--json", "--log-format", "json"];
        let mut demo = command(&[&base[..], options].concat());
        Ra::spawn(demo.env("RUST_LOG", variable)).end()
    };
    let ended = with("ra_carrier=info", &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        says(&ended, "calling") && !says(&ended, "session_ended"),
        "{ended:?}"
    );
    assert!(says(&with("ra_gateway=info", &[]), "session_ended"));
    assert_eq!(with("trace", &["--log", "off"]).stderr, "");
    let refused = with("ra=canary", &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.stderr.starts_with("error: RUST_LOG: "),
        "{refused:?}"
    );
    refused.never_says("canary");
    assert_eq!(run(&["demo", "--log", "loud"]).code, 2);
}
