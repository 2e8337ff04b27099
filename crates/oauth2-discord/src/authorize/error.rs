//! Requests that the builder refuses.

use core::{error::Error, fmt};

use crate::Scope;

/// Reason an [`Authorization`](super::Authorization) is refused: a bug in the caller's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizeError {
    /// A link without a response type may ask for `bot` and `applications.commands` only (O-061, O-181).
    ResponseTypeRequired,
    /// This scope belongs to another grant (footnotes 2, 4 and 8).
    OtherGrant(Scope),
    /// A nonce is for code grants with `openid` (O-067).
    NonceWithoutOpenid,
    /// A code verifier is for code grants.
    VerifierWithoutCode,
    /// `USER_INSTALL` needs `applications.commands` (O-070).
    UserInstallWithoutCommands,
    /// Permissions are for `bot` (O-071).
    PermissionsWithoutBot,
    /// `guild_id` and `disable_guild_select` are for `bot`, `applications.commands` and `webhook.incoming`, and for
    /// `GUILD_INSTALL` (O-072, O-074). The field names it.
    GuildNotApplicable(&'static str),
    /// `channel_id` is for `webhook.incoming` (O-073).
    ChannelWithoutWebhook,
    /// A redirect to a private-use scheme needs PKCE (O-120, S-20).
    CustomSchemeWithoutPkce,
    /// A given state or nonce must not be empty (S-03). The field names it.
    Empty(&'static str),
}

impl AuthorizeError {
    /// The parameter at fault.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::ResponseTypeRequired => "response_type",
            Self::OtherGrant(_) => "scope",
            Self::NonceWithoutOpenid => "nonce",
            Self::VerifierWithoutCode => "code_challenge",
            Self::UserInstallWithoutCommands => "integration_type",
            Self::PermissionsWithoutBot => "permissions",
            Self::ChannelWithoutWebhook => "channel_id",
            Self::CustomSchemeWithoutPkce => "redirect_uri",
            Self::GuildNotApplicable(field) | Self::Empty(field) => field,
        }
    }
}

impl fmt::Display for AuthorizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResponseTypeRequired => f.write_str(
                "response_type is required with scopes other than bot and applications.commands",
            ),
            Self::OtherGrant(scope) => {
                write!(f, "the scope {scope} needs another grant")
            }
            Self::NonceWithoutOpenid => {
                f.write_str("nonce needs the code grant and the scope openid")
            }
            Self::VerifierWithoutCode => f.write_str("a code verifier needs the code grant"),
            Self::UserInstallWithoutCommands => {
                f.write_str("integration_type 1 needs the scope applications.commands")
            }
            Self::PermissionsWithoutBot => f.write_str("permissions need the scope bot"),
            Self::GuildNotApplicable(field) => write!(
                f,
                "{field} needs the scope bot, applications.commands or webhook.incoming, and integration_type 0"
            ),
            Self::ChannelWithoutWebhook => {
                f.write_str("channel_id needs the scope webhook.incoming")
            }
            Self::CustomSchemeWithoutPkce => {
                f.write_str("redirect_uri has a scheme of its own, which needs PKCE")
            }
            Self::Empty(field) => write!(f, "{field} is empty"),
        }
    }
}

impl Error for AuthorizeError {}
