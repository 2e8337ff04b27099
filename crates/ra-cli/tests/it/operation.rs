//! Operation of `ra gateway`: TLS, a log, a drain, new certificates.

use std::io::Read as _;
use std::net::TcpStream;
use std::path::Path;

use rcgen::{CertificateParams, CertifiedKey, KeyPair, date_time_ymd, generate_simple_self_signed};
use serde_json::Value;

use crate::support::{PATIENCE, Ra, command, login_args, run, write};

const ACCOUNTS: &str = "[[account]]\nauthorization = \"canary-authorization\"\nid = 852892297661906993\n\
    username = \"canary-name\"\ntoken = \"canary-token\"\n";

/// A directory with accounts, and with a certificate and a key for this machine.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        write(Path::new(&files.path("accounts.toml")), ACCOUNTS);
        files.renew();
        files
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a new certificate and its key.
    fn renew(&self) {
        let CertifiedKey { cert, signing_key } = pair();
        write(
            Path::new(&self.path("cert.pem")),
            &pem("CERTIFICATE", cert.der()),
        );
        self.write_key(&signing_key);
    }

    fn write_key(&self, key: &KeyPair) {
        write(
            Path::new(&self.path("key.pem")),
            &pem("PRIVATE KEY", &key.serialize_der()),
        );
    }

    /// A gateway that has said where it listens.
    fn serve(&self, options: &[&str]) -> (Ra, String) {
        let accounts = self.path("accounts.toml");
        let base = [
            "gateway",
            "--listen",
            "127.0.0.1:0",
            "--accounts",
            &accounts,
        ];
        let mut gateway = Ra::start(&[&base[..], options].concat());
        let first: Value = serde_json::from_str(&gateway.line()).unwrap();
        (gateway, first["listening"].as_str().unwrap().to_owned())
    }

    /// A whole login through TLS by this certificate: its exit code.
    fn log_in(&self, address: &str) -> i32 {
        let (gateway, api) = (
            format!("wss://{address}"),
            format!("https://{address}/api/v9"),
        );
        let trusted = self.path("cert.pem");
        let base = login_args(&gateway, &api, &["--renew", "0"]);
        let mut login = Ra::spawn(command(&base).env("SSL_CERT_FILE", &trusted));
        let url = login.event("qr")["url"].as_str().unwrap().to_owned();
        let approved = Ra::spawn(
            command(&["approve", &url, "--api", &api, "--yes"])
                .env("SSL_CERT_FILE", &trusted)
                .env("RA_TOKEN", "canary-authorization"),
        );
        assert_eq!(approved.end().code, 0);
        login.event("user");
        login.event("token");
        login.end().code
    }
}

fn pair() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap()
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = ra_proto::base64::encode_standard(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// The next line of a JSON log that is this event.
fn logged(gateway: &mut Ra, event: &str) -> Value {
    loop {
        let line = gateway.diagnostic();
        let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        if line["event"] == event {
            return line;
        }
    }
}

#[test]
fn a_person_logs_in_through_tls_and_certificates_are_read_again() {
    let files = Files::new();
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    let tls = ["--tls-cert", &cert, "--tls-key", &key];
    let (mut gateway, address) =
        files.serve(&[&tls[..], &["--log", "info", "--log-format", "json"]].concat());
    assert_eq!(files.log_in(&address), 0);
    assert_eq!(logged(&mut gateway, "session_ended")["outcome"], "approved");

    // a key that is not the certificate's: the old pair stays
    let held = std::fs::read_to_string(&key).unwrap();
    files.write_key(&pair().signing_key);
    gateway.hang_up();
    assert!(
        logged(&mut gateway, "note")["text"]
            .as_str()
            .unwrap()
            .starts_with("the accounts were")
    );
    let note = logged(&mut gateway, "note")["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        note.starts_with("the certificates stay as they were: "),
        "{note}"
    );
    assert!(
        note.ends_with("key.pem: the private key is not that of the certificate"),
        "{note}"
    );
    assert_eq!(files.log_in(&address), 0);

    write(Path::new(&key), &held);
    files.renew();
    gateway.hang_up();
    logged(&mut gateway, "note");
    let note = logged(&mut gateway, "note");
    assert_eq!(note["text"], "the certificates were read again");
    assert_eq!(
        files.log_in(&address),
        0,
        "the desktop trusts the new one alone"
    );
    gateway.terminate();
    let ended = gateway.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.never_says("canary");
}

#[test]
fn a_pair_that_cannot_be_used_is_one_line_at_the_start() {
    let files = Files::new();
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    files.write_key(&pair().signing_key);
    let missing = files.path("none.pem");
    let accounts = files.path("accounts.toml");
    for (cert, key, why) in [
        (
            &cert,
            &key,
            "key.pem: the private key is not that of the certificate",
        ),
        (&cert, &cert, "cert.pem: there is no private key in it"),
        (&key, &key, "key.pem: there is no certificate in it"),
        (
            &cert,
            &accounts,
            "accounts.toml: there is no private key in it",
        ),
        (&cert, &missing, "tls.key: No such file"),
    ] {
        for check in [&[][..], &["--check-config"]] {
            let base = [
                "gateway",
                "--listen",
                "127.0.0.1:0",
                "--tls-cert",
                cert,
                "--tls-key",
                key,
            ];
            let ended = run(&[&base[..], check].concat());
            assert_eq!((ended.code, &*ended.stdout), (8, ""), "{ended:?}");
            assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
            assert!(ended.stderr.contains(why), "{ended:?}");
        }
    }
    let half = run(&["gateway", "--tls-cert", &cert]);
    assert_eq!(half.code, 2, "{half:?}");
}

#[test]
fn a_certificate_that_clients_refuse_fails_the_check_and_is_noted_at_the_start() {
    let files = Files::new();
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    let check = [
        "gateway",
        "--check-config",
        "--tls-cert",
        &cert,
        "--tls-key",
        &key,
    ];
    let good = run(&check);
    assert_eq!(good.code, 0, "{good:?}");
    assert!(!good.stderr.contains("certificate"), "{good:?}");

    let mut params = CertificateParams::new(["login.example".to_owned()]).unwrap();
    params.not_after = date_time_ymd(2020, 1, 1);
    let own = KeyPair::generate().unwrap();
    let expired = params.self_signed(&own).unwrap();
    write(Path::new(&cert), &pem("CERTIFICATE", expired.der()));
    files.write_key(&own);
    let why = "cert.pem: the certificate, or that of an issuer in the file, expired on 2020-01-01: clients refuse it";
    let refused = run(&check);
    assert_eq!((refused.code, &*refused.stdout), (8, ""), "{refused:?}");
    let last = refused.stderr.lines().last().unwrap();
    assert!(last.starts_with("error: ") && last.ends_with(why), "{last}");
    assert_eq!(refused.stderr.matches(why).count(), 1, "{refused:?}");

    let (mut gateway, _) = files.serve(&["--tls-cert", &cert, "--tls-key", &key]);
    let note = gateway.diagnostic();
    assert!(
        note.starts_with("note: ") && note.trim_end().ends_with(why),
        "{note}"
    );
    // a good one is taken, and another bad one is not
    files.renew();
    let told = |gateway: &mut Ra, what: &str| {
        loop {
            let line = gateway.diagnostic();
            if line.contains(what) {
                return line;
            }
        }
    };
    gateway.hang_up();
    told(&mut gateway, "the certificates were read again");
    write(Path::new(&cert), &pem("CERTIFICATE", expired.der()));
    files.write_key(&own);
    gateway.hang_up();
    let note = told(&mut gateway, "the certificates stay as they were: ");
    assert!(note.trim_end().ends_with(why), "{note}");
    gateway.terminate();
    assert_eq!(gateway.end().code, 0);
}

#[test]
fn a_drain_has_the_length_that_it_is_given_and_no_level_logs_a_secret() {
    let files = Files::new();
    for (level, format) in [
        ("info", "text"),
        ("debug", "text"),
        ("debug", "json"),
        ("off", "text"),
    ] {
        let options = ["--drain", "0.2", "--log", level, "--log-format", format];
        let (gateway, address) = files.serve(&options);
        let (socket, api) = (
            format!("ws://{address}"),
            format!("http://{address}/api/v9"),
        );
        let base = login_args(&socket, &api, &["--renew", "0"]);
        let mut login = Ra::start(&base);
        let qr = login.event("qr");
        let url = qr["url"].as_str().unwrap();
        let scanned = Ra::spawn(
            command(&["approve", url, "--api", &api, "--deny"])
                .env("RA_TOKEN", "canary-authorization"),
        );
        assert_eq!(scanned.end().code, 3);
        assert_eq!(login.end().code, 3);
        let mut stays = Ra::start(&base);
        let stays_at = stays.event("qr")["url"].as_str().unwrap().to_owned();
        gateway.terminate();
        let ended = gateway.end();
        assert_eq!(ended.code, 0, "{ended:?}");
        // closed as one that goes away: this desktop was allowed one code only
        assert_ne!(stays.end().code, 0);
        ended.never_says("canary");
        let log = ended.stderr.replace("{\"listening\"", "");
        for secret in [
            "852892297661906993",
            &url[url.len() - 43..],
            &stays_at[stays_at.len() - 43..],
        ] {
            assert!(!log.contains(secret), "{log}");
        }
        let says = |what: &str| log.lines().any(|line| line.contains(what));
        assert_eq!(says("session_ended"), level != "off", "{log}");
        assert_eq!(says("draining"), level != "off", "{log}");
        assert_eq!(says("shut_down"), level != "off", "{log}");
        assert_eq!(says("session_began"), level == "debug", "{log}");
        if format == "json" {
            for line in log.lines() {
                let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
                assert!(
                    line["time"].is_string() && line["level"].is_string(),
                    "{line}"
                );
            }
        }
    }
}

#[test]
fn a_flood_of_refusals_is_a_few_lines() {
    let files = Files::new();
    let (gateway, address) = files.serve(&["--log", "debug", "--drain", "0"]);
    for _ in 0..300 {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = "GET /nothing HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n";
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    }
    gateway.terminate();
    let ended = gateway.end();
    assert_eq!(ended.code, 0);
    let refusals = ended
        .stderr
        .lines()
        .filter(|line| line.contains(" refused "));
    let counted: u64 = refusals
        .map(|line| line.rsplit_once('=').unwrap().1.parse::<u64>().unwrap())
        .sum();
    assert_eq!(counted, 300, "{}", ended.stderr);
    assert!(ended.stderr.lines().count() < 50, "{}", ended.stderr);
}
