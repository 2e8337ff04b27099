//! Content of the authorization page (O-156, O-157).

use serde_json::value::RawValue;

use super::{Application, User, partial};
use crate::authorize::IntegrationType;
use crate::json::{array, members, object, optional, required};
use crate::{Permissions, Snowflake, TokenError};

/// The question to a user, and the application that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizationPreview {
    /// The application that asks.
    pub application: Application,
    /// The user.
    pub user: User,
    /// Whether the user agreed to these scopes before.
    pub authorized: bool,
    /// Place of installation; `None` if unknown to this version.
    pub integration_type: Option<IntegrationType>,
    /// The redirect URI, if there is a response type.
    pub redirect_uri: Option<String>,
    /// The bot to add, if `bot` is among the scopes.
    pub bot: Option<User>,
    /// The user's guilds; only with `GUILD_INSTALL` and `bot` or `applications.commands`.
    pub guilds: Option<Vec<OAuth2Guild>>,
}

/// A guild that the application can be added to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuth2Guild {
    /// The guild's id.
    pub id: Snowflake,
    /// The guild's name, 2 to 100 characters.
    pub name: String,
    /// The hash of its icon.
    pub icon: Option<String>,
    /// 1 if administrative actions need MFA (O-185).
    pub mfa_level: u64,
    /// The user's permissions there.
    pub permissions: Permissions,
}

members! { Members: application, user, authorized, integration_type, redirect_uri, bot, guilds }

members! { GuildMembers: id, name, icon, mfa_level, permissions }

impl AuthorizationPreview {
    /// A preview of a `GUILD_INSTALL`, for a user who has not agreed yet.
    #[must_use]
    pub const fn new(application: Application, user: User) -> Self {
        Self {
            application,
            user,
            authorized: false,
            integration_type: Some(IntegrationType::GuildInstall),
            redirect_uri: None,
            bot: None,
            guilds: None,
        }
    }

    /// Reads the endpoint's JSON.
    ///
    /// # Errors
    /// Names the member that is missing or malformed; `None` if this is not a JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        let user = members.user.ok_or(TokenError::at("user"))?;
        let guilds = members
            .guilds
            .map(|raw| array(raw.get().as_bytes(), Some("guilds")));
        Ok(Self {
            application: partial::application(members.application)?,
            user: partial::user(user, "user")?,
            authorized: required(members.authorized, "authorized")?,
            integration_type: match optional::<u64>(members.integration_type, "integration_type")? {
                Some(0) | None => Some(IntegrationType::GuildInstall),
                Some(1) => Some(IntegrationType::UserInstall),
                Some(_) => None,
            },
            redirect_uri: optional(members.redirect_uri, "redirect_uri")?,
            bot: members
                .bot
                .map(|raw| partial::user(raw, "bot"))
                .transpose()?,
            guilds: guilds
                .transpose()?
                .map(|list| list.into_iter().map(OAuth2Guild::read).collect())
                .transpose()?,
        })
    }
}

impl OAuth2Guild {
    /// A guild without icon, MFA and permissions.
    #[must_use]
    pub fn new(id: Snowflake, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            icon: None,
            mfa_level: 0,
            permissions: Permissions::NONE,
        }
    }

    fn read(raw: &RawValue) -> Result<Self, TokenError> {
        let members: GuildMembers<'_> =
            object(raw.get().as_bytes()).map_err(|_| TokenError::at("guilds"))?;
        Ok(Self {
            id: required(members.id, "guilds.id")?,
            name: required(members.name, "guilds.name")?,
            icon: optional(members.icon, "guilds.icon")?,
            mfa_level: optional(members.mfa_level, "guilds.mfa_level")?.unwrap_or_default(),
            permissions: required(members.permissions, "guilds.permissions")?,
        })
    }
}
