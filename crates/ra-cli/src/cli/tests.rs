use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use super::*;
use crate::commands::demo::Ending;
use crate::commands::gateway::settings::Rendezvous;
use crate::commands::login::{Proof, Renewals};

fn parse(line: &str) -> Result<Command, clap::Error> {
    Cli::try_parse_from(format!("ra {line}").split_whitespace()).map(|cli| cli.command)
}

fn login(line: &str) -> LoginArgs {
    match parse(&format!("login {line}")).unwrap() {
        Command::Login(args) => args,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_definition_has_no_contradiction() {
    Cli::command().debug_assert();
}

#[test]
fn options_are_those_of_the_contract_and_no_others() {
    let options = |name: &str| {
        let mut command = Cli::command();
        let mut names: Vec<String> = command
            .find_subcommand_mut(name)
            .unwrap()
            .get_arguments()
            .map(|argument| argument.get_id().to_string())
            .collect();
        names.sort();
        names.join(" ")
    };
    let all = Cli::command();
    let all = all
        .get_arguments()
        .map(|argument| argument.get_id().as_str());
    assert_eq!(all.collect::<Vec<_>>(), ["log", "log_format"]);
    assert_eq!(options("demo"), "captcha deny expire json");
    assert_eq!(
        options("login"),
        "api ca_file force gateway json origin proof proxy qr_png qr_prefix qr_svg renew timeout token_file"
    );
    assert_eq!(
        options("approve"),
        "api ca_file deny proxy token_file url yes"
    );
    assert_eq!(
        options("gateway"),
        "accounts accounts_secret_file accounts_url check_config config drain listen metrics origin \
         proof rendezvous tls_cert tls_key trusted_proxy trusted_proxy_header"
    );
}

#[test]
fn a_drain_lasts_some_seconds() {
    let drain = |text: &str| {
        parse(&format!("gateway --drain={text}")).map(|command| match command {
            Command::Gateway(args) => {
                args.settings
                    .read(None)
                    .unwrap()
                    .config()
                    .unwrap()
                    .drain_within
            }
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(drain("0").unwrap(), Duration::ZERO);
    assert_eq!(drain("1.5").unwrap(), Duration::from_millis(1_500));
    for bad in ["-1", "nan", "inf", "86401", "1e400", "2m", ""] {
        assert!(drain(bad).is_err(), "{bad}");
    }
}

#[test]
fn r01_r02_r09_login_speaks_to_the_live_service_by_default() {
    let args = login("");
    assert_eq!(args.gateway, "wss://remote-auth-gateway.discord.gg");
    assert_eq!(args.api, "https://discord.com/api/v9");
    assert_eq!(args.origin, "https://discord.com");
    assert_eq!(args.qr_prefix, "https://discord.com/ra/");
    assert_eq!(args.proof, Proof::Auto);
    assert_eq!((args.renew, args.timeout), (None, None));
}

#[test]
fn renew_takes_a_number_or_never() {
    assert_eq!(login("--renew never").renew, Some(Renewals(0)));
    assert_eq!(login("--renew 0").renew, Some(Renewals(0)));
    assert_eq!(login("--renew 7").renew, Some(Renewals(7)));
    for bad in ["-1", "1.5", "Never", "4294967296"] {
        assert!(parse(&format!("login --renew {bad}")).is_err(), "{bad}");
    }
}

#[test]
fn timeouts_are_whole_seconds_above_zero() {
    assert_eq!(login("--timeout 90").timeout, Some(90));
    for bad in ["0", "-1", "1.5", "2m", "4294967296"] {
        assert!(parse(&format!("login --timeout {bad}")).is_err(), "{bad}");
    }
}

#[test]
fn r34_a_proxy_with_a_password_is_not_shown() {
    let args = login("--proxy http://me:canary@h.example:1");
    assert!(!format!("{args:?}").contains("canary"));
    let args = parse("approve URL --proxy http://me:canary@h.example:1").unwrap();
    assert!(!format!("{args:?}").contains("canary"));
}

#[test]
fn contradictions_are_refused() {
    let kind = |line| parse(line).unwrap_err().kind();
    assert_eq!(kind("demo --deny --captcha"), ErrorKind::ArgumentConflict);
    assert_eq!(kind("demo --captcha --expire"), ErrorKind::ArgumentConflict);
    assert_eq!(
        kind("approve URL --yes --deny"),
        ErrorKind::ArgumentConflict
    );
    assert_eq!(
        kind("gateway --accounts a --accounts-url https://a"),
        ErrorKind::ArgumentConflict
    );
    assert_eq!(
        kind("gateway --accounts a --accounts-secret-file b"),
        ErrorKind::ArgumentConflict
    );
    assert_eq!(kind("login --force"), ErrorKind::MissingRequiredArgument);
    assert_eq!(kind("approve"), ErrorKind::MissingRequiredArgument);
    assert_eq!(kind("approve URL --token x"), ErrorKind::UnknownArgument);
    assert_eq!(kind("login --token x"), ErrorKind::UnknownArgument);
}

#[test]
fn r56_sessions_meet_in_memory_or_in_a_redis() {
    let rendezvous = |place: &str| {
        let parsed = parse(&format!("gateway {place}"));
        parsed.map(|command| match command {
            Command::Gateway(args) => args.settings.rendezvous,
            other => panic!("{other:?}"),
        })
    };
    let memory = [rendezvous(""), rendezvous("--rendezvous memory")];
    assert!(matches!(memory, [Ok(None), Ok(Some(Rendezvous::Memory))]));
    assert!(matches!(
        rendezvous("--rendezvous redis"),
        Ok(Some(Rendezvous::RedisOfVariable))
    ));
    match rendezvous("--rendezvous redis://me:canary@h:7000/2").unwrap() {
        Some(Rendezvous::Redis(redis)) => {
            assert_eq!(redis.to_string(), "redis://h:7000");
            assert!(!format!("{redis:?}").contains("canary"));
        }
        other => panic!("{other:?}"),
    }
    for (bad, why) in [
        ("disk", "expected `memory`, `redis`"),
        ("Memory", "expected `memory`, `redis`"),
        ("rediss://h", "TLS to Redis"),
        ("http://h", "expected redis://"),
        ("redis://h/x", "the database has to be"),
    ] {
        let error = rendezvous(&format!("--rendezvous {bad}")).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn the_demo_ends_as_asked() {
    let ending = |line: &str| match parse(line).unwrap() {
        Command::Demo(args) => args.ending(),
        other => panic!("{other:?}"),
    };
    assert_eq!(ending("demo"), Ending::Approved);
    assert_eq!(ending("demo --deny --json"), Ending::Declined);
    assert_eq!(ending("demo --captcha"), Ending::Captcha);
    assert_eq!(ending("demo --expire"), Ending::Expired);
}
