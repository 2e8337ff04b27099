//! Secrets come from variables and files, never from arguments, and are not repeated.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use super::service::Service;
use super::{CLIENT, SECRET, VERIFIER, command, fails, object, run, run_with, text, token, words};
use crate::support::Ra;

const COMMANDS: [&str; 7] = [
    "authorize-url",
    "login",
    "exchange",
    "implicit",
    "refresh",
    "client-credentials",
    "revoke",
];

#[test]
fn s41_no_option_takes_a_secret() {
    for name in COMMANDS {
        for option in [
            "--client-secret",
            "--secret",
            "--code-verifier",
            "--token",
            "--bot-token",
            "--refresh-token",
            "--password",
        ] {
            for args in [
                &[name, option, "canary"][..],
                &[name, &format!("{option}=canary")],
            ] {
                let ended = run(args);
                assert_eq!(
                    fails(&ended, 2),
                    format!("unknown option {option}; see --help"),
                    "{args:?}"
                );
            }
        }
        let ended = run(&[name, "canary"]);
        assert_eq!(fails(&ended, 2), "unexpected argument; see --help");
    }
}

#[test]
fn s41_help_shows_no_variable() {
    for name in COMMANDS {
        let variables = [
            ("RA_CLIENT_SECRET", SECRET),
            ("RA_CODE_VERIFIER", VERIFIER),
            ("RA_TOKEN", "canary-token"),
            ("RA_BOT_TOKEN", "canary-bot"),
        ];
        for help in ["--help", "-h"] {
            let ended = run_with(&[name, help], &variables);
            assert_eq!(ended.code, 0);
            ended.never_says("canary");
            assert!(ended.stdout.contains("Example"), "{name}: {}", ended.stdout);
            assert!(
                ended.stdout.contains("Exit codes:\n"),
                "{name}: {}",
                ended.stdout
            );
            let widest = ended.stdout.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(110), "{name}: {widest:?}");
        }
    }
    let ended = run(&["--help"]);
    for text in [
        "Secrets are never arguments",
        "RA_CLIENT_SECRET",
        "Exit codes:\n",
    ] {
        assert!(ended.stdout.contains(text), "{text}: {}", ended.stdout);
    }
}

#[test]
fn files_serve_as_well_as_variables_and_win() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str, content: &str| {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let secret = at("secret", &format!("{SECRET}\n"));
    let verifier = at("verifier", &format!("\n {VERIFIER}\r\n"));
    let service = Service::of(token());
    let base = service.base();
    let line = format!(
        "exchange --client-id {CLIENT} --base {base} --state=-s --callback /?code=c&state=-s \
         --client-secret-file {} --code-verifier-file {}",
        text(&secret),
        text(&verifier)
    );
    let args = words(&line);
    object(&run_with(
        &args,
        &[("RA_CLIENT_SECRET", "wrong"), ("RA_CODE_VERIFIER", "wrong")],
    ));
    let call = service.call();
    assert_eq!(call.field("client_secret").as_deref(), Some(SECRET));
    assert_eq!(call.field("code_verifier").as_deref(), Some(VERIFIER));
}

#[test]
fn sources_without_a_secret_that_can_be_sent() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    let line = format!(
        "client-credentials --client-id {CLIENT} --scope identify --base http://127.0.0.1:9"
    );
    let base = words(&line);
    let args = [&base[..], &["--client-secret-file", text(&path)]].concat();
    let ended = run(&args);
    assert!(fails(&ended, 8).starts_with("cannot read "), "{ended:?}");
    for content in [
        "",
        " \n",
        "canary\ncanary",
        "canary\u{e9}",
        "canary\u{1b}[2J",
    ] {
        fs::write(&path, content).unwrap();
        let ended = run(&args);
        assert_eq!(
            fails(&ended, 2),
            "--client-secret-file: holds no secret that could be sent",
            "{content:?}"
        );
        if !content.trim().is_empty() {
            let ended = run_with(&base, &[("RA_CLIENT_SECRET", content)]);
            assert_eq!(
                fails(&ended, 2),
                "RA_CLIENT_SECRET: holds no secret that could be sent"
            );
        }
    }
    let mut command = command(&base);
    command.env(
        "RA_CLIENT_SECRET",
        std::ffi::OsStr::from_bytes(b"canary\xff"),
    );
    let ended = Ra::spawn(&mut command).end();
    assert_eq!(
        fails(&ended, 2),
        "RA_CLIENT_SECRET: holds no secret that could be sent"
    );
}

#[test]
fn s29_urls_are_checked_before_anything_is_done_and_not_repeated() {
    for (option, value) in [
        ("--base", "http://canary.example"),
        ("--base", "https://user:canary@h.example"),
        ("--base", "https://h.example/?canary"),
        ("--base", "canary"),
        ("--authorize-url", "http://canary.example"),
        ("--token-url", "http://127.0.0.1.canary.example/"),
        ("--token-url", "https://h.example/#canary"),
        ("--device-url", "http://localhost@canary.example/"),
        ("--revoke-url", "ftp://canary.example"),
        ("--keys-url", "/canary"),
        ("--userinfo-url", "http://canary.example"),
    ] {
        for name in COMMANDS {
            let more: &[&str] = match name {
                "exchange" => &[
                    "--client-id",
                    CLIENT,
                    "--state",
                    "s",
                    "--callback",
                    "canary",
                ],
                "implicit" => &["--state", "s", "--callback", "canary"],
                "refresh" => &["--client-id", CLIENT, "--token-file", "canary"],
                _ => &["--client-id", CLIENT],
            };
            let ended = run(&[&[name, option, value], more].concat());
            assert!(
                fails(&ended, 2).starts_with(&format!("{option}: ")),
                "{name} {ended:?}"
            );
        }
    }
}

#[test]
fn a_wrong_command_line_is_one_line_with_json_too() {
    for (args, problem) in [
        (&["login"][..], "--client-id <ID> is missing"),
        (
            &["exchange", "--client-id", CLIENT, "--callback", "canary"],
            "--state <STATE> is missing",
        ),
        (
            &["exchange", "--client-id", CLIENT, "--state", "canary"],
            "--callback <URL|-> is missing",
        ),
        (
            &["refresh", "--client-id", CLIENT],
            "--token-file <FILE> is missing",
        ),
        (
            &["login", "--client-id", "canary", "--client-id", "canary"],
            "--client-id <ID> is given more than once",
        ),
        (
            &["login", "--client-id", CLIENT, "--port", "canary"],
            "--port <N>: expected a number up to 65535",
        ),
        (
            &["login", "--client-id", CLIENT, "--timeout", "0"],
            "--timeout <SECONDS>: expected a whole number of seconds above 0",
        ),
        (&["canary"], "unknown command"),
        (&["--timeout", "9"], "no command is given"),
    ] {
        for args in [args, &[args, &["--json"]].concat()] {
            let ended = run(args);
            assert_eq!(
                fails(&ended, 2),
                format!("{problem}; see --help"),
                "{args:?}"
            );
            assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
        }
    }
}
