//! Authorization code with PKCE, by public and confidential clients.

use oauth2_discord::api::UserInfo;
use oauth2_discord::callback::CallbackError;
use oauth2_discord::error::{Advice, ErrorCode, advice, code};
use oauth2_discord::grant::ExchangeCode;
use oauth2_discord::{Client, ClientSecret, CodeVerifier, ConfidentialClient, PublicClient, Scope};
use ra_testkit::oidc_provider::{Browser, PERSON};

use super::{World, basic_client, begin, form_client, public_client};

const SCOPES: [Scope; 3] = [Scope::Openid, Scope::Identify, Scope::Email];

#[tokio::test]
async fn s01_o096_o113_every_kind_of_client_logs_a_person_in() {
    let Some(world) = World::open() else { return };
    let clients: [Client; 3] = [
        public_client().into(),
        form_client().into(),
        basic_client().into(), // every encoding changes this secret
    ];
    for client in clients {
        let token = world.log_in(client.clone(), &SCOPES).await;
        assert!(token.refresh_token.is_some() && token.id_token.is_some());
        assert_eq!(token.expires_in, Some(600));
        assert_eq!(
            token.scope.clone().unwrap().to_string(),
            "openid identify email"
        );

        let ask = UserInfo::new(token.access_token).at(world.urls.userinfo.clone());
        let claims = world.call(&ask).await.unwrap();
        assert!(claims.is_about(PERSON));
        assert_eq!(claims.email.as_deref(), Some("nelly@example.org"));
        assert_eq!(claims.email_verified, Some(true));
        assert_eq!(claims.preferred_username.as_deref(), Some("nelly"));
    }
}

#[tokio::test]
async fn s16_another_verifier_gets_no_token() {
    let Some(world) = World::open() else { return };
    let started = begin(&world.urls, public_client().id(), &SCOPES);
    let callback = Browser::default().agree(started.url.as_str());
    let other = CodeVerifier::from_entropy(&[7; 32]);
    let accepted = started
        .pending
        .with_verifier(other)
        .accept(&callback)
        .unwrap();
    let exchange = accepted.exchange(public_client()).unwrap();
    let error = world
        .call(&exchange.at(world.urls.token.clone()))
        .await
        .unwrap_err();
    assert_eq!(code(&error), Some(ErrorCode::InvalidGrant));
    assert_eq!(advice(&error, ExchangeCode::REPEAT), Advice::StartOver);
}

#[tokio::test]
async fn s38_a_code_works_once_and_its_replay_kills_the_token() {
    let Some(world) = World::open() else { return };
    let started = begin(&world.urls, public_client().id(), &SCOPES);
    let callback = Browser::default().agree(started.url.as_str());
    let exchange = started.pending.accept(&callback).unwrap();
    let exchange = exchange.exchange(public_client()).unwrap();
    let exchange = exchange.at(world.urls.token.clone());
    let token = world.call(&exchange).await.unwrap();

    let error = world.call(&exchange).await.unwrap_err();
    assert_eq!(code(&error), Some(ErrorCode::InvalidGrant));
    assert_eq!(advice(&error, ExchangeCode::REPEAT), Advice::StartOver);
    // RFC 6749, section 4.1.2: the tokens of the code are revoked
    let ask = UserInfo::new(token.access_token).at(world.urls.userinfo.clone());
    let error = world.call(&ask).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
    assert_eq!(advice(&error, UserInfo::REPEAT), Advice::StartOver);
}

#[tokio::test]
async fn o088_s25_redirects_of_other_flows_and_issuers_are_refused() {
    let Some(world) = World::open() else { return };
    let mut browser = Browser::default();
    let first = begin(&world.urls, public_client().id(), &SCOPES);
    let second = begin(&world.urls, public_client().id(), &SCOPES);
    let callback = browser.agree(first.url.as_str());
    assert_eq!(second.pending.belongs(&callback), Err(CallbackError::State));
    assert_eq!(second.pending.accept(&callback), Err(CallbackError::State));

    // the flow was started with another issuer
    let elsewhere = first.pending.with_issuer("https://discord.com");
    assert_eq!(elsewhere.belongs(&callback), Err(CallbackError::Issuer));
    let here = elsewhere
        .with_issuer(world.provider.issuer())
        .with_issuer_required()
        .with_exact_redirect();
    assert!(here.accept(&callback).is_ok());
}

#[tokio::test]
async fn o093_a_person_who_refuses_is_not_an_error_of_ours() {
    let Some(world) = World::open() else { return };
    let started = begin(&world.urls, public_client().id(), &SCOPES);
    let callback = Browser::default().refuse(started.url.as_str());
    let error = started.pending.accept(&callback).unwrap_err();
    assert!(matches!(error, CallbackError::Refused(_)), "{error:?}");
    assert_eq!(error.advice(), Advice::PersonSaidNo);
}

#[tokio::test]
async fn s02_wrong_credentials_are_a_matter_of_configuration() {
    let Some(world) = World::open() else { return };
    let wrong = |client: ConfidentialClient| {
        ConfidentialClient::new(client.id(), ClientSecret::new("wrong")).with_auth(client.auth())
    };
    let clients: [Client; 3] = [
        wrong(form_client()).into(),
        wrong(basic_client()).into(),
        // without the registered secret
        PublicClient::new(form_client().id()).into(),
    ];
    for client in clients {
        let started = begin(&world.urls, client.id(), &SCOPES);
        let callback = Browser::default().agree(started.url.as_str());
        let exchange = started.pending.accept(&callback).unwrap();
        let exchange = exchange.exchange(client.clone()).unwrap();
        let error = world
            .call(&exchange.at(world.urls.token.clone()))
            .await
            .unwrap_err();
        assert_eq!(code(&error), Some(ErrorCode::InvalidClient), "{client:?}");
        assert_eq!(advice(&error, ExchangeCode::REPEAT), Advice::Configuration);
    }
}
