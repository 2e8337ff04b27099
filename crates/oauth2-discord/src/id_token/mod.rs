//! Validation of ID tokens (OpenID Connect Core 3.1.3.7): proves who authorized.
//!
//! A [`Verifier`] holds the service's keys and reads no clock and opens no connection: it asks for keys by
//! [`Verdict::FetchKeys`] when it has none, when they are a day old, and when a token names one that it does not know,
//! at most once in five minutes. RS256 is the one algorithm (P-10); the signature is checked before anything that was
//! signed is read.
//!
//! ```no_run
//! use oauth2_discord::api::{KeySet, Keys};
//! use oauth2_discord::id_token::{Verdict, Verifier};
//! use oauth2_discord::{Nonce, Snowflake, Token, UnixTime, Urls};
//!
//! # fn fetch(_: Keys) -> KeySet { KeySet::default() }
//! # fn run(now: UnixTime, token: Token, nonce: Nonce) -> Result<(), Box<dyn std::error::Error>> {
//! let mut verifier = Verifier::new(Snowflake::new(157730590492196864), Urls::default().issuer);
//! let mut verdict = verifier.verify(now, &token, Some(&nonce))?;
//! if let Verdict::FetchKeys = verdict {
//!     verifier.keys_arrived(now, &fetch(Keys::new()));
//!     verdict = verifier.verify(now, &token, Some(&nonce))?;
//! }
//! if let Verdict::Valid(claims) = verdict {
//!     println!("hello {}", claims.sub);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Why AWS-LC checks the signature: `docs/decisions/0031-id-tokens-by-aws-lc.md`.

use core::{fmt, time::Duration};

use crate::api::KeySet;
use crate::{Nonce, Snowflake, Token, UnixTime};

pub use claims::Claims;
pub use error::IdTokenError;

mod claims;
mod error;
mod jws;
mod keys;
#[cfg(test)]
mod tests;

/// The only supported signature algorithm.
const RS256: &str = "RS256";
/// Default difference allowed between the two clocks.
const LEEWAY: Duration = Duration::from_secs(60);
/// No second fetch of the keys within this.
const FETCH_EVERY: Duration = Duration::from_secs(300);
/// Keys are fetched again after this, so that one that was withdrawn does not count for ever.
const KEYS_LAST: Duration = Duration::from_secs(86_400);

/// Validates the ID tokens that one service issues for one application.
#[derive(Clone)]
pub struct Verifier {
    issuer: String,
    client_id: String,
    leeway: Duration,
    keys: Vec<keys::Key>,
    arrived: Option<UnixTime>,
    asked: Option<UnixTime>,
    /// Keys were asked for and have not come.
    waiting: bool,
}

/// Result of a validation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The token is genuine, for this application, and valid now.
    Valid(Claims),
    /// Make the call [`Keys`](crate::api::Keys), give its reply to [`Verifier::keys_arrived`], and try again. Nobody
    /// else is told to in the next five minutes.
    FetchKeys,
    /// The keys that were asked for have not come yet. Try again when they have.
    AwaitKeys,
}

impl Verifier {
    /// For tokens to this application by this issuer, which has to be the same to the letter
    /// ([`Urls::issuer`](crate::Urls::issuer), P-11).
    #[must_use]
    pub fn new(client_id: Snowflake, issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            client_id: client_id.to_string(),
            leeway: LEEWAY,
            keys: Vec::new(),
            arrived: None,
            asked: None,
            waiting: false,
        }
    }

    /// Allowed difference between the clocks of service and caller; 60 s by default.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Replaces the keys. Unusable ones are skipped (S-35).
    pub fn keys_arrived(&mut self, now: UnixTime, keys: &KeySet) {
        self.keys = keys.keys().iter().filter_map(keys::Key::read).collect();
        self.arrived = Some(now);
        self.waiting = false;
    }

    /// Validates the ID token in `token`, and, if it has an `at_hash`, that it was issued with the access token beside
    /// it: without one nothing binds the two. `nonce` is what the authorization sent: the ID token has to have the
    /// same, or none if none was sent.
    ///
    /// Verify when the token comes, and keep the [`Claims`]: a refresh drops the ID token unless it brings another
    /// ([`Token::succeeded_by`]). Verify that one with the nonce `None`, as it should have none, and compare
    /// [`Claims::sub`] with the one before (OpenID Connect Core 12.2). A service that repeats the first nonce in it is
    /// within the rule too: then pass that.
    ///
    /// # Errors
    /// The first thing that is wrong. Nothing that the token says may be believed then.
    pub fn verify(
        &mut self,
        now: UnixTime,
        token: &Token,
        nonce: Option<&Nonce>,
    ) -> Result<Verdict, IdTokenError> {
        let raw = token.id_token.as_ref().ok_or(IdTokenError::Missing)?;
        let jws = jws::Jws::read(raw.expose())?;
        let known = self.keys.iter().any(|key| jws.names(key));
        let fresh = self
            .arrived
            .is_some_and(|then| is_within(then, now, KEYS_LAST));
        if !known || !fresh {
            let limited = self
                .asked
                .is_some_and(|then| is_within(then, now, FETCH_EVERY));
            if !limited {
                self.asked = Some(now);
                self.waiting = true;
                return Ok(Verdict::FetchKeys);
            }
            if !known && self.waiting {
                return Ok(Verdict::AwaitKeys);
            }
        }
        let payload = jws.verify(&self.keys)?;
        let expected = claims::Expected {
            issuer: &self.issuer,
            client_id: &self.client_id,
            nonce,
            access_token: &token.access_token,
            now,
            leeway: self.leeway,
        };
        claims::check(&payload, &expected).map(Verdict::Valid)
    }
}

/// Whether less than `length` has passed since `then`. After the clock was set back it counts as more.
fn is_within(then: UnixTime, now: UnixTime, length: Duration) -> bool {
    now < then.saturating_add(length) && then <= now.saturating_add(length)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}
