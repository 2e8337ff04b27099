//! `POST /oauth2/authorize` (document: *Create OAuth2 authorization*, O-158 to O-163).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};
use serde::Serialize;

use super::post_as_user;
use super::preview_authorization::path;
use crate::authorize::{AuthorizeUrl, IntegrationType};
use crate::error::Repeat;
use crate::json::{JsonObject, members};
use crate::json::{object, required};
use crate::setters::optional_setters;
use crate::wire::read_reply;
use crate::{Permissions, RedirectLocation, Scope, ScopeSet, Snowflake, UserToken};

/// Sends a person's decision about an [`AuthorizeUrl`] to the service. Without [`approve`](Self::approve) it is a
/// refusal.
///
/// May fire *Guild Integrations Update*, *Integration Create*, *User Application Update* and *User Connections Update*
/// (O-184).
#[derive(Debug, Clone)]
pub struct GrantAuthorization {
    token: UserToken,
    url: AuthorizeUrl,
    authorize: Option<bool>,
    integration_type: Option<IntegrationType>,
    permissions: Option<Permissions>,
    guild_id: Option<Snowflake>,
    webhook_channel_id: Option<Snowflake>,
    dm_settings: Option<DmSettings>,
    location_context: Option<LocationContext>,
}

/// Settings for direct messages of an application (O-160).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct DmSettings {
    /// Whether its messages cause push notifications; no if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_mobile_push: Option<bool>,
}

/// The place in the app where the person decided (O-161), for the service's statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct LocationContext {
    /// The guild.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guild_id: Option<Snowflake>,
    /// The channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<Snowflake>,
    /// The channel's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_type: Option<u64>,
}

impl GrantAuthorization {
    /// For [`advice`](crate::error::advice): the reply holds a code, and a webhook or a bot may have been added.
    pub const REPEAT: Repeat = Repeat::SingleUse;

    /// A decision for the user of this session, not made yet.
    #[must_use]
    pub const fn new(token: UserToken, url: AuthorizeUrl) -> Self {
        Self {
            token,
            url,
            authorize: None,
            integration_type: None,
            permissions: None,
            guild_id: None,
            webhook_channel_id: None,
            dm_settings: None,
            location_context: None,
        }
    }

    /// The person saw the request and approved it.
    #[must_use]
    pub fn approve(mut self) -> Self {
        self.authorize = Some(true);
        self
    }

    /// The person declined.
    #[must_use]
    pub fn decline(mut self) -> Self {
        self.authorize = Some(false);
        self
    }

    /// The member that does not fit the scopes or the integration type. Without `scope` in the URL the application's
    /// own settings count, which are unknown here.
    fn misplaced(&self) -> Option<&'static str> {
        let mut parameters = self.url.parameters();
        let text = parameters.find(|(name, _)| *name == "scope");
        let scopes: Option<ScopeSet> = text.and_then(|(_, text)| text.parse().ok());
        let has = |scope: &Scope| scopes.as_ref().is_none_or(|scopes| scopes.contains(scope));
        let to_user = self.integration_type == Some(IntegrationType::UserInstall);
        let commands = has(&Scope::ApplicationsCommands);
        let in_guild = has(&Scope::Bot) || commands || has(&Scope::WebhookIncoming);
        [
            (
                "permissions",
                self.permissions.is_some() && !has(&Scope::Bot),
            ),
            (
                "guild_id",
                self.guild_id.is_some() && (to_user || !in_guild),
            ),
            (
                "webhook_channel_id",
                self.webhook_channel_id.is_some() && !has(&Scope::WebhookIncoming),
            ),
            (
                "dm_settings",
                self.dm_settings.is_some() && !(to_user && commands),
            ),
        ]
        .into_iter()
        .find_map(|(field, wrong)| wrong.then_some(field))
    }
}

optional_setters! {
    GrantAuthorization;
    /// The place to install the application; a guild if unset.
    integration_type: IntegrationType;
    /// The bot's permissions in the guild; needs `bot`. Without permissions it gets no role (O-162).
    permissions: Permissions;
    /// The guild for the application or webhook; needs `bot`, `applications.commands` or `webhook.incoming`, and no
    /// `USER_INSTALL`.
    guild_id: impl Into<Snowflake>;
    /// The channel for the webhook; needs `webhook.incoming`.
    webhook_channel_id: impl Into<Snowflake>;
    /// Settings for direct messages; need `applications.commands` and `USER_INSTALL`.
    dm_settings: DmSettings;
    /// The place in the app where the person decided.
    location_context: LocationContext;
}

impl Endpoint for GrantAuthorization {
    type Reply = RedirectLocation;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        if let Some(field) = self.misplaced() {
            return Err(HttpError::bad_request(field));
        }
        let kind = self.integration_type.map(IntegrationType::as_u8);
        let body = JsonObject::new()
            .push_some("authorize", self.authorize.as_ref())
            .push_some("integration_type", kind.as_ref())
            .push_some("permissions", self.permissions.as_ref())
            .push_some("guild_id", self.guild_id.as_ref())
            .push_some("webhook_channel_id", self.webhook_channel_id.as_ref())
            .push_some("dm_settings", self.dm_settings.as_ref())
            .push_some("location_context", self.location_context.as_ref())
            .into_body();
        post_as_user(base, &path(&self.url, None), &self.token, body)
    }

    /// Returns the URL to send the person to: with a code, a token or an error, or `https://discord.com` without a
    /// redirect URI (O-163). [`callback`](crate::callback) reads it.
    fn from_http(&self, response: Response<Body>) -> Result<RedirectLocation, HttpError> {
        read_reply(response, |json| {
            let members: Members<'_> = object(json)?;
            required(members.url, "url")
        })
    }
}

members! { Members: url }
