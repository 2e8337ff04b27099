//! `--ca-file`, the proxies of the environment, and proxies that others wrote: `ra login` and `ra approve` alike.

use std::net::SocketAddr;
use std::path::PathBuf;

use ra_testkit::real::{Program, microsocks, tinyproxy};
use ra_testkit::tls::{Ca, Identity, flawed, tls_1_1, tls_end};

use crate::approve::{self, URL};
use crate::proxy::proxy_to;
use crate::support::{Ended, Ra, command, fake, login_args, write};

/// A gateway and an API that go well, behind TLS with this certificate.
struct World {
    gateway: u16,
    login_api: u16,
    approve_api: u16,
}

impl World {
    fn behind(identity: impl Fn() -> Identity) -> Self {
        let (gateway, key) = fake::gateway(|_, mut socket| {
            socket.well();
        });
        let (login_api, (approve_api, _)) = (fake::good_api(&key), approve::api(approve::good));
        let end = |url: &str| tls_end(identity(), address(url)).address.port();
        Self {
            gateway: end(&gateway),
            login_api: end(&login_api),
            approve_api: end(&approve_api),
        }
    }

    /// Both commands, with these options: how they ended.
    fn run(&self, options: &[&str]) -> [Ended; 2] {
        both(
            &format!("wss://localhost:{}", self.gateway),
            &format!("https://localhost:{}/api/v9", self.login_api),
            &format!("https://localhost:{}/api/v9", self.approve_api),
            options,
        )
    }
}

fn both(gateway: &str, login_api: &str, approve_api: &str, options: &[&str]) -> [Ended; 2] {
    let login = login_args(gateway, login_api, &["--renew", "0"]);
    let approve = ["approve", URL, "--yes", "--api", approve_api];
    [&login[..], &approve[..]].map(|args| with_token(&[args, options].concat(), &[]))
}

/// `ra` with a token for `approve`, and with these variables.
fn with_token(args: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = command(args);
    command.env("RA_TOKEN", "canary-phone-token");
    Ra::spawn(command.envs(variables.iter().copied())).end()
}

/// Target of a URL.
fn address(url: &str) -> SocketAddr {
    let authority = url.split("//").nth(1).unwrap();
    authority.split('/').next().unwrap().parse().unwrap()
}

/// A file with this CA's certificate.
fn file(directory: &tempfile::TempDir, ca: &Ca) -> String {
    let path: PathBuf = directory.path().join("ca.pem");
    write(&path, &ca.pem());
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_cas_of_a_file_are_trusted_and_without_it_they_are_not() {
    let (ca, directory) = (Ca::new(), tempfile::tempdir().unwrap());
    let world = World::behind(|| ca.issue(&["localhost"]));
    for ended in world.run(&["--ca-file", &file(&directory, &ca)]) {
        assert_eq!(ended.code, 0, "{ended:?}");
    }
    for options in [&[][..], &["--ca-file", &file(&directory, &Ca::new())]] {
        for ended in world.run(options) {
            assert_eq!(ended.code, 7, "{ended:?}");
            ended.never_says("canary");
        }
    }
}

#[test]
fn a_certificate_that_must_be_refused_is_a_network_failure() {
    let (ca, directory) = (Ca::new(), tempfile::tempdir().unwrap());
    let file = file(&directory, &ca);
    let behind = address(&fake::api(|_| unreachable!("nothing is sent")));
    for (what, identity) in flawed(&ca, "localhost") {
        let port = tls_end(identity, behind).address.port();
        fails(&format!("localhost:{port}"), &["--ca-file", &file], what);
    }
}

#[test]
fn what_speaks_no_tls_or_an_old_one_is_a_network_failure() {
    fails(&tls_1_1().to_string(), &[], "TLS 1.1");
    let plain = fake::listen(|_, mut stream| {
        use std::io::Write as _;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    fails(&format!("127.0.0.1:{plain}"), &[], "no TLS");
    let ca = Ca::new();
    let world = World::behind(|| ca.issue(&["localhost"]));
    let [gateway, api] = [world.gateway, world.approve_api];
    let api = format!("http://127.0.0.1:{api}/api/v9");
    for ended in both(&format!("ws://127.0.0.1:{gateway}"), &api, &api, &[]) {
        assert_eq!(ended.code, 7, "{ended:?}");
    }
}

/// Both commands end with 7 there, and say so as a network failure.
fn fails(authority: &str, options: &[&str], what: &str) {
    let api = format!("https://{authority}/api/v9");
    let [login, approve] = both(&format!("wss://{authority}"), &api, &api, options);
    assert_eq!(
        (login.code, approve.code),
        (7, 7),
        "{what}: {login:?} {approve:?}"
    );
    assert_eq!(login.error()["kind"], "network", "{what}");
    assert!(approve.stderr.starts_with("error: "), "{what}: {approve:?}");
    approve.never_says("canary");
}

#[test]
fn a_file_without_readable_certificates_is_a_local_failure() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let broken = "-----BEGIN CERTIFICATE-----\nY2FuYXJ5\n-----END CERTIFICATE-----\n";
    for (name, content, reason) in [
        ("absent", None, "No such file"),
        ("text", Some("canary"), "there is no certificate in it"),
        (
            "cut",
            Some("-----BEGIN CERTIFICATE-----\ncanary"),
            "is no PEM",
        ),
        ("broken", Some(broken), "certificate 1 cannot be read"),
    ] {
        let path = path(name);
        if let Some(content) = content {
            write(path.as_ref(), content);
        }
        // nobody listens there: it ends before any connection
        let api = "http://127.0.0.1:9/api";
        for ended in both("ws://127.0.0.1:9", api, api, &["--ca-file", &path]) {
            assert_eq!(ended.code, 8, "{ended:?}");
            let said = format!("{}{}", ended.stdout, ended.stderr);
            assert!(said.contains(&path) && said.contains(reason), "{ended:?}");
            ended.never_says("canary");
        }
    }
}

#[test]
fn the_environment_names_the_proxy() {
    let (ca, directory) = (Ca::new(), tempfile::tempdir().unwrap());
    let file = file(&directory, &ca);
    let (gateway, key) = fake::gateway(|_, mut socket| {
        socket.well();
    });
    let sockets = tls_end(ca.issue(&["gateway.invalid"]), address(&gateway)).address;
    let rest = tls_end(ca.issue(&["api.invalid"]), address(&fake::good_api(&key))).address;
    let (address, asked) = proxy_to(move |target| match target {
        "gateway.invalid:443" => Some(sockets.to_string()),
        "api.invalid:443" => Some(rest.to_string()),
        _ => None,
    });
    let proxy = format!("http://me:canary-password@{address}");
    let (gateway, api) = ("wss://gateway.invalid", "https://api.invalid/api/v9");
    let login = login_args(gateway, api, &["--renew", "0", "--ca-file", &file]);
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let ended = with_token(&login, &[(variable, &proxy)]);
        assert_eq!(ended.code, 0, "{variable}: {ended:?}");
        ended.never_says("canary-password");
        let asked: Vec<String> = asked.lock().unwrap().drain(..).collect();
        assert_eq!(asked.len(), 2, "{variable}: {asked:?}");
        assert!(
            asked
                .iter()
                .all(|head| head.to_lowercase().contains("authorization: basic "))
        );
    }

    // there are no such hosts: without the proxy nothing is found
    let excluded = [
        ("HTTPS_PROXY", proxy.as_str()),
        ("NO_PROXY", "other,.invalid"),
    ];
    let none = [&login[..], &["--proxy", "none"]].concat();
    for ended in [
        with_token(&login, &excluded),
        with_token(&none, &excluded[..1]),
        with_token(&login, &[("HTTP_PROXY", &proxy), ("http_proxy", &proxy)]),
    ] {
        assert_eq!(ended.code, 7, "{ended:?}");
        ended.never_says("canary-password");
    }
    assert_eq!(asked.lock().unwrap().len(), 0);

    // the option is stronger
    let named = [&login[..], &["--proxy", &proxy]].concat();
    let ended = with_token(
        &named,
        &[("HTTPS_PROXY", "ftp://canary"), ("NO_PROXY", "*")],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[test]
fn r01_the_environment_does_not_lead_loopback_elsewhere() {
    let (gateway, key) = fake::gateway(|_, mut socket| {
        socket.well();
    });
    let api = fake::good_api(&key);
    let (address, asked) = proxy_to(|_| None);
    let proxy = format!("http://{address}");
    let login = ["login", "--json", "--gateway", &gateway, "--api", &api];
    let ended = with_token(&login, &[("ALL_PROXY", &proxy), ("HTTP_PROXY", &proxy)]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(asked.lock().unwrap().len(), 0);
}

#[test]
fn a_variable_that_names_no_proxy_is_said_and_not_passed_over() {
    for args in [
        &["login", "--json"][..],
        &["approve", URL, "--yes", "--api", "http://[::1]:9"],
    ] {
        let ended = with_token(args, &[("HTTPS_PROXY", "https://me:canary@h.example")]);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert_eq!(
            ended.stderr,
            "error: HTTPS_PROXY: the proxy's scheme is neither http nor socks5; --proxy none goes without one\n"
        );
    }
}

#[test]
fn both_commands_go_through_real_proxies() {
    let (ca, directory) = (Ca::new(), tempfile::tempdir().unwrap());
    let file = file(&directory, &ca);
    let world = World::behind(|| ca.issue(&["localhost"]));
    let right = Some(("me", "canary-secret"));
    for (credentials, user_info, code) in [
        (None, "", 0),
        (right, "me:canary-secret@", 0),
        (right, "me:canary-wrong@", 7),
        (right, "", 7),
    ] {
        for (scheme, program) in [
            ("http", tinyproxy(credentials, None)),
            ("socks5", microsocks(credentials)),
        ] {
            let Some(program) = program else { continue };
            let proxy = format!("{scheme}://{user_info}{}", program.address());
            for ended in world.run(&["--ca-file", &file, "--proxy", &proxy]) {
                assert_eq!(ended.code, code, "{proxy}: {ended:?}");
                ended.never_says("canary-secret");
                ended.never_says("canary-wrong");
            }
            gone(program, &proxy, &world, &file);
        }
    }
}

/// A proxy that has gone is a network failure.
fn gone(program: Program, proxy: &str, world: &World, file: &str) {
    drop(program);
    for ended in world.run(&["--ca-file", file, "--proxy", proxy]) {
        assert_eq!(ended.code, 7, "{proxy}: {ended:?}");
        ended.never_says("canary");
    }
}
