//! `ra gateway --config`, `--check-config`, accounts on a server of the host's own, and SIGHUP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{Ended, PATIENCE, Ra, command, run, write};

/// Files beside each other.
struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            write(&directory.path(name), text);
        }
        directory
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// `ra gateway --config gateway.toml` and these options, to its end.
    fn check(&self, options: &[&str]) -> Ended {
        let file = self.text("gateway.toml");
        let base = ["gateway", "--config", &file, "--check-config"];
        run(&[&base[..], options].concat())
    }
}

fn account(authorization: &str) -> String {
    format!(
        "[[account]]\nauthorization = \"{authorization}\"\nid = 1\nusername = \"alice\"\ntoken = \"canary-token\"\n"
    )
}

/// A gateway that has said where it listens.
fn serving(options: &[&str]) -> (Ra, String) {
    let base = ["gateway", "--listen", "127.0.0.1:0"];
    let mut gateway = Ra::start(&[&base[..], options].concat());
    let first: Value = serde_json::from_str(&gateway.line()).unwrap();
    let address = first["listening"].as_str().unwrap().to_owned();
    (gateway, address)
}

/// The status of a scan that leads nowhere: 404 for an account, 401 for nobody.
fn scan(address: &str, authorization: &str) -> u16 {
    let body = json!({ "fingerprint": "A".repeat(43) }).to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!(
        "POST /api/v9/users/@me/remote-auth HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Authorization: {authorization}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer[9..12].parse().unwrap()
}

#[test]
fn a_good_configuration_is_said_to_be_good_and_nothing_is_started() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!(
        "listen = \"{}\"\n[accounts]\nfile = \"a.toml\"\n",
        taken.local_addr().unwrap()
    );
    let files = Files::new(&[("gateway.toml", &listen), ("a.toml", &account("canary"))]);
    let ended = files.check(&[]);
    assert_eq!((ended.code, &*ended.stdout), (0, ""), "{ended:?}");
    // besides, there may be too few open files here
    let last = ended.stderr.lines().last();
    assert_eq!(last, Some("note: the configuration is good"), "{ended:?}");
    // what it does listen at is tried without the option
    let serve = run(&["gateway", "--config", &files.text("gateway.toml")]);
    assert_eq!(serve.code, 8, "{serve:?}");
    // also without a file
    assert_eq!(run(&["gateway", "--check-config"]).code, 0);
}

#[test]
fn the_example_of_the_documentation_is_good() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/gateway.toml");
    let ended = run(&[
        "gateway",
        "--check-config",
        "--config",
        example.to_str().unwrap(),
    ]);
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn what_is_wrong_is_one_line_with_line_and_key_and_without_content() {
    let accounts = account("canary") + "canary = 1\n";
    let files = Files::new(&[
        ("gateway.toml", ""),
        ("bad.toml", &accounts),
        ("empty.secret", "\n"),
        ("two.secret", "canary\ncanary\n"),
    ]);
    for (text, named) in [
        (
            "\n[limits]\nsessions = \"canary\"\n",
            ", line 3: limits.sessions: ",
        ),
        ("\nlisten = canary\n", ", line 2: not toml"),
        ("canary = 1\n", ", line 1: there is no such key"),
        (
            "rendezvous = \"redis://canary@h:x\"\n",
            ", line 1: rendezvous: ",
        ),
        (
            "[accounts]\nfile = \"bad.toml\"\n",
            "bad.toml: accounts file, line 6, account 1: unknown key",
        ),
        (
            "[accounts]\nfile = \"none.toml\"\n",
            "none.toml: accounts file: cannot be read",
        ),
        (
            "[accounts]\nurl = \"http://127.0.0.1:1\"\nsecret_file = \"canary\"\n",
            "accounts.secret_file: No such file",
        ),
        (
            "[accounts]\nurl = \"http://127.0.0.1:1\"\nsecret_file = \"empty.secret\"\n",
            "empty.secret: the secret is not",
        ),
        (
            "[accounts]\nurl = \"http://127.0.0.1:1\"\nsecret_file = \"two.secret\"\n",
            "two.secret: the secret is not",
        ),
    ] {
        write(&files.path("gateway.toml"), text);
        let ended = files.check(&[]);
        assert_eq!((ended.code, &*ended.stdout), (8, ""), "{text} {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
        assert!(
            ended.stderr.starts_with("error: ") && ended.stderr.contains(named),
            "{named} {ended:?}"
        );
        ended.never_says("canary");
    }
    let missing = run(&[
        "gateway",
        "--check-config",
        "--config",
        &files.text("missing"),
    ]);
    assert_eq!(missing.code, 8, "{missing:?}");
    let directory = files.0.path().to_str().unwrap();
    assert_eq!(
        run(&["gateway", "--check-config", "--config", directory]).code,
        8
    );
}

#[test]
fn the_command_line_is_checked_too() {
    let files = Files::new(&[("gateway.toml", "listen = \"127.0.0.1:0\"\n")]);
    for options in [
        &["--listen", "canary"][..],
        &["--accounts-url", "http://canary.example"],
        &["--accounts-url", "https://a", "--accounts", "b"],
        &["--accounts-secret-file", "canary"],
        &["--trusted-proxy", "canary"],
        &["--trusted-proxy", "0.0.0.0/0"],
        &["--trusted-proxy-header", "canary"],
        &["--trusted-proxy-header", "Forwarded"],
        &["--origin", "canary"],
        &["--rendezvous", "redis"],
    ] {
        let file = files.text("gateway.toml");
        let base = ["gateway", "--config", &file, "--check-config"];
        let mut ra = command(&[&base[..], options].concat());
        let ended = Ra::spawn(ra.env_remove("RA_REDIS_URL")).end();
        assert_eq!(
            (ended.code, &*ended.stdout),
            (2, ""),
            "{options:?} {ended:?}"
        );
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
        ended.never_says("canary");
    }
}

#[cfg(unix)]
#[test]
fn secrets_that_everybody_can_read_are_noted() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let text = "rendezvous = \"redis://:canary@127.0.0.1:1\"\n[accounts]\nurl = \"http://127.0.0.1:1\"\n\
                secret_file = \"s\"\n";
    let files = Files::new(&[("gateway.toml", text), ("s", "canary")]);
    let noted = |of_directory: u32, of_config: u32, of_secret: u32| {
        for (path, mode) in [
            (files.0.path().to_owned(), of_directory),
            (files.path("gateway.toml"), of_config),
            (files.path("s"), of_secret),
        ] {
            set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        let ended = files.check(&[]);
        assert_eq!(ended.code, 0, "{ended:?}");
        ended.never_says("canary");
        let says = |what: &str| ended.stderr.lines().any(|line| line.contains(what));
        let of_password = says("gateway.toml: everybody on this machine can read the password");
        (
            of_password,
            says("/s: everybody on this machine can read it"),
        )
    };
    assert_eq!(noted(0o755, 0o644, 0o640), (true, false));
    assert_eq!(noted(0o755, 0o640, 0o644), (false, true));
    assert_eq!(noted(0o755, 0o600, 0o600), (false, false));
    assert_eq!(noted(0o700, 0o644, 0o644), (false, false));
}

#[cfg(unix)]
#[test]
fn a_reload_says_what_everybody_can_read_by_then() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let files = Files::new(&[("a.toml", &account("canary"))]);
    let mode = |path: &Path, mode| set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(files.0.path(), 0o755);
    mode(&files.path("a.toml"), 0o640);
    let (mut gateway, _) = serving(&["--accounts", &files.text("a.toml")]);
    mode(&files.path("a.toml"), 0o644);
    gateway.hang_up();
    // the first line: it was said of nothing at the start
    assert!(gateway.diagnostic().contains("were read again"));
    let note = gateway.diagnostic();
    assert!(
        note.contains("a.toml: everybody on this machine can read"),
        "{note}"
    );
    gateway.terminate();
    assert_eq!(gateway.end().code, 0);
}

#[test]
fn plain_http_beyond_this_machine_is_noted() {
    let files = Files::new(&[("gateway.toml", "")]);
    let noted = |listen: &str, metrics: &str| {
        let ended = files.check(&["--listen", listen, "--metrics", metrics]);
        assert_eq!(ended.code, 0, "{ended:?}");
        ["listen is ", "metrics is "].map(|what| {
            let lines = ended.stderr.lines();
            lines
                .filter(|line| line.contains(what) && line.contains("plain HTTP"))
                .count()
        })
    };
    assert_eq!(noted("127.0.0.1:1", "[::1]:2"), [0, 0]);
    assert_eq!(noted("0.0.0.0:1", "127.0.0.1:2"), [1, 0]);
    assert_eq!(noted("127.0.0.1:1", "0.0.0.0:2"), [0, 1]);
}

#[test]
fn settings_of_the_file_are_served_and_the_command_line_wins() {
    let text = "listen = \"192.0.2.1:1\"\nmetrics = \"127.0.0.1:0\"\n[accounts]\nfile = \"a.toml\"\n\
                [limits]\ncalls_per_address = 2\n[proxies]\ntrusted = [\"127.0.0.1\"]\n";
    let files = Files::new(&[("gateway.toml", text), ("a.toml", &account("canary"))]);
    let config = files.text("gateway.toml");
    let mut gateway = Ra::start(&["gateway", "--config", &config, "--listen", "127.0.0.1:0"]);
    let first: Value = serde_json::from_str(&gateway.line()).unwrap();
    assert!(first["metrics"].is_string(), "{first}");
    let address = first["listening"].as_str().unwrap();
    let statuses = [(); 3].map(|()| scan(address, "canary"));
    assert_eq!(statuses, [404, 404, 429]);
    // the same from another client of the proxy that this machine is
    assert_eq!(scan(address, "canary\r\nX-Forwarded-For: 192.0.2.7"), 404);
    gateway.terminate();
    let ended = gateway.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.never_says("canary");
}

#[test]
fn r57_accounts_are_read_again_on_a_hangup_and_bad_ones_change_nothing() {
    let files = Files::new(&[("a.toml", &account("canary-old"))]);
    let (mut gateway, address) = serving(&["--accounts", &files.text("a.toml")]);
    assert_eq!(
        (scan(&address, "canary-old"), scan(&address, "canary-new")),
        (404, 401)
    );

    write(&files.path("a.toml"), &account("canary-new"));
    gateway.hang_up();
    assert_eq!(
        gateway.diagnostic(),
        "note: the accounts were read again: 1\n"
    );
    assert_eq!(
        (scan(&address, "canary-old"), scan(&address, "canary-new")),
        (401, 404)
    );

    for bad in [
        "canary = ",
        "",
        "[[account]]\nauthorization = \"canary-third\"\n",
    ] {
        write(&files.path("a.toml"), bad);
        gateway.hang_up();
        let note = gateway.diagnostic();
        assert!(
            note.starts_with("note: the accounts stay as they were: "),
            "{note}"
        );
        assert!(!note.contains("canary"), "{note}");
        assert_eq!(scan(&address, "canary-new"), 404, "{bad}");
    }
    std::fs::remove_file(files.path("a.toml")).unwrap();
    gateway.hang_up();
    assert!(gateway.diagnostic().contains("stay as they were"));
    assert_eq!(scan(&address, "canary-new"), 404);
    gateway.terminate();
    let ended = gateway.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.never_says("canary");
}

#[test]
fn a_hangup_ends_no_gateway_that_has_no_accounts() {
    let (mut gateway, address) = serving(&[]);
    assert!(gateway.diagnostic().starts_with("note: no accounts"));
    gateway.hang_up();
    assert_eq!(
        gateway.diagnostic(),
        "note: there are no accounts to be read again\n"
    );
    assert_eq!(scan(&address, "x"), 401);
    gateway.terminate();
    assert_eq!(gateway.end().code, 0);
}

/// A host's server that knows one account; keeps the heads that it was sent. It ends with the test's process.
fn server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head).unwrap() == 0 {
                    break;
                }
            }
            let length = head.to_ascii_lowercase();
            let length = length
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            reader.read_exact(&mut body).unwrap();
            let is_known = head
                .to_ascii_lowercase()
                .contains("authorization: canary-phone\r\n");
            let answer = match head.split(' ').nth(1) {
                Some("/gw/authenticate") if is_known => {
                    r#"200 OK {"user":{"id":"1","username":"alice"}}"#
                }
                Some("/gw/token") => r#"200 OK {"token":"canary-token"}"#,
                _ => "401 Unauthorized {}",
            };
            kept.lock().unwrap().push(head);
            let (status, body) = answer.split_once(" {").unwrap();
            let body = format!("{{{body}");
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (format!("http://{address}/gw"), heads)
}

#[test]
fn r57_a_login_with_accounts_on_a_server_and_its_secret_read_again() {
    let (url, heads) = server();
    let files = Files::new(&[("s", "canary-first\n")]);
    let secret = files.text("s");
    let (mut gateway, address) =
        serving(&["--accounts-url", &url, "--accounts-secret-file", &secret]);
    let (socket, api) = (
        format!("ws://{address}"),
        format!("http://{address}/api/v9"),
    );
    let mut login = Ra::start(&["login", "--json", "--gateway", &socket, "--api", &api]);
    let qr = login.event("qr")["url"].as_str().unwrap().to_owned();
    let mut approve = command(&["approve", &qr, "--api", &api, "--yes"]);
    let approved = Ra::spawn(approve.env("RA_TOKEN", "canary-phone")).end();
    assert_eq!(approved.code, 0, "{approved:?}");
    login.event("user");
    assert_eq!(login.event("token")["token"], "canary-token");
    assert_eq!(login.end().code, 0);
    assert_eq!(scan(&address, "canary-stranger"), 401);
    let all_show = |secret: &str| {
        let heads = std::mem::take(&mut *heads.lock().unwrap());
        let line = format!("x-ra-secret: {secret}\r\n");
        !heads.is_empty() && heads.iter().all(|head| head.contains(&line))
    };
    assert!(all_show("canary-first"));

    write(&files.path("s"), "canary-second");
    gateway.hang_up();
    let note = gateway.diagnostic();
    assert!(
        note.starts_with("note: the secret of the accounts' server"),
        "{note}"
    );
    assert_eq!(scan(&address, "canary-phone"), 404);
    assert!(all_show("canary-second"));
    gateway.terminate();
    let ended = gateway.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.never_says("canary");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_and_not_waited_for() {
    let files = Files::new(&[("key.pem", "")]);
    let pipe = files.text("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for given in [
        "[accounts]\nfile = \"pipe\"\n",
        "[accounts]\nurl = \"http://127.0.0.1:1\"\nsecret_file = \"pipe\"\n",
        "[tls]\ncertificate = \"pipe\"\nkey = \"key.pem\"\n",
        "[tls]\ncertificate = \"key.pem\"\nkey = \"pipe\"\n",
    ] {
        write(&files.path("gateway.toml"), given);
        let file = files.text("gateway.toml");
        for ended in [files.check(&[]), run(&["gateway", "--config", &file])] {
            assert_eq!(ended.code, 8, "{given}: {ended:?}");
            let why = format!("error: {pipe}: it is no regular file\n");
            assert_eq!(ended.stderr, why, "{given}");
        }
    }
}
