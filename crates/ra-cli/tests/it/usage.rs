//! Wrong command lines: exit code 2, a reason on standard error, and the value that was given is not repeated.

use crate::support::{command, fails_without_a_reader, run};

fn refused(args: &[&str], reason: &str) {
    let ended = run(args);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (2, ""),
        "{args:?} {ended:?}"
    );
    assert!(ended.stderr.contains(reason), "{args:?} {ended:?}");
    ended.never_says("canary");
}

#[test]
fn r01_addresses_are_checked_before_anything_is_done() {
    for (option, value) in [
        ("--gateway", "http://canary.example"),
        ("--gateway", "ws://canary.example/"),
        ("--gateway", "ws://127.0.0.1@canary.example/"),
        ("--api", "http://canary.example/api"),
        ("--api", "https://user:canary@h.example/api"),
        ("--api", "canary"),
        ("--qr-prefix", "http://canary.example/ra/"),
        ("--qr-prefix", "https://h.example/?canary="),
        ("--origin", "canary"),
        ("--origin", "https://h.example/canary"),
        ("--proxy", "ftp://me:canary@h.example"),
        ("--proxy", "me:canary@h.example"),
        ("--proxy", "NONE"),
    ] {
        for json in [
            &["login", option, value][..],
            &["login", "--json", option, value],
        ] {
            refused(json, &format!("error: {option}: "));
        }
    }
    refused(
        &["login", "--gateway", "ws://canary.example"],
        "plaintext is allowed to this machine only",
    );
    let long = format!("https://h.example/{}/", "x".repeat(2_950));
    refused(&["login", "--qr-prefix", &long], "--qr-prefix: ");
}

#[test]
fn r40_r44_approve_refuses_what_is_no_scan_url() {
    for url in [
        "canary",
        "https://discord.com@canary.example/ra/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "https://canary.example/ra/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "http://discord.com/ra/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "https://discord.com/ra/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA?canary",
        "https://discord.com/ra/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA#canary",
        "https://discord.com/ra/canary",
    ] {
        refused(&["approve", url], "error: URL: ");
    }
}

#[test]
fn r44_yes_and_deny_are_for_loopback_only() {
    let url = "https://discord.com/ra/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for option in ["--yes", "--deny"] {
        refused(&["approve", url, option], "with an --api on this machine");
        for api in [
            "https://h.example/api",
            "https://localhost.h.example",
            "https://127.0.0.1.h.example",
        ] {
            refused(
                &["approve", url, option, "--api", api],
                "with an --api on this machine",
            );
        }
    }
    refused(&["approve", url], "there is no terminal");
    refused(
        &["approve", url, "--api", "http://127.0.0.1:9"],
        "there is no terminal",
    );
}

#[test]
fn a_picture_cannot_take_the_place_of_the_token_or_of_the_other_picture() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (plain, winding) = (at("canary"), at("./a/../canary"));
    // nobody listens there: exit code 2 comes before any connection
    let base = ["login", "--gateway", "ws://127.0.0.1:9", "--renew", "0"];
    for (one, other) in [
        ("--token-file", "--qr-png"),
        ("--token-file", "--qr-svg"),
        ("--qr-png", "--qr-svg"),
    ] {
        for path in [&plain, &winding] {
            for first in [&["--force"][..], &["--force", "--json"]] {
                let mut args = [&base[..], &[one, &plain, other, path]].concat();
                if one == "--token-file" {
                    args.extend(first);
                }
                let reason = format!("error: {other}: names the file of {one}\n");
                refused(&args, &reason);
            }
        }
    }
    assert_eq!(directory.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_command_line_that_cannot_be_read_is_one_line_that_repeats_no_value() {
    let url = "https://discord.com/ra/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for (args, problem) in [
        (&["login", "--nonsense"][..], "unknown option --nonsense"),
        (&["login", "--token=canary.abc"], "unknown option --token"),
        (
            &["login", "--token", "canary.abc"],
            "unknown option --token",
        ),
        (&["login", "canary.abc"], "unexpected argument"),
        (&["login", "--", "canary"], "unexpected argument"),
        (&["login", "--canary.abc"], "unknown option"),
        (&["login", "--canaryABC"], "unknown option"),
        (
            &["login", "--canary-canary-canary-canary"],
            "unknown option",
        ),
        (&["login", "-canary"], "unknown option"),
        (&["login", "canary\nerror: canary"], "unexpected argument"),
        (&["approve", url, "canary.abc"], "unexpected argument"),
        (
            &["approve", url, "--token-fil", "canary"],
            "unknown option --token-fil",
        ),
        (&["canary"], "unknown command"),
        (&["logn", "canary"], "unknown command"),
        (&["approve"], "<URL> is missing"),
        (&["login", "--force"], "--token-file <FILE> is missing"),
        (
            &["login", "--proof", "canary"],
            "--proof <PROOF>: expected one of auto, digest, nonce",
        ),
        (
            &["login", "--proof"],
            "--proof <PROOF>: the value is missing",
        ),
        (&["login", "--api"], "--api <URL>: the value is missing"),
        (&["login", "--json=canary"], "--json takes no value"),
        (
            &["login", "--api", "canary", "--api", "canary"],
            "--api <URL> is given more than once",
        ),
        (
            &["login", "--renew", "canary"],
            "--renew <N|never>: expected a whole number or `never`",
        ),
        (
            &["login", "--timeout", "canary"],
            "--timeout <SECONDS>: expected a whole number of seconds above 0",
        ),
        (
            &["login", "--timeout", "0"],
            "--timeout <SECONDS>: expected a whole number of seconds above 0",
        ),
        (
            &["demo", "--deny", "--expire"],
            "--deny cannot be used with --expire",
        ),
        (
            &["approve", url, "--yes", "--deny"],
            "--yes cannot be used with --deny",
        ),
        (
            &["gateway", "--listen", "canary"],
            "--listen <ADDR>: invalid socket address syntax",
        ),
        (
            &["gateway", "--rendezvous", "redis://:canary@h/canary"],
            "--rendezvous <memory|redis|URL>: the database has to be a whole number from 0",
        ),
        (
            &["gateway", "--rendezvous", "rediss://:canary@h"],
            "--rendezvous <memory|redis|URL>: TLS to Redis is not built in: use a socket, a private network or \
             a tunnel",
        ),
        (
            &["gateway", "--rendezvous", "canary"],
            "--rendezvous <memory|redis|URL>: expected `memory`, `redis` or a redis:// URL",
        ),
        (
            &["completions", "canary"],
            "<SHELL>: expected one of bash, elvish, fish, powershell, zsh",
        ),
        (&["completions"], "<SHELL> is missing"),
    ] {
        refused(args, "");
        let ended = run(args);
        assert_eq!(
            ended.stderr,
            format!("error: {problem}; see --help\n"),
            "{args:?}"
        );
    }
    use std::os::unix::ffi::OsStrExt as _;
    for option in ["--api", "--token-file"] {
        let bad = std::ffi::OsStr::from_bytes(b"canary\xff");
        let ended = run(&[
            "login".as_ref(),
            "--qr-prefix".as_ref(),
            bad,
            option.as_ref(),
        ]);
        assert_eq!(
            (ended.code, ended.stderr.lines().count()),
            (2, 1),
            "{ended:?}"
        );
        ended.never_says("canary");
    }
}

#[test]
fn without_a_command_the_help_is_shown_and_the_version_is_an_answer() {
    refused(&[], "Usage: ra [OPTIONS] <COMMAND>");
    refused(&["oauth2"], "Usage: ra oauth2 [OPTIONS] <COMMAND>");
    let ended = run(&["--version"]);
    let version = concat!("ra ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!((ended.code, ended.stdout.as_str()), (0, version));
}

#[test]
fn help_says_what_a_person_has_to_know() {
    let ended = run(&["--help"]);
    assert_eq!(ended.code, 0);
    for text in [
        "Exit codes:",
        "terms do not allow",
        "in front of you",
        "ra demo",
        "RA_TOKEN",
    ] {
        let one_line = ended.stdout.split_whitespace().collect::<Vec<_>>();
        assert!(
            one_line.join(" ").contains(text),
            "{text}: {}",
            ended.stdout
        );
    }
    for (name, text) in [
        ("demo", "worth nothing"),
        ("login", "one JSON object a line instead"),
        ("login", "?v=2 is added when the version is missing"),
        ("approve", "can use your account"),
        ("gateway", "put a proxy with TLS in front"),
        ("completions", "Shell that the script is for"),
        ("oauth2", "Secrets are never arguments"),
    ] {
        let help = run(&[name, "--help"]);
        let one_line = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line.contains(text), "{name}: {one_line}");
        assert_eq!(help.code, 0);
        assert!(help.stdout.contains("Example"), "{}", help.stdout);
        let widest = help.stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(110), "{name}: {widest:?}");
    }
}

#[test]
fn completions_go_to_standard_output_and_a_closed_pipe_is_an_error_and_no_panic() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = run(&["completions", shell]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{shell}");
        assert!(ended.stdout.contains("qr-png"), "{shell}");
    }
    fails_without_a_reader(&mut command(&["completions", "zsh"]));
}
