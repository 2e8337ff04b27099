//! `@me`, userinfo, keys and the application.

use oauth2_discord::AccessToken;
use oauth2_discord::api::{CurrentApplication, Keys, Me, UserInfo};
use oauth2_discord::error::{Advice, advice};
use oauth2_discord::id_token::{Verdict, Verifier};
use ra_testkit::discord::recorded;

use super::*;

#[tokio::test]
async fn o148_me_tells_what_a_token_is_good_for() {
    let world = World::open();
    let token = world.log_in(application(), &[Scope::Identify]).await;
    let me = world.call(&Me::new(token.access_token)).await.unwrap();
    assert_eq!(me.application.id, application().id());
    assert_eq!(me.user.unwrap().id, Snowflake::new(852_892_297_661_906_993));
    let token = world.log_in(application(), &[Scope::WebhookIncoming]).await;
    let me = world.call(&Me::new(token.access_token)).await.unwrap();
    assert_eq!(me.user, None);
}

#[tokio::test]
async fn o150_o151_s34_userinfo_is_about_the_subject_of_the_id_token() {
    let world = World::open();
    let scopes = [Scope::Identify, Scope::Email, Scope::Openid];
    let nonce = oauth2_discord::Nonce::new(discord::NONCE);
    let started = asking(application().id(), &scopes)
        .nonce(nonce)
        .start_code(&world.urls, entropy())
        .unwrap();
    let location = world.agree(&started.url).await;
    let accepted = started.pending.accept(location.expose()).unwrap();
    let nonce = accepted.nonce().cloned();
    let exchange = accepted.exchange(application()).unwrap();
    let token = world.call(&exchange).await.unwrap();

    let mut verifier = Verifier::new(application().id(), world.urls.issuer.clone());
    let verdict = verifier.verify(now(), &token, nonce.as_ref()).unwrap();
    assert_eq!(verdict, Verdict::FetchKeys);
    let keys = world.call(&Keys::new()).await.unwrap(); // O-149
    verifier.keys_arrived(now(), &keys);
    let Verdict::Valid(claims) = verifier.verify(now(), &token, nonce.as_ref()).unwrap() else {
        panic!("the recorded ID token is genuine")
    };
    let info = world
        .call(&UserInfo::new(token.access_token))
        .await
        .unwrap();
    assert!(info.is_about(&claims.sub));
    assert_eq!(info.email.as_deref(), Some("dolfies@amazing.email"));
}

#[tokio::test]
async fn s31_s32_s33_recorded_id_tokens_that_are_not_genuine_are_refused() {
    let world = World::open();
    let keys = world.call(&Keys::new()).await.unwrap();
    let nonce = oauth2_discord::Nonce::new(discord::NONCE);
    for (name, why) in [
        ("expired", "expired"),
        ("other_key", "signature"),
        ("other_audience", "aud"),
        ("unsigned", "RS256"),
        ("other_token", "at_hash"),
        ("unknown_key", "key"),
    ] {
        let mut token = Token::new(AccessToken::new(discord::OPENID_ACCESS_TOKEN));
        token.id_token = Some(oauth2_discord::RawIdToken::new(recorded::bad_id_token(
            name,
        )));
        let mut verifier = Verifier::new(application().id(), "https://discord.com");
        let first = verifier.verify(now(), &token, Some(&nonce));
        verifier.keys_arrived(now(), &keys);
        let error = match first {
            Ok(Verdict::FetchKeys) => verifier.verify(now(), &token, Some(&nonce)).unwrap_err(),
            first => first.unwrap_err(),
        };
        assert!(error.to_string().contains(why), "{name}: {error}");
    }
}

#[tokio::test]
async fn p09_s39_bad_tokens_and_missing_scopes_are_told_apart() {
    let world = World::open();
    let unknown = AccessToken::new("unknown");
    let error = world.call(&Me::new(unknown.clone())).await.unwrap_err();
    assert_eq!(error.code(), Some(50_025));
    assert_eq!(advice(&error, Me::REPEAT), Advice::StartOver);
    let error = world.call(&UserInfo::new(unknown)).await.unwrap_err();
    assert_eq!(error.code(), Some(50_025));
    let token = world.log_in(application(), &[Scope::Identify]).await;
    let error = world
        .call(&UserInfo::new(token.access_token))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(50_026));
    assert_eq!(advice(&error, UserInfo::REPEAT), Advice::Configuration);
}

#[tokio::test]
async fn p04_the_bot_asks_for_its_application() {
    let world = World::open();
    let found = world.call(&CurrentApplication::new(bot())).await.unwrap();
    assert_eq!(found.id, application().id());
    let wrong = CurrentApplication::new(BotToken::new("wrong"));
    let error = world.call(&wrong).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
}
