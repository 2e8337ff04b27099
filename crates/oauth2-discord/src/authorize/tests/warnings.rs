//! What is allowed and still worth a word.

use super::*;

fn at(uri: &str) -> Authorization {
    asking("identify").redirect_uri(RedirectUri::new(uri).unwrap())
}

#[test]
fn o078_prompt_none_has_no_effect_on_passthrough_scopes() {
    for (text, scope) in [
        ("bot", Scope::Bot),
        ("webhook.incoming", Scope::WebhookIncoming),
    ] {
        let warning = Warning::AlwaysAsks(scope);
        assert!(
            asking(text)
                .prompt(Prompt::None)
                .warnings()
                .contains(&warning)
        );
        assert!(
            !asking(text)
                .prompt(Prompt::Consent)
                .warnings()
                .contains(&warning)
        );
        assert!(
            code(asking(text).prompt(Prompt::None)).is_ok(),
            "a warning, no refusal"
        );
    }
    assert_eq!(asking("identify").prompt(Prompt::None).warnings(), []);
}

#[test]
fn s19_localhost_is_warned_about() {
    for localhost in ["http://localhost:8080/cb", "https://LOCALHOST/"] {
        assert_eq!(
            at(localhost).warnings(),
            [Warning::Localhost],
            "{localhost}"
        );
    }
    for fine in [
        "http://127.0.0.1:8080/cb",
        "http://[::1]:8080/cb",
        "https://nicememe.website",
    ] {
        assert_eq!(at(fine).warnings(), [], "{fine}");
    }
    assert_eq!(
        at("http://nicememe.website").warnings(),
        [Warning::PlaintextRedirect]
    );
}

#[test]
fn s20_a_scheme_without_a_period_is_warned_about() {
    assert_eq!(at("myapp://cb").warnings(), [Warning::SchemeWithoutPeriod]);
    assert_eq!(at("com.example.app:/callback").warnings(), []);
}

#[test]
fn o025_o026_o052_what_depends_on_identify_is_warned_about_alone() {
    for text in ["email", "gateway.connect", "voice"] {
        let warning = Warning::NeedsIdentify(text.parse().unwrap());
        assert!(asking(text).warnings().contains(&warning));
        assert!(
            !asking(text)
                .scope(Scope::Identify)
                .warnings()
                .contains(&warning)
        );
        assert!(
            !asking(text)
                .scope(Scope::SdkSocialLayer)
                .warnings()
                .contains(&warning),
            "the umbrella has it"
        );
    }
}

#[test]
fn o057_o058_bot_accounts_and_approval_are_warned_about() {
    assert_eq!(
        asking("guilds.join").warnings(),
        [Warning::NeedsBotAccount(Scope::GuildsJoin)]
    );
    assert_eq!(
        asking("presences.read").warnings(),
        [Warning::NeedsApproval(Scope::PresencesRead)]
    );
    assert!(
        asking("rpc.api")
            .warnings()
            .contains(&Warning::Deprecated(Scope::RpcApi))
    ); // O-044
}

#[test]
fn o088_switching_protection_off_is_warned_about() {
    assert_eq!(
        asking("identify").dangerous_without_state().warnings(),
        [Warning::NoState]
    );
    assert_eq!(
        asking("identify").without_pkce().warnings(),
        [Warning::NoPkce]
    );
}

#[test]
fn p13_role_connections_with_pkce_is_warned_about() {
    let asked = || asking("identify role_connections.write");
    assert_eq!(asked().warnings(), [Warning::RoleConnectionsWithPkce]);
    assert_eq!(asked().without_pkce().warnings(), [Warning::NoPkce]);
}

#[test]
fn every_warning_is_one_line() {
    for warning in [
        Warning::AlwaysAsks(Scope::Bot),
        Warning::Localhost,
        Warning::PlaintextRedirect,
        Warning::SchemeWithoutPeriod,
        Warning::NeedsIdentify(Scope::Email),
        Warning::NeedsApproval(Scope::Rpc),
        Warning::NeedsBotAccount(Scope::Bot),
        Warning::Deprecated(Scope::RpcApi),
        Warning::NoState,
        Warning::NoPkce,
        Warning::RoleConnectionsWithPkce,
    ] {
        let shown = warning.to_string();
        assert!(
            shown.len() > 10 && !shown.ends_with('.') && !shown.contains('\n'),
            "{shown}"
        );
    }
}
