//! `ra gateway`, `ra login` and `ra approve` as three processes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::{PATIENCE, Ra, command, run, write};

struct World {
    gateway: Ra,
    address: String,
    metrics: Option<String>,
    _directory: tempfile::TempDir,
}

const ACCOUNTS: &str = r#"
[[account]]
authorization = "canary-authorization"
id = "852892297661906993"
username = "alice"
token = "canary-token"

[[account]]
authorization = "canary-with-mfa"
id = "852892297661906994"
username = "bob"
discriminator = "0007"
mfa = "JBSWY3DPEHPK3PXP"
"#;

impl World {
    fn start(options: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("accounts.toml");
        write(&file, ACCOUNTS);
        let base = [
            "gateway",
            "--listen",
            "127.0.0.1:0",
            "--accounts",
            file.to_str().unwrap(),
        ];
        let mut gateway = Ra::start(&[&base[..], options].concat());
        let first: Value = serde_json::from_str(&gateway.line()).unwrap();
        let address = first["listening"].as_str().unwrap().to_owned();
        assert!(address.starts_with("127.0.0.1:"), "{first}");
        Self {
            gateway,
            address,
            metrics: first["metrics"].as_str().map(str::to_owned),
            _directory: directory,
        }
    }

    fn api(&self) -> String {
        format!("http://{}/api/v9", self.address)
    }

    fn login(&self, options: &[&str]) -> Ra {
        let gateway = format!("ws://{}", self.address);
        let api = self.api();
        let base = ["login", "--json", "--gateway", &gateway, "--api", &api];
        Ra::start(&[&base[..], options].concat())
    }

    fn approve(&self, url: &str, decision: &str, token: &str) -> i32 {
        let api = self.api();
        let ended =
            Ra::spawn(command(&["approve", url, "--api", &api, decision]).env("RA_TOKEN", token))
                .end();
        ended.never_says("canary");
        ended.code
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn stop(self) {
        self.gateway.terminate();
        let ended = self.gateway.end();
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
        ended.never_says("canary");
    }
}

#[test]
fn a_person_logs_in() {
    let world = World::start(&[]);
    let mut login = world.login(&[]);
    let url = login.event("qr")["url"].as_str().unwrap().to_owned();
    assert_eq!(world.approve(&url, "--yes", "canary-authorization"), 0);
    let user = login.event("user");
    assert_eq!(
        user,
        json!({"event": "user", "id": "852892297661906993", "username": "alice", "discriminator": "0", "avatar": null})
    );
    let token = login.event("token");
    assert_eq!(
        token,
        json!({"event": "token", "token": "canary-token", "user_id": "852892297661906993"})
    );
    assert_eq!(login.end().code, 0);
    // the code is spent
    assert_eq!(world.approve(&url, "--yes", "canary-authorization"), 4);
    world.stop();
}

#[test]
fn numbers_are_served_where_they_were_asked_for() {
    let mut world = World::start(&["--metrics", "127.0.0.1:0"]);
    let gateway = std::mem::replace(&mut world.address, world.metrics.clone().unwrap());
    let page = world.get("/metrics");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    assert!(page.contains("\nra_gateway_ready 1\n"), "{page}");
    world.address = gateway;
    assert!(world.get("/metrics").starts_with("HTTP/1.1 404 "));
    world.stop();
}

#[test]
fn a_person_declines() {
    let world = World::start(&[]);
    let mut login = world.login(&[]);
    let url = login.event("qr")["url"].as_str().unwrap().to_owned();
    assert_eq!(world.approve(&url, "--deny", "canary-authorization"), 3);
    login.event("user");
    login.event("declined");
    assert_eq!(login.end().code, 3);
    world.stop();
}

#[test]
fn a_stranger_or_a_second_factor_does_not_get_through() {
    let world = World::start(&[]);
    let mut login = world.login(&[]);
    let url = login.event("qr")["url"].as_str().unwrap().to_owned();
    assert_eq!(world.approve(&url, "--yes", "canary-stranger"), 6);
    assert_eq!(world.approve(&url, "--yes", "canary-with-mfa"), 5);
    assert_eq!(login.event("user")["discriminator"], "0007");
    // the code is still good, and a second account replaces the first one before the approval (R-54)
    assert_eq!(world.approve(&url, "--yes", "canary-authorization"), 0);
    assert_eq!(login.event("user")["username"], "alice");
    login.event("token");
    assert_eq!(login.end().code, 0);
    world.stop();
}

#[test]
fn r50_the_gateway_can_be_told_which_dialects_it_takes() {
    for (taken, other) in [("digest", "nonce"), ("nonce", "digest")] {
        let world = World::start(&["--proof", taken]);
        let refused = world.login(&["--proof", other]).end();
        assert_eq!(refused.code, 6, "{refused:?}");
        let mut login = world.login(&[]);
        let url = login.event("qr")["url"].as_str().unwrap().to_owned();
        assert_eq!(world.approve(&url, "--yes", "canary-authorization"), 0);
        assert_eq!(login.end().code, 0);
        world.stop();
    }
}

#[test]
fn without_accounts_there_are_codes_and_no_approvals() {
    let mut gateway = Ra::start(&["gateway", "--listen", "127.0.0.1:0"]);
    let first: Value = serde_json::from_str(&gateway.line()).unwrap();
    let address = first["listening"].as_str().unwrap();
    let (socket, api) = (
        format!("ws://{address}"),
        format!("http://{address}/api/v9"),
    );
    let mut login = Ra::start(&["login", "--json", "--gateway", &socket, "--api", &api]);
    let url = login.event("qr")["url"].as_str().unwrap().to_owned();
    let ended =
        Ra::spawn(command(&["approve", &url, "--api", &api, "--yes"]).env("RA_TOKEN", "x")).end();
    assert_eq!(ended.code, 6, "{ended:?}");
    login.interrupt();
    assert_eq!(login.end().code, 3);
    gateway.interrupt();
    let ended = gateway.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stderr.starts_with("note: no accounts"), "{ended:?}");
}

#[test]
fn a_stopped_gateway_lets_running_logins_finish() {
    let world = World::start(&[]);
    assert!(world.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(world.get("/readyz").starts_with("HTTP/1.1 200"));
    let mut login = world.login(&[]);
    let url = login.event("qr")["url"].as_str().unwrap().to_owned();
    world.gateway.terminate();
    assert_eq!(world.approve(&url, "--yes", "canary-authorization"), 0);
    login.event("user");
    login.event("token");
    assert_eq!(login.end().code, 0);
    let ended = world.gateway.end();
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn a_second_signal_stops_the_gateway_at_once() {
    let world = World::start(&[]);
    let mut login = world.login(&["--renew", "0"]);
    login.event("qr");
    world.gateway.terminate();
    // it says so once it has understood; then the second one counts
    let mut gateway = world.gateway;
    assert!(gateway.diagnostic().contains("once more stops at once"));
    gateway.terminate();
    assert_eq!(gateway.end().code, 0);
    assert_eq!(login.end().code, 7);
}

#[test]
fn what_the_gateway_cannot_use_is_a_local_failure() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("accounts.toml");
    let path = file.to_str().unwrap();
    let accounts = |content: &str| {
        write(&file, content);
        run(&["gateway", "--listen", "127.0.0.1:0", "--accounts", path])
    };
    for content in ["", "canary", "[[account]]\nid = 1\nusername = \"canary\"\n"] {
        let ended = accounts(content);
        assert_eq!((ended.code, ended.stdout.as_str()), (8, ""), "{ended:?}");
        assert!(
            ended.stderr.starts_with("error: ") && ended.stderr.lines().count() == 1,
            "{ended:?}"
        );
        ended.never_says("canary");
    }
    let missing = run(&["gateway", "--accounts", "/nowhere/accounts.toml"]);
    assert_eq!(missing.code, 8, "{missing:?}");
    assert!(
        missing.stderr.contains("/nowhere/accounts.toml"),
        "{missing:?}"
    );

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(&["gateway", "--listen", &address]);
    assert_eq!((ended.code, ended.stdout.as_str()), (8, ""), "{ended:?}");
    assert!(
        ended.stderr.contains("cannot listen at 127.0.0.1:"),
        "{ended:?}"
    );
}
