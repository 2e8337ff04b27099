//! A token with the time it expires: what is kept and stored.

use core::time::Duration;

use zeroize::Zeroizing;

use crate::json::{members, object, optional};
use crate::{Token, TokenError, UnixTime};

/// A lifetime below this counts as this: a token that is born expired would be refreshed for ever.
const SHORTEST_LIFE: u64 = 5;

/// A token and when its access token expires.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenSet {
    /// The token as the service sent it.
    pub token: Token,
    /// When the access token expires; `None` if nobody said. Then it is used until somebody refuses it.
    pub expires_at: Option<UnixTime>,
}

members!(Members { expires_at });

impl TokenSet {
    /// A token that arrived at this time (O-140).
    #[must_use]
    pub fn arrived(now: UnixTime, token: Token) -> Self {
        let life = token.expires_in.map(|secs| secs.max(SHORTEST_LIFE));
        let expires_at = life.map(|secs| now.saturating_add(Duration::from_secs(secs)));
        Self { token, expires_at }
    }

    /// Reads what [`TokenSet::expose_json`] wrote, or the JSON of a token endpoint, where nobody knows when it arrived.
    ///
    /// # Errors
    /// The member that is missing or makes no sense.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let token = Token::decode(json)?;
        let members: Members<'_> = object(json)?;
        let expires_at: Option<u64> = optional(members.expires_at, "expires_at")?;
        Ok(Self {
            token,
            expires_at: expires_at.map(UnixTime::from_secs),
        })
    }

    /// Everything as JSON, secrets included, in a buffer that is wiped: the token object with `expires_at`, in seconds
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

    /// When to replace it: this long before it expires, or a tenth of its life if that is less.
    pub(super) fn due(&self, leeway: Duration) -> Option<UnixTime> {
        let tenth = self.token.expires_in.map(|secs| secs / 10);
        let early = leeway.as_secs().min(tenth.unwrap_or(u64::MAX));
        let end = self.expires_at?.as_secs();
        Some(UnixTime::from_secs(end.saturating_sub(early)))
    }
}

impl Token {
    /// What is held after a refresh: all that the reply has, and what belongs to the authorization and is not mentioned
    /// again: the refresh token (S-14), guild and webhook, and the scope, which has not changed then (RFC 6749, section 5.1).
    /// What belongs to the access token goes with it: the reply alone says how long it lives, and an ID token that it does not
    /// replace is dropped, as its `at_hash` names the access token before. Verify an ID token when it comes, and keep its
    /// claims.
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
