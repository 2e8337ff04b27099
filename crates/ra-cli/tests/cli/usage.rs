//! Wrong command lines: exit code 2, a reason on standard error, and the value that was given is not repeated.

use std::process::Stdio;

use crate::support::{command, run};

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
fn clap_refuses_with_the_same_code() {
    refused(&["login", "--nonsense"], "--nonsense");
    refused(&["login", "--timeout", "0"], "--timeout");
    refused(&["demo", "--deny", "--expire"], "cannot be used with");
    refused(&["gateway", "--listen", "everywhere"], "--listen");
    refused(
        &["gateway", "--rendezvous", "redis://127.0.0.1/"],
        "keeps sessions in memory",
    );
    refused(&["completions", "tcsh"], "tcsh");
    refused(&[], "Usage: ra <COMMAND>");
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
        assert!(ended.stdout.contains(text), "{text}: {}", ended.stdout);
    }
    for (name, text) in [
        ("demo", "worth nothing"),
        ("login", "one JSON object a line instead"),
        ("approve", "gets into your account"),
        ("gateway", "put a proxy with TLS in front"),
        ("completions", "The shell"),
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
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command(&["completions", "zsh"])
        .stdout(Stdio::from(writer))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(8));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: cannot write the output: "),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}
