//! `ra gateway --rendezvous redis`: two processes, one real Redis with a password (R-56).

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Ended, PATIENCE, Ra, command, write};

const ACCOUNTS: &str = r#"
[[account]]
authorization = "canary-authorization"
id = "852892297661906993"
username = "alice"
token = "canary-token"
"#;

struct Redis {
    directory: tempfile::TempDir,
    child: Child,
}

impl Redis {
    /// `None`, and a remark, where there is none to start.
    fn start() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut programs = std::env::split_paths(&path).map(|d| d.join("redis-server"));
        let Some(program) = programs.find(|program| program.is_file()) else {
            assert!(
                std::env::var_os("RA_REQUIRE_REAL").is_none(),
                "redis-server is not installed"
            );
            println!("SKIPPED: redis-server is not installed");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let child = serve(&program, directory.path());
        let redis = Self { directory, child };
        let end = Instant::now() + PATIENCE;
        while UnixStream::connect(redis.socket()).is_err() {
            assert!(Instant::now() < end, "redis-server does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(redis)
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("redis.sock")
    }

    fn url(&self, password: &str) -> String {
        format!(
            "redis+unix://{}?pass={password}",
            self.socket().to_str().unwrap()
        )
    }

    /// A node; its URL comes from the variable, as the password in it should.
    fn node(&self) -> (Ra, String) {
        let accounts = self.directory.path().join("accounts.toml");
        write(&accounts, ACCOUNTS);
        let mut node = Ra::spawn(
            command(&["gateway", "--rendezvous", "redis"])
                .args(["--listen", "127.0.0.1:0", "--accounts"])
                .arg(accounts)
                .env("RA_REDIS_URL", self.url("canary-password")),
        );
        let first: Value = serde_json::from_str(&node.line()).unwrap();
        let address = first["listening"].as_str().unwrap().to_owned();
        (node, address)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(program: &Path, directory: &Path) -> Child {
    Command::new(program)
        .args(["--port", "0", "--unixsocket", "redis.sock", "--save", ""])
        .args(["--requirepass", "canary-password"])
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn r56_a_person_logs_in_through_two_nodes() {
    let Some(redis) = Redis::start() else { return };
    let (first, first_address) = redis.node();
    let (second, second_address) = redis.node();
    let api = format!("http://{second_address}/api/v9");
    let gateway = format!("ws://{first_address}");
    let mut login = Ra::start(&["login", "--json", "--gateway", &gateway, "--api", &api]);
    let url = login.event("qr")["url"].as_str().unwrap().to_owned();
    let approve = ["approve", &url, "--api", &api, "--yes"];
    let approved = Ra::spawn(command(&approve).env("RA_TOKEN", "canary-authorization")).end();
    assert_eq!(approved.code, 0, "{approved:?}");
    assert_eq!(login.event("user")["username"], "alice");
    assert_eq!(login.event("token")["token"], "canary-token");
    assert_eq!(login.end().code, 0);
    for node in [first, second] {
        node.terminate();
        let ended = node.end();
        assert_eq!(ended.code, 0, "{ended:?}");
        ended.never_says("canary");
    }
}

/// Runs `ra gateway` with this rendezvous to its end.
fn ends(rendezvous: &str, variable: Option<&str>) -> Ended {
    let mut gateway = command(&["gateway", "--listen", "127.0.0.1:0"]);
    gateway.args(["--rendezvous", rendezvous]);
    gateway.env_remove("RA_REDIS_URL");
    if let Some(url) = variable {
        gateway.env("RA_REDIS_URL", url);
    }
    let ended = Ra::spawn(&mut gateway).end();
    ended.never_says("canary");
    assert_eq!(ended.stdout, "");
    ended
}

/// The last line that people get to see.
fn complaint(ended: &Ended) -> &str {
    ended.stderr.lines().last().unwrap()
}

#[test]
fn r56_a_missing_or_wrong_variable_is_the_command_lines_fault() {
    for (variable, why) in [
        (
            None,
            "error: --rendezvous: the variable RA_REDIS_URL is not set",
        ),
        (
            Some(""),
            "error: --rendezvous: the variable RA_REDIS_URL is not set",
        ),
        (
            Some("redis://:canary@h/canary"),
            "error: RA_REDIS_URL: the database has to be a whole number from 0",
        ),
    ] {
        let ended = ends("redis", variable);
        assert_eq!((ended.code, complaint(&ended)), (2, why));
    }
}

#[test]
fn r56_a_redis_that_cannot_be_used_is_a_network_failure_without_its_password() {
    let nowhere = ends("redis+unix:///nowhere?pass=canary", None);
    assert_eq!(nowhere.code, 7, "{nowhere:?}");
    assert_eq!(
        complaint(&nowhere),
        "error: cannot use redis+unix:///nowhere: nothing listens there"
    );
    assert!(
        nowhere.stderr.contains("keep the password in RA_REDIS_URL"),
        "{nowhere:?}"
    );
    let Some(redis) = Redis::start() else { return };
    for password in ["canary-wrong", ""] {
        let url = redis.url(password);
        let refused = ends("redis", Some(&url));
        assert_eq!(refused.code, 7, "{refused:?}");
        assert!(
            complaint(&refused).ends_with(": user or password are wrong"),
            "{refused:?}"
        );
    }
}
