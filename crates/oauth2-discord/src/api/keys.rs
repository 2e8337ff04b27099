//! `GET /oauth2/keys` (document: *Get OpenID Connect keys*, O-149; RFC 7517).

use http::{Method, Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};
use serde_json::value::RawValue;

use crate::error::Repeat;
use crate::json::{array, members, object, optional};
use crate::wire::{Place, bodiless, read_reply, replaceable_url};
use crate::{TokenError, Urls};

/// Fetches the keys that ID tokens are signed with. Needs no authentication.
#[derive(Debug, Clone)]
pub struct Keys {
    place: Place,
}

/// A key set, unverified, with keys of every type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySet {
    keys: Vec<Jwk>,
    json: String,
}

/// One key, unverified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Jwk {
    /// The type, such as `RSA`.
    pub kty: String,
    /// The key's id.
    pub kid: Option<String>,
    /// The algorithm, such as `RS256`.
    pub alg: Option<String>,
    /// The use: `sig` or `enc`.
    pub usage: Option<String>,
    /// An RSA modulus, base64url.
    pub n: Option<String>,
    /// An RSA exponent, base64url.
    pub e: Option<String>,
}

impl Keys {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Asks at Discord's path below the base.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            place: Place::Below(Urls::KEYS_PATH),
        }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self::new()
    }
}

replaceable_url!(Keys);

impl Endpoint for Keys {
    type Reply = KeySet;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        Ok(bodiless(Method::GET, self.place.uri(base)?))
    }

    fn from_http(&self, response: Response<Body>) -> Result<KeySet, HttpError> {
        read_reply(response, KeySet::decode)
    }
}

members! { Members: keys }

members! { KeyMembers: kty, kid, alg, usage = "use", n, e }

impl KeySet {
    /// Maximum number of keys; others are skipped (S-35).
    pub const MAX_KEYS: usize = 64;

    /// Reads a key set. Malformed keys are skipped, keys of unknown types are kept (S-35).
    ///
    /// # Errors
    /// `keys` is not an array, or this is not a JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        let keys = members.keys.ok_or(TokenError::at("keys"))?;
        let keys = array(keys.get().as_bytes(), Some("keys"))?;
        Ok(Self {
            keys: keys
                .into_iter()
                .filter_map(Jwk::read)
                .take(Self::MAX_KEYS)
                .collect(),
            json: String::from_utf8_lossy(json).into_owned(),
        })
    }

    /// The keys, in order.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The whole set as the service sent it.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl Jwk {
    /// A key of this type of which no more is known.
    #[must_use]
    pub fn new(kty: impl Into<String>) -> Self {
        Self {
            kty: kty.into(),
            kid: None,
            alg: None,
            usage: None,
            n: None,
            e: None,
        }
    }

    fn read(raw: &RawValue) -> Option<Self> {
        let members: KeyMembers<'_> = object(raw.get().as_bytes()).ok()?;
        let text = |raw, field| optional(raw, field).ok();
        Some(Self {
            kty: text(members.kty, "kty")??,
            kid: text(members.kid, "kid")?,
            alg: text(members.alg, "alg")?,
            usage: text(members.usage, "use")?,
            n: text(members.n, "n")?,
            e: text(members.e, "e")?,
        })
    }
}
