//! A person's authorizations, and the page that grants them.

use oauth2_discord::Permissions;
use oauth2_discord::api::{
    DeleteToken, DmSettings, ListApplicationTokens, ListTokens, LocationContext, Preview,
    PreviewAuthorization, ReadToken,
};
use oauth2_discord::authorize::IntegrationType;

use super::*;

const GRANTED: Snowflake = Snowflake::new(1_217_542_918_912_516_107);

#[tokio::test]
async fn o147_o152_n11_n12_n13_authorizations_are_listed_and_read() {
    let world = World::open();
    let all = world.call(&ListTokens::new(user())).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].id, GRANTED);
    assert_eq!(all[0].disclosures, [1, 2]);
    let ids = [application().id(), public().id()];
    let some = ListTokens::new(user()).application_ids(ids);
    assert_eq!(world.call(&some).await.unwrap().len(), 2);
    let query = world.discord.heard().last().unwrap().query.clone();
    assert_eq!(query.matches("application_ids=").count(), 2);

    let of = ListApplicationTokens::new(user(), application().id());
    assert_eq!(world.call(&of).await.unwrap()[0].id, GRANTED);
    let one = world.call(&ReadToken::new(user(), GRANTED)).await.unwrap();
    assert_eq!(one.application.id, application().id());
    let none = ReadToken::new(user(), Snowflake::new(1));
    let error = world.call(&none).await.unwrap_err();
    assert_eq!(error.code(), Some(10_012));
}

#[tokio::test]
async fn o153_an_authorization_is_taken_back() {
    let world = World::open();
    world
        .call(&DeleteToken::new(user(), GRANTED))
        .await
        .unwrap();
    let none = DeleteToken::new(user(), Snowflake::new(1));
    let error = world.call(&none).await.unwrap_err();
    assert_eq!(error.code(), Some(10_012));
    let stranger = DeleteToken::new(UserToken::new("stranger"), GRANTED);
    let error = world.call(&stranger).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
}

#[tokio::test]
async fn o154_o156_o157_the_page_is_previewed() {
    let world = World::open();
    let url = world.begin(application().id(), &[Scope::Identify, Scope::Bot]);
    let preview = PreviewAuthorization::new(user(), url.url);
    let Preview::Shown(shown) = world.call(&preview).await.unwrap() else {
        panic!("logged in")
    };
    assert!(!shown.authorized);
    assert_eq!(shown.redirect_uri.as_deref(), Some(discord::REDIRECT_URI));
    let guild = &shown.guilds.unwrap()[0];
    assert_eq!(guild.name, "Discord API");
    assert_eq!(
        guild.permissions,
        Permissions::from_bits(1_095_530_297_282_240)
    );
}

#[tokio::test]
async fn o155_s28_the_way_to_the_page_is_told_and_not_gone() {
    let world = World::open();
    let url = world.begin(application().id(), &[Scope::Identify]).url;
    let preview = PreviewAuthorization::new(UserToken::new("stranger"), url);
    assert_eq!(world.call(&preview).await.unwrap(), Preview::NotLoggedIn);
    assert_eq!(world.discord.heard().len(), 1);
}

#[tokio::test]
async fn o158_o159_o160_o161_all_that_a_decision_may_say_is_understood() {
    let world = World::open();
    let grant = |scopes: &[Scope]| {
        let url = world.begin(application().id(), scopes).url;
        GrantAuthorization::new(user(), url).approve()
    };
    let mut context = LocationContext::default();
    context.guild_id = Some(Snowflake::new(1));
    context.channel_id = Some(Snowflake::new(2));
    context.channel_type = Some(0);
    let scopes = [Scope::Identify, Scope::Bot, Scope::WebhookIncoming];
    let into_guild = grant(&scopes)
        .permissions(Permissions::from_bits(1 << 60))
        .guild_id(81_384_788_765_712_384)
        .webhook_channel_id(345_626_669_224_982_402)
        .location_context(context);
    let location = world.call(&into_guild).await.unwrap();
    assert!(location.expose().contains("code="));

    let mut settings = DmSettings::default();
    settings.allow_mobile_push = Some(true);
    let for_user = grant(&[Scope::Identify, Scope::ApplicationsCommands])
        .integration_type(IntegrationType::UserInstall)
        .dm_settings(settings);
    world.call(&for_user).await.unwrap();
}

#[tokio::test]
async fn o163_without_a_redirect_uri_the_person_stays_at_discord() {
    let world = World::open();
    let url = Authorization::new(application().id())
        .scopes([Scope::Bot])
        .link(&world.urls)
        .unwrap();
    let location = world.agree(&url).await;
    assert_eq!(location.expose(), "https://discord.com");
}
