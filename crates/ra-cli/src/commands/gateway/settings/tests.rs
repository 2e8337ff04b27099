//! Every setting has a key, the example is true, and nothing that stands in a file is ever repeated.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{CommandFactory as _, Parser as _};

use super::keys::KEYS;
use super::read::{Wrong, apply};
use super::*;
use crate::cli::{Cli, Command};

const EXAMPLE: &str = include_str!("../../../../../../docs/gateway.toml");

fn read(text: &str) -> Result<Settings, Wrong> {
    let mut settings = Settings::default();
    apply(text, Path::new("/etc/ra"), &mut settings).map(|()| settings)
}

/// Line, key and reason.
fn refusal(text: &str) -> (usize, Option<&'static str>, String) {
    let wrong = read(text).expect_err(text);
    assert!(!wrong.to_string().contains("canary"), "{wrong}");
    (wrong.line, wrong.key, wrong.why.into_owned())
}

fn args(line: &str) -> GatewayArgs {
    let line = format!("ra gateway {line}");
    match Cli::try_parse_from(line.split_whitespace())
        .unwrap()
        .command
    {
        Command::Gateway(args) => *args,
        other => panic!("{other:?}"),
    }
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
    let distinct: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    assert_eq!(distinct.len(), named.len());
    assert_eq!(distinct, KEYS.iter().map(|key| key.name).collect());

    let settings = read(EXAMPLE).unwrap();
    let defaults = Settings {
        // its default stands elsewhere, for when there is a Redis
        redis_within: settings.redis_within,
        ..Settings::default()
    };
    assert_eq!(format!("{settings:#?}"), format!("{defaults:#?}"));
    let redis: ra_gateway::Redis = "redis://h".parse().unwrap();
    assert_eq!(settings.redis_within, Some(redis.within));
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
fn every_option_and_every_limit_has_a_key() {
    let options: BTreeSet<&str> = KEYS.iter().filter_map(|key| key.option).collect();
    let mut command = Cli::command();
    let command = command.find_subcommand_mut("gateway").unwrap();
    let given: BTreeSet<&str> = command
        .get_arguments()
        .map(|a| a.get_id().as_str())
        .collect();
    let mut given = given;
    assert!(given.remove("config") && given.remove("check_config"));
    assert_eq!(options, given);

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
        let keys = KEYS.iter().map(|key| key.name);
        let keys = keys.filter(|name| name.starts_with(&prefix));
        assert_eq!(fields, keys.map(str::to_owned).collect());
    }
}

#[test]
fn each_key_sets_its_own_setting() {
    let text = |key: &str, value: &str| match key.split_once('.') {
        Some((section, name)) => format!("[{section}]\n{name} = {value}\n"),
        None => format!("{key} = {value}\n"),
    };
    let shown = |settings: Settings| format!("{settings:#?}");
    let defaults = shown(Settings::default());
    let mut seen = BTreeSet::new();
    for key in KEYS {
        // one of these fits each, and none is a default
        let values = [
            "77.5",
            "77",
            "17",
            "2048",
            "9000",
            "\"127.0.0.1:7\"",
            "\"digest\"",
            "\"redis\"",
            "\"debug\"",
            "\"json\"",
            "[\"10.0.0.0/8\"]",
            "[\"https://a.example\"]",
            "\"https://a.example\"",
            "\"Forwarded\"",
            "\"a.toml\"",
            "1.5",
        ];
        let set = values.iter().find_map(|value| {
            let mut settings = Settings::default();
            match apply(&text(key.name, value), Path::new("/"), &mut settings) {
                Ok(()) => Some(shown(settings)),
                // one that has no meaning alone was set all the same
                Err(wrong) if wrong.why.starts_with("there is no") => Some(shown(settings)),
                Err(_) => None,
            }
        });
        let set = set.unwrap_or_else(|| panic!("{} takes none of them", key.name));
        assert_ne!(set, defaults, "{}", key.name);
        assert!(seen.insert(set), "{} sets what another one sets", key.name);
    }
}

#[test]
fn what_is_wrong_is_named_by_line_and_key_and_never_repeated() {
    let why = |text: &str| {
        let (line, key, _) = refusal(text);
        (line, key)
    };
    assert_eq!(why("\n\ncanary"), (3, None));
    assert_eq!(
        why("listen = \"127.0.0.1:1\"\nlisten = \"canary\""),
        (2, None),
        "twice"
    );
    assert_eq!(why("canary = 1"), (1, None));
    assert_eq!(why("[limits]\n\ncanary = 1"), (3, None));
    assert_eq!(why("[canary]\nsessions = 1"), (2, None));
    assert_eq!(why("[limits.canary]\nsessions = 1"), (1, None));
    assert_eq!(why("sessions = 1"), (1, None), "of another section");
    assert_eq!(why("limits = \"canary\""), (1, None));
    assert_eq!(why("\n[canary]\n"), (2, None), "an empty one");
    assert_eq!(why("listen = {}"), (1, None), "no section");
    assert!(read("[limits]\n[tls]\n").is_ok());
    assert_eq!(why("[[limits]]\nsessions = 1"), (1, None));
    assert_eq!(why("#\nlisten = \"canary\""), (2, Some("listen")));
    assert_eq!(why("listen = 8787"), (1, Some("listen")));
    assert_eq!(why("proof = \"canary\""), (1, Some("proof")));
    assert_eq!(why("rendezvous = \"canary\""), (1, Some("rendezvous")));
    assert_eq!(
        why("rendezvous = \"rediss://:canary@h\""),
        (1, Some("rendezvous"))
    );
    assert_eq!(why("origins = \"https://a\""), (1, Some("origins")));
    assert_eq!(why("origins = []"), (1, Some("origins")));
    assert_eq!(why("origins = [\"https://a\", 1]"), (1, Some("origins")));
    assert_eq!(why("origins = [\"canary\"]"), (1, Some("origins")));
    assert_eq!(
        why("[proxies]\ntrusted = [\"0.0.0.0/0\"]"),
        (2, Some("proxies.trusted"))
    );
    assert_eq!(
        why("[proxies]\nheader = \"Forwarded\""),
        (2, Some("proxies.header"))
    );
    assert_eq!(
        why("[accounts]\nurl = \"http://canary.example\""),
        (2, Some("accounts.url"))
    );
    assert_eq!(why("[accounts]\nfile = \"\""), (2, Some("accounts.file")));
    assert_eq!(
        why("[accounts]\nfile = \"a\"\nurl = \"https://a\""),
        (3, Some("accounts.url"))
    );
    assert_eq!(
        why("[accounts]\n\nsecret_file = \"a\""),
        (3, Some("accounts.secret_file"))
    );
    let (.., why) = refusal("listen = \"canary\"");
    assert!(!why.is_empty());
}

#[test]
fn numbers_stay_within_what_makes_sense() {
    for (key, bad) in [
        ("session.timeout", ["0", "901", "-1", "nan", "\"120\""]),
        (
            "session.heartbeat_interval",
            ["0.5", "301", "inf", "true", "0x10"],
        ),
        (
            "limits.sessions",
            ["-1", "1.5", "4294967296", "\"1\"", "[1]"],
        ),
        ("limits.connections", ["0", "1", "2", "3", "4294967296"]),
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
                (line, key_named) == (2, Some(key)) || why == "not toml",
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
    assert_eq!(
        read("[limits]\nsessions = 1_000")
            .unwrap()
            .config
            .limits
            .sessions,
        1_000
    );
    assert_eq!(
        read("[limits]\nsessions = 0x10")
            .unwrap()
            .config
            .limits
            .sessions,
        16
    );
    let timeout = read("[session]\ntimeout = 0.1e1")
        .unwrap()
        .config
        .session
        .timeout;
    assert_eq!(timeout, Duration::from_secs(1));
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file = "listen = \"127.0.0.1:1\"\nmetrics = \"127.0.0.1:2\"\nproof = \"nonce\"\norigins = [\"https://a\"]\n\
        rendezvous = \"redis\"\n[accounts]\nurl = \"https://a.example\"\nsecret_file = \"s\"\n\
        [proxies]\ntrusted = [\"10.0.0.0/8\"]\nheader = \"Forwarded\"\n";
    let both = |line: &str| {
        let mut settings = read(file).unwrap();
        settings.take(&args(line)).unwrap();
        settings
    };
    assert_eq!(
        format!("{:?}", both("")),
        format!("{:?}", read(file).unwrap())
    );
    let settings = both(
        "--listen 127.0.0.1:7 --metrics 127.0.0.1:8 --proof digest --origin https://b --origin https://c \
         --rendezvous memory --accounts b.toml --trusted-proxy ::1 --trusted-proxy-header X-Forwarded-For",
    );
    assert_eq!(settings.config.listen.port(), 7);
    assert_eq!(settings.config.metrics.unwrap().port(), 8);
    assert_eq!(settings.config.session.accept, Accept::Digest);
    let origins = ["https://b", "https://c"].map(|origin| origin.parse().unwrap());
    assert_eq!(settings.config.origins, Origins::Only(origins.to_vec()));
    assert!(matches!(settings.rendezvous, args::Rendezvous::Memory));
    assert_eq!(settings.accounts.file.as_deref(), Some(Path::new("b.toml")));
    assert!(settings.accounts.url.is_none() && settings.accounts.secret_file.is_none());
    assert_eq!(settings.proxies, ["::1".parse().unwrap()]);
    assert_eq!(settings.proxies_header, Some(ClientHeader::XForwardedFor));

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
        (
            "--listen 127.0.0.1:8787 --metrics 127.0.0.1:8787",
            "--metrics",
        ),
    ] {
        let failure = Settings::of(&args(line)).unwrap_err();
        assert_eq!(failure.kind, crate::outcome::Kind::Usage);
        assert!(failure.message.starts_with(option), "{failure}");
        assert!(!failure.message.contains("canary"));
    }
}
