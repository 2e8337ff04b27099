//! Provisional accounts.

use oauth2_discord::error::{Advice, advice};
use oauth2_discord::grant::{ExchangeCode, Refresh};
use oauth2_discord::partner::{
    BotProvisionalToken, BotUnmerge, ChildToken, MergedAccount, PartnerCode, ProvisionalToken,
    Unmerge, code,
};
use oauth2_discord::{AccessToken, ExternalAuth, ExternalAuthToken, ExternalAuthType};

use super::*;

fn vouched(token: &str) -> ExternalAuth {
    ExternalAuth::new(ExternalAuthType::Oidc, ExternalAuthToken::new(token))
}

#[tokio::test]
async fn o168_o170_o173_n05_a_new_person_gets_a_provisional_account() {
    let world = World::open();
    for kind in [
        "OIDC",
        "EPIC_ONLINE_SERVICES_ACCESS_TOKEN",
        "EPIC_ONLINE_SERVICES_ID_TOKEN",
        "STEAM_SESSION_TICKET",
        "UNITY_SERVICES_ID_TOKEN",
        "DISCORD_BOT_ISSUED_ACCESS_TOKEN",
        "APPLE_ID_TOKEN",
        "PLAYSTATION_NETWORK_ID_TOKEN",
    ] {
        let token = ExternalAuthToken::new(discord::EXTERNAL_TOKEN);
        let auth = ExternalAuth::new(kind.into(), token);
        for client in [Client::from(application()), Client::from(public())] {
            let call = ProvisionalToken::new(client, auth.clone());
            let token = world.call(&call).await.unwrap();
            assert!(token.id_token.is_some(), "{kind}");
        }
    }
    // JSON carries the secret unchanged, also with Basic
    let odd = ProvisionalToken::new(odd_application(), vouched(discord::EXTERNAL_TOKEN));
    world.call(&odd).await.unwrap();
}

#[tokio::test]
async fn o172_p07_every_refusal_is_told_apart() {
    let world = World::open();
    for expected in PartnerCode::KNOWN {
        let token = format!("external.{}", expected.as_u64());
        let call = ProvisionalToken::new(application(), vouched(&token));
        let error = world.call(&call).await.unwrap_err();
        assert_eq!(code(&error), Some(*expected));
        assert_eq!(advice(&error, ProvisionalToken::REPEAT), expected.advice());
        assert_eq!(
            MergedAccount::of(&error).is_some(),
            *expected == PartnerCode::NotProvisional
        );
        shows_no_secret(&error);
    }
    let wrong = ConfidentialClient::new(application().id(), ClientSecret::new("other"));
    let call = ProvisionalToken::new(wrong, vouched(discord::EXTERNAL_TOKEN));
    let error = world.call(&call).await.unwrap_err();
    assert_eq!(code(&error), Some(PartnerCode::InvalidClientSecret));
}

#[tokio::test]
async fn o172_o176_n09_a_merged_account_tells_whose_it_is() {
    let world = World::open();
    let call = ProvisionalToken::new(application(), vouched("external.530010"));
    let error = world.call(&call).await.unwrap_err();
    let merged = MergedAccount::of(&error).unwrap();
    assert_eq!(merged.user_id, Snowflake::new(1_001_086_404_203_389_018));
    assert_eq!(
        merged.provider_id.as_deref(),
        Some("https://auth.example.com")
    );
    for user in ["merged", "merged.null"] {
        let call = BotProvisionalToken::new(bot(), user);
        let error = world.call(&call).await.unwrap_err();
        let merged = MergedAccount::of(&error).unwrap();
        assert_eq!(merged.user_id, Snowflake::new(142_007_603_549_962_240));
        assert_eq!(merged.provider_type, "DISCORD_BOT");
        assert_eq!(merged.provider_id, None);
    }
}

#[tokio::test]
async fn o174_o175_the_bot_vouches_itself() {
    let world = World::open();
    let call = BotProvisionalToken::new(bot(), "123456789").preferred_global_name("Zoë 🎮");
    let token = world.call(&call).await.unwrap();
    assert!(token.refresh_token.is_none());
    let heard = world.discord.heard().pop().unwrap();
    let body: serde_json::Value = serde_json::from_str(&heard.body).unwrap();
    assert_eq!(body["preferred_global_name"], "Zoë 🎮");
    let stranger = BotProvisionalToken::new(BotToken::new("stranger"), "1");
    let error = world.call(&stranger).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
}

#[tokio::test]
async fn o177_o178_n10_parting_an_account_ends_its_tokens() {
    let world = World::open();
    for by_bot in [false, true] {
        let call = ProvisionalToken::new(application(), vouched(discord::EXTERNAL_TOKEN));
        let token = world.call(&call).await.unwrap();
        match by_bot {
            true => world.call(&BotUnmerge::new(bot(), "merged")).await.unwrap(),
            false => {
                let call = Unmerge::new(application(), vouched(discord::EXTERNAL_TOKEN));
                world.call(&call).await.unwrap();
            }
        }
        let refresh = Refresh::new(application(), token.refresh_token.unwrap());
        let error = world.call(&refresh).await.unwrap_err();
        assert_eq!(advice(&error, Refresh::REPEAT), Advice::StartOver);
    }
    let call = Unmerge::new(application(), vouched("external.530001"));
    let error = world.call(&call).await.unwrap_err();
    assert_eq!(code(&error), Some(PartnerCode::TokenExpired));
}

#[tokio::test]
async fn n08_a_publishers_token_becomes_a_games() {
    let world = World::open();
    let parent = AccessToken::new(discord::OPENID_ACCESS_TOKEN);
    let call = ChildToken::new(application(), public().id(), parent);
    let token = world.call(&call).await.unwrap();
    assert!(token.refresh_token.is_none());
    let unknown = AccessToken::new("unknown");
    let call = ChildToken::new(application(), public().id(), unknown);
    let error = world.call(&call).await.unwrap_err();
    assert_eq!(error.code(), Some(50_025));
}

#[tokio::test]
async fn o104_a_provisional_account_is_merged_by_a_login() {
    let world = World::open();
    for (token, expected) in [
        (discord::EXTERNAL_TOKEN, None),
        ("external.530023", Some(PartnerCode::TooManyIdentities)),
    ] {
        let started = world.begin(application().id(), &[Scope::Identify]);
        let location = world.agree(&started.url).await;
        let accepted = started.pending.accept(location.expose()).unwrap();
        let exchange = accepted.exchange(application()).unwrap();
        let reply = world.call(&exchange.external_auth(vouched(token))).await;
        let error = reply.err();
        assert_eq!(error.as_ref().and_then(code), expected);
        if let Some(error) = error {
            assert_eq!(advice(&error, ExchangeCode::REPEAT), Advice::Configuration);
        }
    }
}
