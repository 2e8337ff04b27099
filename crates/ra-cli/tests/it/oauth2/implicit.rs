//! `ra oauth2 implicit`.

use serde_json::json;

use super::{fails, object, run, text, words};
use crate::support::Ended;

const STATE: &str = "15773059ghq9183habn";

fn implicit(callback: &str) -> Ended {
    run(&["implicit", "--state", STATE, "--callback", callback])
}

#[test]
fn o090_o091_the_token_stands_in_the_fragment() {
    let callback = format!(
        "https://nicememe.website/#token_type=Bearer&access_token=canary-access&expires_in=604800&\
            scope=identify+guilds&state={STATE}&refresh_token=canary-refresh"
    );
    let expected = json!({"token_type": "Bearer", "access_token": "canary-access",
        "expires_in": 604_800, "scope": "identify guilds"});
    assert_eq!(object(&implicit(&callback)), expected);

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token.json");
    let ended = run(&words(&format!(
        "implicit --state {STATE} --callback {callback} --json --token-file {}",
        text(&file)
    )));
    assert_eq!(object(&ended), expected);
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(
        kept.contains("canary-access") && kept.contains("expires_at"),
        "{kept}"
    );
}

#[test]
fn s06_s09_s10_s25_fragments_that_are_not_taken() {
    let state = format!("state={STATE}");
    for (after, code, message) in [
        (
            format!("?access_token=canary&token_type=Bearer&{state}"),
            6,
            "the redirect has its token in the query",
        ),
        (format!("?{state}"), 6, "the redirect has no fragment"),
        (
            "#access_token=canary&token_type=Bearer&state=canary".into(),
            6,
            "the redirect does not carry the state of this flow",
        ),
        (
            "#access_token=canary&token_type=Bearer".into(),
            6,
            "the redirect does not carry the state of this flow",
        ),
        (
            format!("#access_token=canary&{state}"),
            6,
            "the redirect has no token_type",
        ),
        (
            format!("#access_token=canary&token_type=mac&{state}"),
            6,
            "the redirect is malformed at token_type",
        ),
        (
            format!("#access_token=canary%0A&token_type=Bearer&{state}"),
            6,
            "the redirect is malformed at access_token",
        ),
        (
            format!("#access_token=canary&token_type=Bearer&{state}&iss=https://canary.example"),
            6,
            "the redirect comes from another issuer",
        ),
        (
            format!("#error=temporarily_unavailable&{state}"),
            6,
            "the authorization was refused: temporarily_unavailable",
        ),
    ] {
        let ended = implicit(&format!("https://nicememe.website/{after}"));
        assert_eq!(fails(&ended, code), message, "{after}");
    }
    let ended = implicit(&format!(
        "https://nicememe.website/#error=access_denied&{state}"
    ));
    assert_eq!((ended.code, ended.stderr.as_str()), (3, "Declined.\n"));
    let ended = run(&["implicit", "--state", "", "--callback", "canary"]);
    assert_eq!(fails(&ended, 2), "--state: it is empty");
}
