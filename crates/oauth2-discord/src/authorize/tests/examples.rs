//! The document's own URLs.

use super::*;

fn state() -> State {
    State::new("15773059ghq9183habn")
}

fn nicememe() -> RedirectUri {
    RedirectUri::new("https://nicememe.website").unwrap()
}

#[test]
fn o079_the_code_example() {
    let url = code(
        asking("identify guilds.join")
            .state(state())
            .redirect_uri(nicememe())
            .prompt(Prompt::Consent)
            .integration_type(IntegrationType::GuildInstall)
            .without_pkce(),
    )
    .unwrap();
    let documented = "https://discord.com/oauth2/authorize?response_type=code&client_id=157730590492196864&\
        scope=identify%20guilds.join&state=15773059ghq9183habn&\
        redirect_uri=https%3A%2F%2Fnicememe.website&prompt=consent&integration_type=0";
    assert_eq!(pairs(&url), pairs(documented));
}

#[test]
fn o080_the_implicit_example() {
    let authorization = Authorization::new(Snowflake::new(290_926_444_748_734_499))
        .scope(Scope::Identify)
        .state(state());
    let documented = "https://discord.com/oauth2/authorize?response_type=token&client_id=290926444748734499&\
        scope=identify&state=15773059ghq9183habn";
    assert_eq!(pairs(&implicit(authorization).unwrap()), pairs(documented));
}

#[test]
fn o081_the_pkce_example() {
    let verifier = CodeVerifier::new("Qs-0Scio0ScPJDYOFy1NYsOAsj6Rb6cP-Y12N9pbwV0").unwrap();
    let url = code(
        Authorization::new(Snowflake::new(290_926_444_748_734_499))
            .scope(Scope::Identify)
            .code_verifier(verifier)
            .state(state()),
    )
    .unwrap();
    let documented = "https://discord.com/oauth2/authorize?response_type=code&client_id=290926444748734499&\
        scope=identify&code_challenge=CNPVOxIUDw5vcUaWT3Gn8fjrEeZs-kMEqpk2eNzqsmQ&\
        code_challenge_method=S256&state=15773059ghq9183habn";
    assert_eq!(pairs(&url), pairs(documented));
}

#[test]
fn o082_o179_the_bot_example() {
    let url = link(asking("bot").permissions(Permissions::from_bits(1))).unwrap();
    let documented =
        "https://discord.com/oauth2/authorize?client_id=157730590492196864&scope=bot&permissions=1";
    assert_eq!(pairs(&url), pairs(documented));
}

#[test]
fn o083_the_webhook_example() {
    let url = code(
        asking("webhook.incoming")
            .state(state())
            .redirect_uri(nicememe())
            .without_pkce(),
    )
    .unwrap();
    let documented = "https://discord.com/oauth2/authorize?response_type=code&client_id=157730590492196864&\
        scope=webhook.incoming&state=15773059ghq9183habn&\
        redirect_uri=https%3A%2F%2Fnicememe.website";
    assert_eq!(pairs(&url), pairs(documented));
}
