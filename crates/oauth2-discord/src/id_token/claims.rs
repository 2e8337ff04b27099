//! Checks the claims of a genuine ID token.

use core::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::IdTokenError;
use crate::json::{members, object, optional, required};
use crate::{AccessToken, Nonce, TokenError, UnixTime};
use ra_types::constant_time_eq;

/// The longest `sub` (OpenID Connect Core 2).
const MAX_SUB: usize = 255;

/// The claims of a validated ID token. Discord puts no profile into it (P-11): ask [`UserInfo`](crate::api::UserInfo),
/// and compare its `sub` with this one (S-34).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// The subject: at Discord the user's id.
    pub sub: String,
    /// Time of issue.
    pub issued_at: UnixTime,
    /// Expiry.
    pub expires_at: UnixTime,
    /// Time of the login, if the service sends it.
    pub auth_time: Option<UnixTime>,
}

pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: Option<&'a Nonce>,
    pub(super) access_token: &'a AccessToken,
    pub(super) now: UnixTime,
    pub(super) leeway: Duration,
}

members! { Members: iss, sub, aud, azp, exp, iat, nbf, auth_time, nonce, at_hash }

/// A string or an array of them (P-11).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The checks of OpenID Connect Core 3.1.3.7 that follow the signature, and of 3.1.3.8.
pub(super) fn check(payload: &[u8], expected: &Expected<'_>) -> Result<Claims, IdTokenError> {
    let claims: Members<'_> = object(payload)?;
    let issuer: String = required(claims.iss, "iss")?;
    demand(issuer == expected.issuer, "iss")?;
    let audience = match required(claims.aud, "aud")? {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    };
    // Another audience could pass the token on to us (S-30).
    let ours = !audience.is_empty() && audience.iter().all(|one| one == expected.client_id);
    demand(ours, "aud")?;
    let party: Option<String> = optional(claims.azp, "azp")?;
    demand(party.is_none_or(|azp| azp == expected.client_id), "azp")?;

    let (issued_at, expires_at) = check_times(&claims, expected)?;

    let nonce: Option<Nonce> = optional(claims.nonce, "nonce")?;
    demand(nonce.as_ref() == expected.nonce, "nonce")?;
    let hash: Option<String> = optional(claims.at_hash, "at_hash")?;
    let fits = hash.is_none_or(|hash| constant_time_eq(&hash, &at_hash(expected.access_token)));
    demand(fits, "at_hash")?;

    let sub: String = required(claims.sub, "sub")?;
    let is_name =
        !sub.is_empty() && sub.len() <= MAX_SUB && sub.bytes().all(|b| b.is_ascii_graphic());
    demand(is_name, "sub")?;
    let auth_time: Option<u64> = optional(claims.auth_time, "auth_time")?;
    Ok(Claims {
        sub,
        issued_at,
        expires_at,
        auth_time: auth_time.map(UnixTime::from_secs),
    })
}

/// Times are whole seconds: a fraction or a text is refused (S-32).
fn check_times(
    claims: &Members<'_>,
    expected: &Expected<'_>,
) -> Result<(UnixTime, UnixTime), IdTokenError> {
    let expires_at = UnixTime::from_secs(required(claims.exp, "exp")?);
    let issued_at = UnixTime::from_secs(required(claims.iat, "iat")?);
    let not_before: Option<u64> = optional(claims.nbf, "nbf")?;
    let latest = expected.now.saturating_add(expected.leeway);
    if expected.now >= expires_at.saturating_add(expected.leeway) {
        return Err(IdTokenError::Expired);
    }
    let starts = not_before.map_or(issued_at, |nbf| issued_at.max(UnixTime::from_secs(nbf)));
    if starts > latest {
        return Err(IdTokenError::NotYetValid);
    }
    Ok((issued_at, expires_at))
}

/// The left half of the access token's SHA-256 (OpenID Connect Core 3.1.3.6).
pub(super) fn at_hash(access_token: &AccessToken) -> String {
    let hash = hmac_sha256::Hash::hash(access_token.expose().as_bytes());
    let (left, _) = hash.split_at(hash.len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

fn demand(holds: bool, field: &'static str) -> Result<(), IdTokenError> {
    holds.then_some(()).ok_or(IdTokenError::Claim(field))
}

impl From<TokenError> for IdTokenError {
    fn from(error: TokenError) -> Self {
        error.field().map_or(Self::Payload, Self::Claim)
    }
}
