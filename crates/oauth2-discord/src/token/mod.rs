//! The token object (section H of the checklist).

use core::time::Duration;

use zeroize::Zeroizing;

use crate::{AccessToken, RawIdToken, RefreshToken, ScopeSet, TokenError, UnixTime};

pub use parts::{Guild, Webhook};

mod decode;
pub(crate) use decode::is_bearer;
mod encode;
mod parts;
#[cfg(test)]
mod tests;

/// The token of a grant. Its type is always `Bearer` (O-136): [`Token::decode`] refuses others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// Authorizes calls; fits a header as it is (S-12).
    pub access_token: AccessToken,
    /// For the next refresh, in printable ASCII (RFC 6749, appendix A.17; S-12). Client credentials and some
    /// provisional accounts have none (O-109, N-14).
    pub refresh_token: Option<RefreshToken>,
    /// Only from the code grant with `openid`, and for provisional accounts (O-138). Not verified yet.
    pub id_token: Option<RawIdToken>,
    /// The granted scopes, which may differ from the requested ones (O-139). Absent means that they do not (RFC 6749,
    /// section 5.1).
    pub scope: Option<ScopeSet>,
    /// Seconds from arrival to expiry of the access token (O-140).
    pub expires_in: Option<u64>,
    /// The guild that the bot was added to (O-142). Unlike the hints of a redirect it can be relied on (O-093). With
    /// `integration_require_code_grant` the bot joins only by this exchange (O-146).
    pub guild: Option<Guild>,
    /// The webhook that was created; each flow creates a new one (O-145).
    pub webhook: Option<Box<Webhook>>,
}

impl Token {
    /// A token with only this access token.
    #[must_use]
    pub const fn new(access_token: AccessToken) -> Self {
        Self {
            access_token,
            refresh_token: None,
            id_token: None,
            scope: None,
            expires_in: None,
            guild: None,
            webhook: None,
        }
    }

    /// Reads the JSON of a token endpoint, or what [`Token::expose_json`] wrote. Unknown members are ignored, `null`
    /// counts as absent (M-06), and `expires_in` may be a string of digits, which some servers send (S-11).
    ///
    /// # Errors
    /// A member is missing or malformed.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        decode::token(json)
    }

    /// The whole token as JSON, secrets included, in a buffer that is wiped: for a store, or for a person who asked for
    /// it.
    #[must_use]
    pub fn expose_json(&self) -> Zeroizing<String> {
        encode::token(self)
    }

    /// When the access token should be replaced if it arrived at `arrival`: `leeway` before it expires, so that it does
    /// not expire on its way (O-108). `None` if the peer did not say.
    ///
    /// ```
    /// use oauth2_discord::{AccessToken, Token, UnixTime};
    ///
    /// let mut token = Token::new(AccessToken::new("abc"));
    /// token.expires_in = Some(604_800);
    /// let due = token.due(UnixTime::from_secs(1_000_000), core::time::Duration::from_secs(60));
    /// assert_eq!(due, Some(UnixTime::from_secs(1_604_740)));
    /// ```
    #[must_use]
    pub fn due(&self, arrival: UnixTime, leeway: Duration) -> Option<UnixTime> {
        let lifetime = Duration::from_secs(self.expires_in?);
        Some(arrival.saturating_add(lifetime.saturating_sub(leeway)))
    }
}
