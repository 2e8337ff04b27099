//! A token with its expiry, as it is kept and stored.

use core::time::Duration;

use zeroize::Zeroizing;

use crate::json::{members, object, optional};
use crate::{Token, TokenError, UnixTime};

/// Shortest lifetime: a token that is expired on arrival would be refreshed forever.
const SHORTEST_LIFE: u64 = 5;

/// A token and the expiry of its access token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenSet {
    /// The token as the service sent it.
    pub token: Token,
    /// Expiry of the access token; `None` if unknown. Then it is used until a call refuses it.
    pub expires_at: Option<UnixTime>,
}

members! { Members: expires_at }

impl TokenSet {
    /// A token that arrived at this time (O-140).
    #[must_use]
    pub fn arrived(now: UnixTime, token: Token) -> Self {
        let life = token.expires_in.map(|secs| secs.max(SHORTEST_LIFE));
        let expires_at = life.map(|secs| now.saturating_add(Duration::from_secs(secs)));
        Self { token, expires_at }
    }

    /// Reads what [`TokenSet::expose_json`] wrote, or the JSON of a token endpoint, whose time of arrival is unknown.
    ///
    /// # Errors
    /// A member is missing or malformed.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let token = Token::decode(json)?;
        let members: Members<'_> = object(json)?;
        let expires_at: Option<u64> = optional(members.expires_at, "expires_at")?;
        Ok(Self {
            token,
            expires_at: expires_at.map(UnixTime::from_secs),
        })
    }

    /// The set as JSON, secrets included, in a buffer that is wiped: the token object with `expires_at`, in seconds
    /// since 1970, as one more member.
    #[must_use]
    pub fn expose_json(&self) -> Zeroizing<String> {
        let token = self.token.expose_json();
        let (Some(end), Some(open)) = (self.expires_at, token.strip_suffix('}')) else {
            return token;
        };
        let member = format!(",\"expires_at\":{}}}", end.as_secs());
        Zeroizing::new([open, &member].concat())
    }

    /// Time to replace it: `leeway` before it expires, or a tenth of its lifetime if that is less.
    pub(super) fn due(&self, leeway: Duration) -> Option<UnixTime> {
        let tenth = self.token.expires_in.map(|secs| secs / 10);
        let early = leeway.as_secs().min(tenth.unwrap_or(u64::MAX));
        let end = self.expires_at?.as_secs();
        Some(UnixTime::from_secs(end.saturating_sub(early)))
    }
}

impl Token {
    /// Returns the token to keep after a refresh: the reply, and the members of the authorization that it does not
    /// repeat: the refresh token (S-14), guild, webhook, and the scope, which is unchanged then (RFC 6749, section
    /// 5.1). Members of the old access token are dropped: its expiry, and its ID token, whose `at_hash` names it.
    /// Verify an ID token on arrival and keep its claims.
    ///
    /// ```
    /// use oauth2_discord::{AccessToken, RawIdToken, RefreshToken, Token};
    ///
    /// let mut held = Token::new(AccessToken::new("first"));
    /// held.refresh_token = Some(RefreshToken::new("once"));
    /// held.id_token = Some(RawIdToken::new("a.b.c"));
    /// let next = held.succeeded_by(Token::new(AccessToken::new("second")));
    /// assert_eq!(next.refresh_token, Some(RefreshToken::new("once")));
    /// assert_eq!(next.id_token, None);
    /// ```
    #[must_use]
    pub fn succeeded_by(self, reply: Self) -> Self {
        Self {
            access_token: reply.access_token,
            expires_in: reply.expires_in,
            refresh_token: reply.refresh_token.or(self.refresh_token),
            id_token: reply.id_token,
            scope: reply.scope.or(self.scope),
            guild: reply.guild.or(self.guild),
            webhook: reply.webhook.or(self.webhook),
        }
    }
}
