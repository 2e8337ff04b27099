//! Codes, refresh tokens, client credentials, revocation.

use oauth2_discord::callback::CallbackError;
use oauth2_discord::error::{self, Advice, ErrorCode, advice};
use oauth2_discord::grant::{ClientCredentials, ExchangeCode, Refresh, Revoke};
use oauth2_discord::{AuthorizationCode, CodeVerifier, RefreshToken};

use super::*;

fn code_of(location: &RedirectLocation) -> String {
    let (_, rest) = location.expose().split_once("code=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}

#[tokio::test]
async fn o095_o122_s01_s18_every_kind_of_client_exchanges_a_code_with_its_verifier() {
    let world = World::open();
    let clients: [Client; 3] = [
        application().into(),
        odd_application().into(),
        public().into(),
    ];
    for client in clients {
        let token = world.log_in(client, &[Scope::Identify]).await;
        assert_eq!(token.scope.unwrap().to_string(), "identify");
        assert_eq!(token.expires_in, Some(604_800));
        assert!(token.refresh_token.is_some());
    }
    let exchanges = world.discord.heard();
    let bodies: Vec<&str> = exchanges
        .iter()
        .filter(|heard| heard.path.ends_with("/oauth2/token"))
        .map(|heard| heard.body.as_str())
        .collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| body.contains("code_verifier=")));
}

#[tokio::test]
async fn s08_a_code_works_once() {
    let world = World::open();
    let started = world.begin(application().id(), &[Scope::Identify]);
    let code = code_of(&world.agree(&started.url).await);
    let verifier = CodeVerifier::new(started.pending.verifier().unwrap().expose()).unwrap();
    let exchange = ExchangeCode::new(application(), AuthorizationCode::new(code), verifier)
        .redirect_uri(RedirectUri::new(discord::REDIRECT_URI).unwrap());
    world.call(&exchange).await.unwrap();
    let error = world.call(&exchange).await.unwrap_err();
    assert_eq!(error::code(&error), Some(ErrorCode::InvalidGrant));
    assert_eq!(advice(&error, ExchangeCode::REPEAT), Advice::StartOver);
    shows_no_secret(&error);
}

#[tokio::test]
async fn o100_s18_what_does_not_belong_together_is_refused() {
    let world = World::open();
    let uri = || RedirectUri::new(discord::REDIRECT_URI).unwrap();
    let fresh = || CodeVerifier::from_entropy(&[7; 32]);
    let mut errors = Vec::new();
    for wrong in ["verifier", "redirect", "none", "client"] {
        let started = world.begin(application().id(), &[Scope::Identify]);
        let code = AuthorizationCode::new(code_of(&world.agree(&started.url).await));
        let right = CodeVerifier::new(started.pending.verifier().unwrap().expose()).unwrap();
        let exchange = match wrong {
            "verifier" => ExchangeCode::new(application(), code, fresh()).redirect_uri(uri()),
            "redirect" => ExchangeCode::new(application(), code, right),
            "none" => ExchangeCode::without_pkce(application(), code).redirect_uri(uri()),
            _ => ExchangeCode::new(public(), code, right).redirect_uri(uri()),
        };
        let error = world.call(&exchange).await.unwrap_err();
        shows_no_secret(&error);
        errors.push(error::code(&error).unwrap());
    }
    use ErrorCode::{InvalidGrant, InvalidRequest};
    assert_eq!(
        errors,
        [InvalidGrant, InvalidRequest, InvalidRequest, InvalidGrant]
    );
}

#[tokio::test]
async fn o163_s06_the_redirect_of_the_service_is_read() {
    let world = World::open();
    // RFC 6749 and 9207: the state and the issuer come back
    let started = world.begin(application().id(), &[Scope::Identify]);
    let location = world.agree(&started.url).await;
    let other = world.begin(application().id(), &[Scope::Identify]);
    assert_eq!(
        other.pending.accept(location.expose()).unwrap_err(),
        CallbackError::State
    );
    let started = world.begin(application().id(), &[Scope::Identify]);
    let no = GrantAuthorization::new(user(), started.url.clone()).decline();
    let location = world.call(&no).await.unwrap();
    let error = started.pending.accept(location.expose()).unwrap_err();
    assert_eq!(error.advice(), Advice::PersonSaidNo);
}

#[tokio::test]
async fn o090_o091_the_implicit_flow_brings_a_token_in_the_fragment() {
    let world = World::open();
    let started = asking(application().id(), &[Scope::Identify])
        .start_implicit(&world.urls, entropy())
        .unwrap();
    let location = world.agree(&started.url).await;
    assert!(location.expose().contains("#access_token="));
    let token: Token = started.pending.accept(location.expose()).unwrap().into();
    assert!(token.refresh_token.is_none());
    assert_eq!(token.expires_in, Some(604_800));
}

#[tokio::test]
async fn o142_o143_o144_guild_and_webhook_come_with_the_token() {
    let world = World::open();
    let token = world
        .log_in(
            application(),
            &[Scope::Identify, Scope::Bot, Scope::ApplicationsCommands],
        )
        .await;
    let guild = token.guild.unwrap();
    assert_eq!(guild.id(), Snowflake::new(81_384_788_765_712_384));
    assert!(guild.json().contains("1095530297282240"));

    let token = world.log_in(application(), &[Scope::WebhookIncoming]).await;
    let webhook = token.webhook.unwrap();
    assert_eq!(webhook.id, Snowflake::new(347_114_750_880_120_863));
    assert!(webhook.token.expose().starts_with("kKDdjXa1g9tKNs0-"));
    assert!(!format!("{webhook:?}").contains("kKDdjXa1g9tKNs0-"));
}

#[tokio::test]
async fn o098_p06_s14_refresh_tokens_rotate_and_a_dead_one_is_the_end() {
    let world = World::open();
    for client in [Client::from(application()), Client::from(public())] {
        let token = world.log_in(client.clone(), &[Scope::Identify]).await;
        let old = token.refresh_token.unwrap();
        let refresh = Refresh::new(client.clone(), old.clone());
        let reply = world.call(&refresh).await.unwrap();
        let kept = refresh.clone().successor(reply);
        assert_ne!(kept.refresh_token.as_ref(), Some(&old));
        let error = world.call(&refresh).await.unwrap_err();
        assert_eq!(advice(&error, Refresh::REPEAT), Advice::StartOver);
        shows_no_secret(&error);
        let again = Refresh::new(client, kept.refresh_token.unwrap());
        world
            .call(&again.narrow([Scope::Identify])) // P-14
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn o105_s02_client_credentials_go_either_way() {
    let world = World::open();
    for client in [application(), odd_application()] {
        let endpoint = ClientCredentials::new(client, [Scope::Identify, Scope::Connections]);
        let token = world.call(&endpoint.unwrap()).await.unwrap();
        assert!(token.refresh_token.is_none());
        assert_eq!(token.scope.unwrap().to_string(), "identify connections");
    }
    let wrong = ConfidentialClient::new(application().id(), ClientSecret::new("other"));
    let endpoint = ClientCredentials::new(wrong, Scope::Identify).unwrap();
    let error = world.call(&endpoint).await.unwrap_err();
    assert_eq!(error::code(&error), Some(ErrorCode::InvalidClient));
    assert_eq!(
        advice(&error, ClientCredentials::REPEAT),
        Advice::Configuration
    );
}

#[tokio::test]
async fn o164_o167_s15_revoking_one_token_revokes_all() {
    let world = World::open();
    let token = world.log_in(application(), &[Scope::Identify]).await;
    let refresh = Refresh::new(application(), token.refresh_token.clone().unwrap());
    world
        .call(&Revoke::access(application(), token.access_token))
        .await
        .unwrap();
    let error = world.call(&refresh).await.unwrap_err();
    assert_eq!(error::code(&error), Some(ErrorCode::InvalidGrant));
    // an unknown token counts as revoked
    let unknown = RefreshToken::new("unknown");
    world
        .call(&Revoke::refresh(odd_application(), unknown.clone()))
        .await
        .unwrap();
    world
        .call(&Revoke::refresh(public(), unknown))
        .await
        .unwrap();
}
