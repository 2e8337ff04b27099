//! Refresh with rotation, revocation, and the application's own token.

use oauth2_discord::api::UserInfo;
use oauth2_discord::error::{Advice, ErrorCode, advice, code};
use oauth2_discord::grant::{ClientCredentials, Refresh, Revoke};
use oauth2_discord::keeper::{Change, Keeper, MemoryStore, Want};
use oauth2_discord::{AccessToken, Client, RefreshToken, Scope, UnixTime};

use super::{World, basic_client, form_client, now, public_client};

const SCOPES: [Scope; 2] = [Scope::Openid, Scope::Identify];

#[tokio::test]
async fn s13_o106_a_refresh_token_is_replaced_and_the_old_one_is_dead() {
    let Some(world) = World::open() else { return };
    let clients: [Client; 3] = [
        public_client().into(),
        form_client().into(),
        basic_client().into(),
    ];
    for client in clients {
        let first = world.log_in(client.clone(), &SCOPES).await;
        let old = first.refresh_token.unwrap();
        let refresh = Refresh::new(client, old.clone()).at(world.urls.token.clone());
        let reply = world.call(&refresh).await.unwrap();
        assert_ne!(reply.access_token, first.access_token);
        let new = reply.refresh_token.clone().unwrap();
        assert_ne!(new, old);
        assert_eq!(refresh.clone().successor(reply).refresh_token, Some(new));

        let error = world.call(&refresh).await.unwrap_err();
        assert_eq!(code(&error), Some(ErrorCode::InvalidGrant));
        assert_eq!(advice(&error, Refresh::REPEAT), Advice::StartOver);
    }
}

#[tokio::test]
async fn s13_s42_the_keeper_follows_the_rotation() {
    let Some(world) = World::open() else { return };
    let token = world.log_in(public_client(), &SCOPES).await;
    let store = Box::new(MemoryStore::default());
    let mut keeper = Keeper::open(public_client(), store)
        .unwrap()
        .at(world.urls.token.clone());
    let mut time = now();
    keeper.adopt(time, token).unwrap();
    let mut last: Option<AccessToken> = None;
    for _ in 0..3 {
        let Want::Ready(access) = keeper.want(time).unwrap() else {
            panic!("a token is there")
        };
        assert_ne!(Some(&access), last.as_ref());
        let ask = UserInfo::new(access.clone()).at(world.urls.userinfo.clone());
        world.call(&ask).await.unwrap();
        last = Some(access);

        time = UnixTime::from_secs(time.as_secs() + 3600);
        let Want::Refresh(call) = keeper.want(time).unwrap() else {
            panic!("it has expired")
        };
        let reply = world.call(&call.refresh).await;
        assert!(matches!(
            keeper.reply(time, call.id, reply),
            Ok(Change::Refreshed)
        ));
    }

    let revoke = keeper.revocation().unwrap();
    world
        .call(&revoke.at(world.urls.revoke.clone()))
        .await
        .unwrap();
    let Want::Refresh(call) = keeper
        .want(UnixTime::from_secs(time.as_secs() + 3600))
        .unwrap()
    else {
        panic!("it has expired")
    };
    let reply = world.call(&call.refresh).await;
    assert!(matches!(
        keeper.reply(time, call.id, reply),
        Ok(Change::Dropped)
    ));
    assert!(matches!(keeper.want(time), Ok(Want::Authorize)));
}

#[tokio::test]
async fn o164_o165_a_revoked_token_is_dead() {
    let Some(world) = World::open() else { return };
    let clients: [Client; 3] = [
        public_client().into(),
        form_client().into(),
        basic_client().into(),
    ];
    for client in clients {
        let token = world.log_in(client.clone(), &SCOPES).await;
        let ask = UserInfo::new(token.access_token.clone()).at(world.urls.userinfo.clone());
        world.call(&ask).await.unwrap();
        let revoke = Revoke::refresh(client.clone(), token.refresh_token.clone().unwrap());
        let revoke = revoke.at(world.urls.revoke.clone());
        world.call(&revoke).await.unwrap();

        let error = world.call(&ask).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 401);
        assert_eq!(code(&error), Some(ErrorCode::InvalidToken));
        let refresh = Refresh::new(client, token.refresh_token.unwrap());
        let refresh = refresh.at(world.urls.token.clone());
        let error = world.call(&refresh).await.unwrap_err();
        assert_eq!(advice(&error, Refresh::REPEAT), Advice::StartOver);
        world.call(&revoke).await.unwrap(); // a second revocation does no harm
    }
}

#[tokio::test]
async fn s15_revoking_an_unknown_token_succeeds() {
    let Some(world) = World::open() else { return };
    for revoke in [
        Revoke::access(form_client(), AccessToken::new("nobody-issued-this")),
        Revoke::refresh(public_client(), RefreshToken::new("nor-this")),
    ] {
        let revoke = revoke.at(world.urls.revoke.clone());
        assert!(world.call(&revoke).await.is_ok());
    }
}

#[tokio::test]
async fn s01_o109_client_credentials_by_form_and_by_basic() {
    let Some(world) = World::open() else { return };
    for client in [form_client(), basic_client()] {
        let ask = ClientCredentials::new(client, [Scope::Identify])
            .unwrap()
            .at(world.urls.token.clone());
        let token = world.call(&ask).await.unwrap();
        assert_eq!(token.scope.unwrap().to_string(), "identify");
        assert_eq!((token.refresh_token, token.id_token), (None, None));
    }
    let ask = ClientCredentials::new(form_client(), [Scope::Guilds])
        .unwrap()
        .at(world.urls.token.clone());
    let error = world.call(&ask).await.unwrap_err();
    assert_eq!(code(&error), Some(ErrorCode::InvalidScope));
    assert_eq!(
        advice(&error, ClientCredentials::REPEAT),
        Advice::Configuration
    );
}
