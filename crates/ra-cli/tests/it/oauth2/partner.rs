//! Provisional accounts.

use ra_testkit::discord::{self, Discord, recorded};
use serde_json::{Value, json};

use super::recorded::{CLIENT, fails, ra, run, shows_no_secret, tells_no_secret};
use super::{object, text, words};
use crate::support::Ra;

const VOUCHED: [&str; 4] = ["--client-id", CLIENT, "--external-auth-type", "OIDC"];

fn vouched<'a>(name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&[name], &VOUCHED[..], more].concat()
}

/// With this token of the provider.
fn with_external(discord: &Discord, args: &[&str], token: &str) -> crate::support::Ended {
    Ra::spawn(ra(discord, args).env("RA_EXTERNAL_TOKEN", token)).end()
}

#[test]
fn o168_o170_a_new_person_gets_a_token() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token.json");
    let discord = Discord::start();
    let args = vouched("provisional-token", &["--token-file", text(&path)]);
    let ended = run(&discord, &args);
    let token: Value = object(&ended);
    let expected: Value = serde_json::from_str(recorded::token_provisional().body()).unwrap();
    assert_eq!(token, expected);
    tells_no_secret(&ended);
    assert!(path.exists());
    let body: Value = serde_json::from_str(&discord.heard()[0].body).unwrap();
    assert_eq!(
        body,
        json!({"client_id": CLIENT, "client_secret": discord::CLIENT_SECRET,
            "external_auth_type": "OIDC", "external_auth_token": discord::EXTERNAL_TOKEN})
    );
}

#[test]
fn o169_a_public_client_vouches_without_a_secret() {
    let discord = Discord::start();
    let id = discord::PUBLIC_CLIENT_ID.to_string();
    let line =
        format!("provisional-token --client-id {id} --external-auth-type STEAM_SESSION_TICKET");
    let args = words(&line);
    let ended = Ra::spawn(ra(&discord, &args).env_remove("RA_CLIENT_SECRET")).end();
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn the_external_token_comes_from_a_file_or_a_variable() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("external");
    std::fs::write(&path, format!("{}\n", discord::EXTERNAL_TOKEN)).unwrap();
    let discord = Discord::start();
    let args = vouched("provisional-token", &["--external-token-file", text(&path)]);
    assert_eq!(with_external(&discord, &args, "external.530001").code, 0);
    let args = vouched("provisional-token", &[]);
    let mut command = ra(&discord, &args);
    command.env_remove("RA_EXTERNAL_TOKEN");
    command.env("RA_TOKEN", discord::EXTERNAL_TOKEN);
    assert_eq!(Ra::spawn(&mut command).end().code, 0);
    let heard = discord.heard().len();
    let ended = Ra::spawn(command.env_remove("RA_TOKEN")).end();
    assert!(super::fails(&ended, 2).contains("RA_EXTERNAL_TOKEN"));
    let none = directory.path().join("none");
    let args = vouched("provisional-token", &["--external-token-file", text(&none)]);
    super::fails(&run(&discord, &args), 8);
    assert_eq!(discord.heard().len(), heard);
}

#[test]
fn o172_a_merged_account_is_told_with_its_code_and_user() {
    let discord = Discord::start();
    let args = vouched("provisional-token", &[]);
    let ended = with_external(&discord, &args, "external.530010");
    let line = super::fails(&ended, 6);
    assert_eq!(
        line,
        "the service refused: the account is no longer provisional (530010); it was merged into user \
         1001086404203389018, who has to authorize, unless it is unmerged"
    );
    shows_no_secret(&ended);
    ended.never_says("123456789"); // the provider's id for the person
    let args = vouched("provisional-token", &["--json"]);
    let ended = with_external(&discord, &args, "external.530010");
    let events = ended.events();
    assert_eq!(
        events[0],
        json!({"event": "merged", "code": 530_010, "user_id": "1001086404203389018", "provider_type": "OIDC"})
    );
    assert_eq!(events[1]["kind"], "refused");
    assert_eq!((ended.code, events.len()), (6, 2));
}

#[test]
fn o172_s43_what_a_merged_account_says_is_not_repeated_but_for_what_is_known() {
    let discord = Discord::start();
    let args = vouched("provisional-token", &["--json"]);
    let merged = recorded::partner_530010;
    let path = "/partner-sdk/token";
    discord.answer(path, [merged().with("\"OIDC\"", r#""canary\u001b[2J""#)]);
    let ended = run(&discord, &args);
    assert_eq!(ended.events()[0]["provider_type"], Value::Null);
    ended.never_says("canary");
    // without the user it is the same refusal
    for wrong in ["\"canary\"", "null", "-1"] {
        discord.answer(path, [merged().with("\"1001086404203389018\"", wrong)]);
        let ended = run(&discord, &args);
        assert_eq!((ended.code, ended.events().len()), (6, 1), "{ended:?}");
        let message = ended.error()["message"].as_str().unwrap().to_owned();
        assert!(
            message.ends_with("is no longer provisional (530010)"),
            "{message}"
        );
        ended.never_says("canary");
    }
}

#[test]
fn o176_n09_a_bots_person_may_be_merged_too() {
    let discord = Discord::start();
    for user in ["merged", "merged.null"] {
        let args = [
            "provisional-token-bot",
            "--external-user-id",
            user,
            "--json",
        ];
        let ended = run(&discord, &args);
        let merged = &ended.events()[0];
        assert_eq!(merged["provider_type"], "DISCORD_BOT");
        assert_eq!(merged["user_id"], "142007603549962240");
        assert_eq!(ended.code, 6);
        shows_no_secret(&ended);
    }
}

#[test]
fn p07_every_code_is_told_by_its_number_and_in_our_words() {
    let discord = Discord::start();
    for code in oauth2_discord::partner::PartnerCode::KNOWN {
        let number = code.as_u64();
        for name in ["provisional-token", "unmerge"] {
            let token = format!("external.{number}");
            let ended = with_external(&discord, &vouched(name, &[]), &token);
            let line = super::fails(&ended, 6);
            assert!(line.contains(&format!("{code} ({number})")), "{line}");
            shows_no_secret(&ended);
        }
    }
    let ended = with_external(
        &discord,
        &vouched("unmerge", &["--json"]),
        "external.530006",
    );
    assert_eq!(ended.error()["retry"], "after:5");
    let mut command = ra(&discord, &vouched("provisional-token", &[]));
    let ended = Ra::spawn(command.env("RA_CLIENT_SECRET", "canary-wrong")).end();
    assert!(super::fails(&ended, 6).contains("530007"));
}

#[test]
fn o174_o175_the_bot_vouches_itself() {
    let discord = Discord::start();
    let args = [
        "provisional-token-bot",
        "--external-user-id",
        "player-1",
        "--preferred-global-name",
        "Zoë 🎮",
    ];
    let ended = run(&discord, &args);
    let expected: Value = serde_json::from_str(recorded::token_provisional_bot().body()).unwrap();
    assert_eq!(object(&ended), expected);
    let heard = discord.heard().remove(0);
    assert_eq!(
        heard.header("authorization").unwrap(),
        format!("Bot {}", discord::BOT_TOKEN)
    );
    let body: Value = serde_json::from_str(&heard.body).unwrap();
    assert_eq!(
        body,
        json!({"external_user_id": "player-1", "preferred_global_name": "Zoë 🎮"})
    );
    let ended = Ra::spawn(ra(&discord, &args).env_remove("RA_BOT_TOKEN")).end();
    assert!(super::fails(&ended, 2).contains("RA_BOT_TOKEN"));
    let mut command = ra(&discord, &args);
    let ended = Ra::spawn(command.env("RA_BOT_TOKEN", "canary")).end();
    super::fails(&ended, 6);
}

#[test]
fn s40_limits_are_counted_in_characters_before_anything_is_sent() {
    let discord = Discord::start();
    let (longest, longer) = ("é".repeat(1024), "é".repeat(1025));
    for name in ["provisional-token-bot", "unmerge-bot"] {
        let ended = run(&discord, &[name, "--external-user-id", &longest]);
        assert_eq!(ended.code, 0, "{ended:?}");
        for bad in ["", &longer] {
            let ended = run(&discord, &[name, "--external-user-id", bad]);
            let expected = "--external-user-id: expected 1 to 1024 characters";
            assert_eq!(super::fails(&ended, 2), expected);
        }
    }
    let long = "é".repeat(33);
    for bad in ["", &long] {
        let args = ["provisional-token-bot", "--external-user-id", "1"];
        let args = [&args[..], &["--preferred-global-name", bad]].concat();
        let ended = run(&discord, &args);
        assert!(super::fails(&ended, 2).starts_with("--preferred-global-name: "));
    }
    assert_eq!(discord.heard().len(), 2);
}

#[test]
fn o177_n10_accounts_are_parted() {
    let discord = Discord::start();
    let unmerge = vouched("unmerge", &[]);
    for args in [
        &unmerge[..],
        &["unmerge-bot", "--external-user-id", "merged"],
    ] {
        let ended = run(&discord, args);
        assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
        assert!(ended.stderr.starts_with("Unmerged."), "{ended:?}");
        let ended = run(&discord, &[args, &["--json"]].concat());
        assert_eq!(object(&ended), json!({"event": "unmerged"}));
        shows_no_secret(&ended);
    }
}

#[test]
fn s28_s36_s37_failures_on_the_way_are_told_as_everywhere() {
    use ra_testkit::discord::Answer;
    let elsewhere = Discord::start();
    let unmerge = vouched("unmerge", &[]);
    let token = vouched("provisional-token", &[]);
    let bot = ["provisional-token-bot", "--external-user-id", "1"];
    for (args, path) in [
        (&token[..], "/partner-sdk/token"),
        (&bot, "/partner-sdk/token/bot"),
        (&unmerge, "/partner-sdk/provisional-accounts/unmerge"),
    ] {
        for (answer, code) in [
            (Answer::redirect(307, &elsewhere.base()), 7),
            (recorded::rate_limited(), 7),
            (recorded::bad_gateway_html(), 7),
            (recorded::forbidden_html(), 7),
            (recorded::token().cut(), 7),
            (recorded::not_found(), 6),
            (recorded::unauthorized(), 6),
        ] {
            let discord = Discord::start();
            discord.answer(path, [answer.clone(), answer.clone()]);
            fails(&discord, args, code);
            assert_eq!(discord.heard().len(), 2, "{answer:?}");
        }
    }
    assert!(elsewhere.heard().is_empty());
}
