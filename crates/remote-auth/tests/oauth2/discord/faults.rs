//! Faults that every endpoint has to survive.

use oauth2_discord::api::{DeleteToken, Keys, ListTokens, Me, UserInfo};
use oauth2_discord::error::{Advice, Repeat, advice};
use oauth2_discord::grant::{ClientCredentials, Refresh, Revoke, StartDevice};
use oauth2_discord::partner::{BotProvisionalToken, BotUnmerge};
use oauth2_discord::{AccessToken, RefreshToken};
use ra_http::HttpErrorKind;
use ra_testkit::discord::{Answer, recorded};

use super::*;

/// Gives the same answer to each of these endpoints.
async fn each(answer: Answer) -> Vec<(&'static str, HttpError)> {
    let world = World::open();
    let access = || AccessToken::new(discord::OPENID_ACCESS_TOKEN);
    let mut errors = Vec::new();
    macro_rules! ask {
        ($($path:literal $endpoint:expr;)+) => {$(
            world.discord.answer($path, [answer.clone()]);
            let before = world.discord.calls($path);
            if let Err(error) = world.call(&$endpoint).await {
                shows_no_secret(&error);
                errors.push(($path, error));
            }
            assert_eq!(world.discord.calls($path), before + 1, "asked once");
        )+};
    }
    let id = Snowflake::new(1_217_542_918_912_516_107);
    ask! {
        "/oauth2/token" ClientCredentials::new(application(), Scope::Identify).unwrap();
        "/oauth2/token/revoke" Revoke::refresh(public(), RefreshToken::new("unknown"));
        "/oauth2/device/authorize" StartDevice::new(application());
        "/oauth2/@me" Me::new(access());
        "/oauth2/userinfo" UserInfo::new(access());
        "/oauth2/keys" Keys::new();
        "/oauth2/tokens" ListTokens::new(user());
        "/oauth2/tokens/1217542918912516107" DeleteToken::new(user(), id);
        "/partner-sdk/token/bot" BotProvisionalToken::new(bot(), "1");
        "/partner-sdk/provisional-accounts/unmerge/bot" BotUnmerge::new(bot(), "1");
    }
    errors
}

#[tokio::test]
async fn s28_no_endpoint_follows_a_redirect() {
    let elsewhere = Discord::start();
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/oauth2/keys", elsewhere.base());
        let errors = each(Answer::redirect(status, &to)).await;
        assert_eq!(errors.len(), 10, "{status}");
        for (path, error) in errors {
            assert_eq!(error.kind(), HttpErrorKind::Redirect, "{path} {status}");
        }
    }
    assert!(elsewhere.heard().is_empty());
}

#[tokio::test]
async fn s36_oversized_and_cut_answers_are_no_answers() {
    let errors = each(Answer::oversized()).await;
    assert_eq!(errors.len(), 10);
    for answer in [recorded::token().cut(), recorded::keys().cut()] {
        let errors = each(answer).await;
        assert_eq!(errors.len(), 10);
        for (path, error) in errors {
            assert_eq!(error.kind(), HttpErrorKind::Transport, "{path}");
        }
    }
}

#[tokio::test]
async fn s15_s36_pages_with_200_are_read_by_nobody_but_those_who_read_nothing() {
    let errors = each(recorded::html_with_200()).await;
    let refused: Vec<&str> = errors.iter().map(|(path, _)| *path).collect();
    assert_eq!(refused.len(), 7, "{refused:?}");
    for (_, error) in &errors {
        assert_eq!(error.kind(), HttpErrorKind::BadBody);
    }
    assert!(!refused.contains(&"/oauth2/token/revoke"));
}

#[tokio::test]
async fn s37_s38_limits_and_failures_say_when_to_come_back() {
    for (answer, wait) in [
        (recorded::rate_limited(), 2),
        (recorded::rate_limited_html(), 1),
        (recorded::unavailable(), 5),
        (recorded::bad_gateway_html(), 5),
    ] {
        let errors = each(answer).await;
        assert_eq!(errors.len(), 10);
        for (path, error) in errors {
            let after = Duration::from_secs(wait);
            assert_eq!(
                advice(&error, Repeat::Safe),
                Advice::AskAgain { after },
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn s38_after_a_failure_a_refresh_token_may_be_spent() {
    let world = World::open();
    for answer in [
        recorded::unavailable(),
        recorded::token_refreshed().cut(),
        recorded::html_with_200(),
    ] {
        let token = world.log_in(application(), &[Scope::Identify]).await;
        let refresh = Refresh::new(application(), token.refresh_token.unwrap());
        world.discord.answer("/oauth2/token", [answer]);
        let error = world.call(&refresh).await.unwrap_err();
        assert_eq!(advice(&error, Refresh::REPEAT), Advice::OutcomeUnknown);
        // the server had done it
        let error = world.call(&refresh).await.unwrap_err();
        assert_eq!(advice(&error, Refresh::REPEAT), Advice::StartOver);
    }
}

#[tokio::test]
async fn s36_a_page_in_front_of_the_service_is_no_word_of_the_service() {
    for (path, error) in each(recorded::forbidden_html()).await {
        assert_eq!((error.code(), error.oauth_error()), (None, None), "{path}");
        assert_eq!(error.status().unwrap().as_u16(), 403);
    }
}

#[tokio::test]
async fn s36_silence_ends_with_the_carriers_patience() {
    let world = World::open();
    world.discord.answer("/oauth2/keys", [Answer::silence()]);
    let impatient = world
        .carrier
        .clone()
        .with_timeout(Duration::from_millis(200));
    let error = impatient
        .call(&Keys::new(), world.base())
        .await
        .unwrap_err();
    let kind = error.transport().unwrap().kind();
    assert_eq!(kind, ra_http::TransportErrorKind::Timeout);
}
