//! The refusal of an account that was merged (O-172, O-176).

use core::fmt;

use ra_http::HttpError;

use super::PartnerCode;
use crate::Snowflake;
use crate::json::{members, object, optional, required};

/// The provisional account was merged into this user's (530010): they have to authorize by OAuth2, unless it is
/// [unmerged](super::Unmerge) first.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergedAccount {
    /// The user.
    pub user_id: Snowflake,
    /// The kind of provider: an [`ExternalAuthType`](crate::ExternalAuthType), or `DISCORD_BOT`.
    pub provider_type: String,
    /// The provider; absent or `null` for a bot (N-09).
    pub provider_id: Option<String>,
    /// The id that the provider has for the user.
    pub provider_issued_user_id: String,
}

members! { Members: user_id, provider_type, provider_id, provider_issued_user_id }

impl MergedAccount {
    /// A user with the id that a provider of this kind has for them.
    #[must_use]
    pub fn new(
        user_id: Snowflake,
        provider_type: impl Into<String>,
        provider_issued_user_id: impl Into<String>,
    ) -> Self {
        Self {
            user_id,
            provider_type: provider_type.into(),
            provider_id: None,
            provider_issued_user_id: provider_issued_user_id.into(),
        }
    }

    /// Reads the refusal. `None` if it is another one, or if its body lacks a member; then
    /// [`code`](super::code()) still says what happened.
    #[must_use]
    pub fn of(error: &HttpError) -> Option<Self> {
        if super::code(error) != Some(PartnerCode::NotProvisional) {
            return None;
        }
        let members: Members<'_> = object(error.dangerous_body()).ok()?;
        Some(Self {
            user_id: required(members.user_id, "user_id").ok()?,
            provider_type: required(members.provider_type, "provider_type").ok()?,
            provider_id: optional(members.provider_id, "provider_id").ok()?,
            provider_issued_user_id: required(
                members.provider_issued_user_id,
                "provider_issued_user_id",
            )
            .ok()?,
        })
    }
}

impl fmt::Debug for MergedAccount {
    /// Without the provider's id for the user, which may be a mail address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MergedAccount")
            .field("user_id", &self.user_id)
            .field("provider_type", &self.provider_type)
            .finish_non_exhaustive()
    }
}
