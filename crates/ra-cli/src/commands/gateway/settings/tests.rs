//! Every setting has a key, the example is true, and no error repeats what stands in a file.

use std::collections::BTreeSet;
use std::time::Duration;

use clap::Parser as _;
use ra_gateway::ClientHeader;

use super::file::{Wrong, parse};
use super::*;
use crate::cli::{Cli, Command};
use crate::commands::gateway::GatewayArgs;
use crate::outcome::Kind;
use crate::usage;

const EXAMPLE: &str = include_str!("../../../../../../docs/gateway.toml");

fn read(text: &str) -> Result<Settings, Wrong> {
    parse(text, Path::new("/etc/ra"))
}

fn config(text: &str) -> Config {
    read(text).unwrap().config().unwrap()
}

/// Line, key and reason.
fn refusal(text: &str) -> (usize, Option<String>, String) {
    let wrong = read(text).expect_err(text);
    assert!(!wrong.to_string().contains("canary"), "{wrong}");
    (wrong.line, wrong.key, wrong.why.into_owned())
}

fn try_args(line: &str) -> Result<GatewayArgs, clap::Error> {
    let line = format!("ra gateway {line}");
    match Cli::try_parse_from(line.split_whitespace())?.command {
        Command::Gateway(args) => Ok(*args),
        other => panic!("{other:?}"),
    }
}

fn args(line: &str) -> Settings {
    try_args(line).unwrap().settings
}

/// Keys that the structure has, asked through its refusal of another one.
fn keys() -> BTreeSet<String> {
    let known = |section: &str| -> Vec<String> {
        let text = format!("{section}\ncanary = 1");
        let error = toml::from_str::<Settings>(&text).unwrap_err();
        let names = error.message().split('`').skip(1).step_by(2);
        names.skip(1).map(str::to_owned).collect()
    };
    let mut keys = BTreeSet::new();
    for key in known("") {
        match read(&format!("[{key}]")) {
            Ok(_) => {
                let inner = known(&format!("[{key}]"));
                keys.extend(inner.iter().map(|inner| format!("{key}.{inner}")));
            }
            Err(_) => drop(keys.insert(key)),
        }
    }
    keys
}

/// Each key of the example with the line that gives it, and whether that line is active.
fn example() -> Vec<(String, String, bool)> {
    let mut section = String::new();
    let mut keys = Vec::new();
    for line in EXAMPLE.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        }
        let bare = line.strip_prefix("# ").unwrap_or(line);
        if let Some((name, _)) = bare.split_once(" = ")
            && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        {
            keys.push((format!("{section}{name}"), bare.to_owned(), bare == line));
        }
    }
    keys
}

#[test]
fn the_example_has_every_key_once_and_its_values_are_the_defaults() {
    let named: Vec<String> = example().into_iter().map(|(key, ..)| key).collect();
    let distinct: BTreeSet<String> = named.iter().cloned().collect();
    assert_eq!(distinct.len(), named.len());
    assert_eq!(distinct, keys());

    let settings = read(EXAMPLE).unwrap();
    let defaults = Settings::default();
    let shown = |settings: &Settings| format!("{:#?}", settings.config().unwrap());
    assert_eq!(shown(&settings), shown(&defaults));
    let (accounts, none) = (settings.accounts(), defaults.accounts());
    assert_eq!(accounts.timeout(), none.timeout());
    assert_eq!(accounts.at_a_time(), none.at_a_time());
    assert!(accounts.file.is_none() && accounts.url.is_none() && accounts.secret_file.is_none());
    assert!(settings.tls.certificate.is_none() && settings.tls.key.is_none());
    assert_eq!(settings.log.level, "off".parse().ok());
    assert_eq!(settings.log.format, Some(log::Format::default()));
    let redis: ra_gateway::Redis = "redis://h".parse().unwrap();
    assert_eq!(settings.redis.within.unwrap().0, redis.within);
}

#[test]
fn what_the_example_leaves_out_can_be_put_in() {
    let given = |name: &str| {
        let found = example().into_iter().find(|(key, ..)| key == name);
        let (key, line, is_active) = found.unwrap();
        assert!(!is_active, "{name}");
        match key.split_once('.') {
            Some((section, _)) => format!("[{section}]\n{line}\n"),
            None => format!("{line}\n"),
        }
    };
    let inactive = example().into_iter().filter(|(.., is_active)| !is_active);
    let inactive: Vec<String> = inactive.map(|(key, ..)| key).collect();
    assert_eq!(inactive.len(), 10, "{inactive:?}");
    let together =
        |section: &str, other: &str| given(section) + given(other).split_once('\n').unwrap().1;
    for text in [
        given("metrics"),
        given("origins"),
        given("accounts.file"),
        together("accounts.url", "accounts.secret_file"),
        together("tls.certificate", "tls.key"),
        together("proxies.trusted", "proxies.header"),
        given("limits.memory"),
    ] {
        let changed = read(&text).unwrap_or_else(|wrong| panic!("{wrong} in {text}"));
        assert_ne!(
            format!("{changed:?}"),
            format!("{:?}", Settings::default()),
            "{text}"
        );
    }
    let settings = read(&given("accounts.file")).unwrap();
    assert_eq!(
        settings.accounts.file.unwrap(),
        Path::new("/etc/ra/accounts.toml")
    );
}

#[test]
fn every_limit_has_a_key() {
    let config = Config::default();
    for (section, fields, apart) in [
        ("limits", format!("{:#?}", config.limits), ""),
        ("lifetimes", format!("{:#?}", config.lifetimes), ""),
        // `proof` at the top
        ("session", format!("{:#?}", config.session), "accept"),
    ] {
        let fields = fields.lines().filter_map(|line| {
            let (name, _) = line.strip_prefix("    ")?.split_once(':')?;
            (name != apart).then(|| format!("{section}.{name}"))
        });
        let fields: BTreeSet<String> = fields.collect();
        let prefix = format!("{section}.");
        let mut keys = keys();
        keys.retain(|name| name.starts_with(&prefix));
        assert_eq!(fields, keys);
    }
}

#[test]
fn each_key_sets_its_own_setting() {
    let shown = |settings: &Settings| format!("{settings:#?}");
    let defaults = shown(&Settings::default());
    let mut seen = BTreeSet::new();
    for key in keys() {
        // one of these fits each, and none is a default
        let values = concat!(
            r#"77.5 77 17 2048 9000 "127.0.0.1:7" "digest" "redis" "debug" "json" ["10.0.0.0/8"] "#,
            r#"["https://a.example"] "https://a.example" "Forwarded" "a.toml" 1.5"#
        );
        let set = values.split(' ').find_map(|value| {
            let text = match key.split_once('.') {
                Some((section, name)) => format!("[{section}]\n{name} = {value}\n"),
                None => format!("{key} = {value}\n"),
            };
            // without the check for keys that mean nothing alone
            let settings: Settings = toml::from_str(&text).ok()?;
            let config = settings.config();
            if key.starts_with("limits.")
                || key.starts_with("lifetimes.")
                || key.starts_with("session.")
            {
                let changed = format!("{:#?}", config.unwrap());
                assert_ne!(
                    changed,
                    format!("{:#?}", Settings::default().config().unwrap()),
                    "{key}"
                );
            }
            Some(shown(&settings))
        });
        let set = set.unwrap_or_else(|| panic!("{key} takes none of them"));
        assert_ne!(set, defaults, "{key}");
        assert!(seen.insert(set), "{key} sets what another one sets");
    }
}

#[test]
fn errors_name_line_and_key_and_never_the_value() {
    for (text, line, key) in [
        ("\n\ncanary", 3, None),
        ("listen = \"127.0.0.1:1\"\nlisten = \"canary\"", 2, None),
        ("canary = 1", 1, None),
        ("[limits]\n\ncanary = 1", 3, None),
        ("[canary]\nsessions = 1", 1, None),
        ("[limits.canary]\nsessions = 1", 1, None),
        ("sessions = 1", 1, None),
        ("limits = \"canary\"", 1, Some("limits")),
        ("\n[canary]\n", 2, None),
        ("listen = {}", 1, Some("listen")),
        ("[[limits]]\nsessions = 1", 1, Some("limits")),
        ("#\nlisten = \"canary\"", 2, Some("listen")),
        ("listen = 8787", 1, Some("listen")),
        ("proof = \"canary\"", 1, Some("proof")),
        ("rendezvous = \"canary\"", 1, Some("rendezvous")),
        ("rendezvous = \"rediss://:canary@h\"", 1, Some("rendezvous")),
        ("origins = \"https://a\"", 1, Some("origins")),
        ("origins = []", 1, Some("origins")),
        ("origins = [\"https://a\", 1]", 1, Some("origins")),
        ("origins = [\"canary\"]", 1, Some("origins")),
        ("[log]\nlevel = \"canary\"", 2, Some("log.level")),
        ("[log]\nformat = \"canary\"", 2, Some("log.format")),
        (
            "[log]\nformat = \", expected canary\"",
            2,
            Some("log.format"),
        ),
        (
            "[proxies]\ntrusted = [\"0.0.0.0/0\"]",
            2,
            Some("proxies.trusted"),
        ),
        (
            "[proxies]\nheader = \"Forwarded\"",
            2,
            Some("proxies.header"),
        ),
        (
            "[accounts]\nurl = \"http://canary.example\"",
            2,
            Some("accounts.url"),
        ),
        ("[accounts]\nfile = \"\"", 2, Some("accounts.file")),
        (
            "[accounts]\nfile = \"a\"\nurl = \"https://a\"",
            3,
            Some("accounts.url"),
        ),
        (
            "[accounts]\n\nsecret_file = \"a\"",
            3,
            Some("accounts.secret_file"),
        ),
        ("[tls]\n\ncertificate = \"a\"", 3, Some("tls.certificate")),
        ("[tls]\nkey = \"a\"", 2, Some("tls.key")),
    ] {
        let (found_line, found_key, why) = refusal(text);
        assert_eq!(
            (found_line, found_key.as_deref()),
            (line, key),
            "{text}: {why}"
        );
    }
    assert!(read("[limits]\n[tls]\n").is_ok());
    assert_eq!(refusal("proof = 1").2, "this value cannot be used");
}

#[test]
fn numbers_stay_within_what_makes_sense() {
    for (key, bad) in [
        ("session.timeout", ["0", "901", "-1", "nan", "\"120\""]),
        (
            "session.heartbeat_interval",
            ["0.5", "301", "inf", "true", "\"41\""],
        ),
        (
            "limits.sessions",
            ["-1", "1.5", "4294967296", "\"1\"", "[1]"],
        ),
        ("limits.connections", ["0", "1", "2", "3", "4294967296"]),
        ("lifetimes.ticket", ["0x10", "0o20", "0b10000", "0.5", "''"]),
        (
            "limits.message_bytes",
            ["0", "1023", "65537", "1e4", "99999999999999999999"],
        ),
        ("limits.head_within", ["0", "0.01", "86401", "-5", "1e400"]),
        (
            "limits.memory",
            ["0", "-1", "1.0", "\"1G\"", "18446744073709551616"],
        ),
        ("accounts.at_a_time", ["0", "10001", "0.5", "\"64\"", "-64"]),
    ] {
        let (section, name) = key.split_once('.').unwrap();
        for value in bad {
            let text = format!("[{section}]\n{name} = {value}");
            let (line, key_named, why) = refusal(&text);
            // what toml itself does not take has no key
            assert!(
                (line, key_named.as_deref()) == (2, Some(key)) || why == "not toml",
                "{text}: {why}"
            );
        }
    }
    // none of these would let anybody in
    for name in [
        "connections",
        "connections_per_address",
        "sessions",
        "sessions_per_address",
        "calls_per_address",
        "calls_per_account",
        "scans_per_account",
    ] {
        refusal(&format!("[limits]\n{name} = 0"));
    }
    assert_eq!(config("[limits]\nsessions = 1_000").limits.sessions, 1_000);
    assert_eq!(config("[limits]\nsessions = 0x10").limits.sessions, 16);
    let most = config("[limits]\nmemory = 9223372036854775807");
    assert_eq!(most.limits.memory, Some(u64::MAX >> 1));
    let timeout = config("[session]\ntimeout = 0.1e1").session.timeout;
    assert_eq!(timeout, Duration::from_secs(1));
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file = "listen = \"127.0.0.1:1\"\nmetrics = \"127.0.0.1:2\"\nproof = \"nonce\"\norigins = [\"https://a\"]\n\
        rendezvous = \"redis\"\ndrain_within = 9\n[accounts]\nurl = \"https://a.example\"\nsecret_file = \"s\"\n\
        [proxies]\ntrusted = [\"10.0.0.0/8\"]\nheader = \"Forwarded\"\n";
    let both = |line: &str| {
        let file = read(file).unwrap();
        args(line).or_file(file).unwrap()
    };
    assert_eq!(
        format!("{:?}", both("")),
        format!("{:?}", read(file).unwrap())
    );
    let settings = both(
        "--listen 127.0.0.1:7 --metrics 127.0.0.1:8 --proof digest --origin https://b --origin https://c \
         --rendezvous memory --accounts b.toml --trusted-proxy ::1 --trusted-proxy-header X-Forwarded-For \
         --drain 3 --tls-cert c --tls-key k",
    );
    let config = settings.config().unwrap();
    assert_eq!(config.listen.port(), 7);
    assert_eq!(config.metrics.unwrap().port(), 8);
    assert_eq!(config.session.accept, Accept::Digest);
    assert_eq!(config.drain_within, Duration::from_secs(3));
    let origins = ["https://b", "https://c"].map(|origin| origin.parse().unwrap());
    assert_eq!(config.origins, Origins::Only(origins.to_vec()));
    assert!(matches!(settings.rendezvous, Some(Rendezvous::Memory)));
    assert_eq!(settings.accounts.file.as_deref(), Some(Path::new("b.toml")));
    assert!(settings.accounts.url.is_none() && settings.accounts.secret_file.is_none());
    assert_eq!(settings.proxies.trusted, ["::1".parse().unwrap()]);
    assert_eq!(settings.proxies.header, Some(ClientHeader::XForwardedFor));
    assert_eq!(settings.tls.key.as_deref(), Some(Path::new("k")));
    assert_eq!(settings.tls.certificate.as_deref(), Some(Path::new("c")));

    let elsewhere = both("--accounts-url https://b.example");
    assert_eq!(elsewhere.accounts.url.unwrap().host(), "b.example");
    assert!(
        elsewhere.accounts.secret_file.is_none(),
        "a secret is for the server that it was given for"
    );
    let secret = both("--accounts-secret-file t").accounts;
    assert_eq!(secret.secret_file.as_deref(), Some(Path::new("t")));
    assert!(secret.url.is_some());
}

#[test]
fn options_without_what_they_are_for_are_refused() {
    for (line, option) in [
        ("--tls-cert a --log info", "--tls-cert"),
        ("--tls-key a --drain 3", "--tls-key"),
        ("--accounts-secret-file s", "--accounts-secret-file"),
        ("--trusted-proxy-header Forwarded", "--trusted-proxy-header"),
        ("--accounts-url http://canary.example", "--accounts-url"),
        ("--log canary", "--log"),
        (
            "--listen 127.0.0.1:8787 --metrics 127.0.0.1:8787",
            "--metrics",
        ),
    ] {
        let failure = match try_args(line) {
            Ok(args) => args
                .settings
                .read(None)
                .and_then(|settings| settings.config())
                .unwrap_err(),
            Err(error) => usage::refusal(&error),
        };
        assert_eq!(failure.kind, Kind::Usage);
        assert!(failure.message.starts_with(option), "{failure}");
        assert!(!failure.message.contains("canary"));
    }
}
