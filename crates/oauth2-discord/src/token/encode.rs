//! Writes a token: the only place where its secrets become text again.

use serde::Serialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::{Token, Webhook};
use crate::{Snowflake, wiped::WipedBytes};

#[derive(Serialize)]
struct Members<'a> {
    token_type: &'static str,
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<WebhookMembers<'a>>,
}

#[derive(Serialize)]
struct WebhookMembers<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<u64>,
    id: Snowflake,
    name: Option<&'a str>,
    avatar: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_id: Option<Snowflake>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Snowflake>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_id: Option<Snowflake>,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

pub(super) fn token(token: &Token) -> Zeroizing<String> {
    let members = Members {
        token_type: "Bearer",
        access_token: token.access_token.expose(),
        scope: token.scope.as_ref().map(ToString::to_string),
        expires_in: token.expires_in,
        refresh_token: token.refresh_token.as_ref().map(|token| token.expose()),
        id_token: token.id_token.as_ref().map(|token| token.expose()),
        guild: token
            .guild
            .as_ref()
            .and_then(|guild| serde_json::from_str(guild.json()).ok()),
        webhook: token.webhook.as_deref().map(WebhookMembers::of),
    };
    let mut json = WipedBytes::default();
    let _ = serde_json::to_writer(&mut json, &members); // the writer takes everything
    json.into_text()
}

impl<'a> WebhookMembers<'a> {
    fn of(webhook: &'a Webhook) -> Self {
        Self {
            kind: webhook.kind,
            id: webhook.id,
            name: webhook.name.as_deref(),
            avatar: webhook.avatar.as_deref(),
            channel_id: webhook.channel_id,
            guild_id: webhook.guild_id,
            application_id: webhook.application_id,
            token: webhook.token.expose(),
            url: webhook.url.as_ref().map(|url| url.expose()),
        }
    }
}
