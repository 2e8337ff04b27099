use clap::{CommandFactory as _, Parser as _};

use crate::cli::{Cli, Command};
use crate::commands::oauth2::{Oauth2Args, Oauth2Command};

fn parse(line: &str) -> Result<Oauth2Args, clap::Error> {
    let cli = Cli::try_parse_from(format!("ra oauth2 {line}").split_whitespace())?;
    match cli.command {
        Command::Oauth2(args) => Ok(*args),
        other => panic!("{other:?}"),
    }
}

#[test]
fn options_are_those_of_the_contract_and_no_others() {
    let options = |name: &str| {
        let mut command = Cli::command();
        let mut oauth2 = command.find_subcommand_mut("oauth2").unwrap();
        if !name.is_empty() {
            oauth2 = oauth2.find_subcommand_mut(name).unwrap();
        }
        let arguments = oauth2.get_arguments();
        let mut names: Vec<_> = arguments
            .map(|argument| argument.get_id().as_str())
            .collect();
        names.sort_unstable();
        names.join(" ")
    };
    for (name, expected) in [
        (
            "",
            "authorize_url base ca_file device_url issuer json keys_url proxy revoke_url timeout \
                token_url userinfo_url",
        ),
        (
            "authorize-url",
            "channel_id client_id disable_guild_select guild_id integration_type no_pkce nonce \
                permissions prompt redirect_uri response_type scope state",
        ),
        (
            "login",
            "basic client_id client_secret_file force no_browser path port scope token_file",
        ),
        (
            "exchange",
            "basic callback client_id client_secret_file code_verifier_file force redirect_uri state token_file",
        ),
        ("implicit", "callback force state token_file"),
        (
            "refresh",
            "basic client_id client_secret_file scope token_file",
        ),
        (
            "client-credentials",
            "basic client_id client_secret_file force scope token_file",
        ),
        ("revoke", "basic client_id client_secret_file token_file"),
    ] {
        assert_eq!(options(name), expected, "{name}");
    }
}

#[test]
fn what_goes_for_all_can_stand_anywhere() {
    for line in [
        "--json --timeout 9 --base b --issuer i implicit --callback c --state s",
        "implicit --json --callback c --timeout 9 --state s --issuer i --base b",
    ] {
        let args = parse(line).unwrap();
        assert_eq!((args.json, args.timeout), (true, Some(9)), "{line}");
        assert_eq!(args.urls.base.as_deref(), Some("b"));
        assert_eq!(args.urls.issuer.as_deref(), Some("i"));
    }
    assert!(parse("--timeout 0 implicit --callback c --state s").is_err());
}

#[test]
fn s41_redirects_states_and_nonces_are_not_shown() {
    for line in [
        "implicit --callback canary --state canary",
        "exchange --client-id 1 --callback canary --state -canary",
        "authorize-url --client-id 1 --state canary --nonce -canary",
    ] {
        let args = parse(line).unwrap();
        assert!(!format!("{args:?}").contains("canary"), "{args:?}");
    }
}

#[test]
fn scopes_can_be_given_more_than_once() {
    match parse("login --client-id 1 --scope a --scope b")
        .unwrap()
        .command
    {
        Oauth2Command::Login(args) => {
            assert_eq!(args.scopes.scope, ["a", "b"]);
            assert_eq!((args.port, args.path.as_str()), (None, "/callback"));
        }
        other => panic!("{other:?}"),
    }
}
