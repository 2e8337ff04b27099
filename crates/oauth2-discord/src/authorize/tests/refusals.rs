//! What the document forbids makes no URL. Each condition has its allowed neighbour beside it.

use super::*;

#[test]
fn o061_o181_a_response_type_is_required_beyond_the_basic_scopes() {
    for fine in [
        "bot",
        "applications.commands",
        "bot applications.commands",
        "",
    ] {
        assert!(link(asking(fine)).is_ok(), "{fine}");
    }
    for beyond in [
        "identify",
        "bot identify",
        "bot applications.commands next.year",
    ] {
        assert_eq!(
            link(asking(beyond)),
            Err(AuthorizeError::ResponseTypeRequired),
            "{beyond}"
        );
        assert!(code(asking(beyond)).is_ok());
    }
}

#[test]
fn o017_client_credentials_scopes_are_not_authorized_on_a_page() {
    let wrong = Err(AuthorizeError::OtherGrant(
        Scope::ApplicationsCommandsUpdate,
    ));
    assert_eq!(code(asking("applications.commands.update")), wrong);
    assert_eq!(
        implicit(asking("identify applications.commands.update")),
        wrong
    );
}

#[test]
fn o041_o053_code_grant_scopes_are_refused_with_the_implicit_grant() {
    for (text, scope) in [
        ("webhook.incoming", Scope::WebhookIncoming),
        ("role_connections.write", Scope::RoleConnectionsWrite),
    ] {
        assert_eq!(
            implicit(asking(text)),
            Err(AuthorizeError::OtherGrant(scope))
        );
        assert!(code(asking(text)).is_ok());
    }
}

#[test]
fn o067_a_nonce_without_openid_or_code_is_refused() {
    let nonce = || Nonce::new("n");
    let wrong = Err(AuthorizeError::NonceWithoutOpenid);
    assert_eq!(code(asking("identify").nonce(nonce())), wrong);
    assert_eq!(code(asking("identify").fresh_nonce()), wrong);
    assert_eq!(implicit(asking("openid").nonce(nonce())), wrong);
    assert_eq!(link(asking("bot").nonce(nonce())), wrong);
    assert!(code(asking("openid").nonce(nonce())).is_ok());
}

#[test]
fn o068_a_verifier_without_a_code_is_refused() {
    let verifier = || CodeVerifier::from_entropy(&[1; 32]);
    let wrong = Err(AuthorizeError::VerifierWithoutCode);
    assert_eq!(
        implicit(asking("identify").code_verifier(verifier())),
        wrong
    );
    assert_eq!(link(asking("bot").code_verifier(verifier())), wrong);
}

#[test]
fn o070_user_install_needs_commands() {
    let user = |scopes| asking(scopes).integration_type(IntegrationType::UserInstall);
    for without in ["bot", "identify"] {
        assert_eq!(
            code(user(without)),
            Err(AuthorizeError::UserInstallWithoutCommands)
        );
        assert!(
            code(asking(without).integration_type(IntegrationType::GuildInstall)).is_ok(),
            "what absence means"
        );
    }
    assert!(code(user("identify applications.commands")).is_ok());
    assert!(
        link(user("")).is_ok(),
        "scopes of the application's configuration"
    );
}

#[test]
fn o071_permissions_need_a_bot() {
    let one = Permissions::from_bits(1);
    for without in ["applications.commands", "identify", "webhook.incoming", ""] {
        assert_eq!(
            code(asking(without).permissions(one)),
            Err(AuthorizeError::PermissionsWithoutBot),
            "{without}"
        );
    }
    assert!(code(asking("identify bot").permissions(one)).is_ok());
}

#[test]
fn o072_o074_a_guild_needs_a_scope_of_guilds_and_guild_install() {
    let guild = Err(AuthorizeError::GuildNotApplicable("guild_id"));
    let select = Err(AuthorizeError::GuildNotApplicable("disable_guild_select"));
    for without in ["identify", "guilds", ""] {
        assert_eq!(code(asking(without).guild_id(1)), guild, "{without}");
        assert_eq!(
            code(asking(without).disable_guild_select(false)),
            select,
            "{without}"
        );
    }
    for with in ["bot", "applications.commands", "webhook.incoming"] {
        assert!(
            code(asking(with).guild_id(1).disable_guild_select(true)).is_ok(),
            "{with}"
        );
    }
    let user = || asking("applications.commands").integration_type(IntegrationType::UserInstall);
    assert_eq!(code(user().guild_id(1)), guild);
    assert_eq!(code(user().disable_guild_select(true)), select);
}

#[test]
fn o073_a_channel_needs_a_webhook() {
    assert_eq!(
        code(asking("bot identify").channel_id(1)),
        Err(AuthorizeError::ChannelWithoutWebhook)
    );
    assert!(code(asking("webhook.incoming").channel_id(1)).is_ok());
}

#[test]
fn o120_s20_a_scheme_of_ones_own_needs_pkce() {
    let app =
        || asking("identify").redirect_uri(RedirectUri::new("com.example.app:/callback").unwrap());
    assert!(has(
        &code(app()).unwrap(),
        "redirect_uri=com.example.app%3A%2Fcallback"
    ));
    assert_eq!(
        code(app().without_pkce()),
        Err(AuthorizeError::CustomSchemeWithoutPkce)
    );
    assert_eq!(
        implicit(app()),
        Err(AuthorizeError::CustomSchemeWithoutPkce)
    );
}

#[test]
fn s03_an_empty_state_or_nonce_is_refused() {
    assert_eq!(
        code(asking("identify").state(State::new(""))),
        Err(AuthorizeError::Empty("state"))
    );
    assert_eq!(
        code(asking("openid").nonce(Nonce::new(""))),
        Err(AuthorizeError::Empty("nonce"))
    );
}

#[test]
fn every_refusal_names_its_parameter_in_one_line() {
    for (error, field) in [
        (AuthorizeError::ResponseTypeRequired, "response_type"),
        (AuthorizeError::OtherGrant(Scope::Bot), "scope"),
        (AuthorizeError::NonceWithoutOpenid, "nonce"),
        (AuthorizeError::VerifierWithoutCode, "code_challenge"),
        (
            AuthorizeError::UserInstallWithoutCommands,
            "integration_type",
        ),
        (AuthorizeError::PermissionsWithoutBot, "permissions"),
        (AuthorizeError::GuildNotApplicable("guild_id"), "guild_id"),
        (AuthorizeError::ChannelWithoutWebhook, "channel_id"),
        (AuthorizeError::CustomSchemeWithoutPkce, "redirect_uri"),
        (AuthorizeError::Empty("state"), "state"),
    ] {
        assert_eq!(error.field(), field);
        let shown = error.to_string();
        assert!(
            !shown.is_empty() && !shown.ends_with('.') && !shown.contains('\n'),
            "{shown}"
        );
    }
}
