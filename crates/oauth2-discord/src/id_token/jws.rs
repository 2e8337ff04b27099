//! The signed envelope (RFC 7515, compact serialization).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, de::IgnoredAny};

use super::keys::Key;
use super::{IdTokenError, RS256};
use crate::json::object;

/// Longest ID token that is read; real ones have about a thousand bytes.
const MAX_BYTES: usize = 16 * 1024;

/// An envelope with a checked header and an unchecked signature.
pub(super) struct Jws<'a> {
    kid: Option<String>,
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

/// The checked members of the header. Members for keys (`jku`, `jwk`, `x5u`, `x5c`) are never read: keys come from the
/// service.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default, deserialize_with = "is_there")]
    crit: bool,
}

impl<'a> Jws<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, IdTokenError> {
        if text.len() > MAX_BYTES {
            return Err(IdTokenError::TooLarge);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(IdTokenError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(IdTokenError::Malformed)?;
        if payload.contains('.') {
            return Err(IdTokenError::Malformed);
        }
        let header: Header = object(&decode(header)?).map_err(|_| IdTokenError::Malformed)?;
        if header.alg != RS256 {
            return Err(IdTokenError::Algorithm);
        }
        if header.crit {
            return Err(IdTokenError::Header("crit"));
        }
        if header
            .typ
            .is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT"))
        {
            return Err(IdTokenError::Header("typ"));
        }
        Ok(Self {
            kid: header.kid,
            signed,
            payload,
            signature: decode(signature)?,
        })
    }

    /// Whether the header names this key. A header without a key id matches every key; `verify` then demands a single
    /// key.
    pub(super) fn names(&self, key: &Key) -> bool {
        self.kid.is_none() || self.kid == key.kid
    }

    /// The payload, if one of the keys signed it.
    pub(super) fn verify(&self, keys: &[Key]) -> Result<Vec<u8>, IdTokenError> {
        let named: Vec<&Key> = keys.iter().filter(|key| self.names(key)).collect();
        if named.is_empty() || (self.kid.is_none() && named.len() > 1) {
            return Err(IdTokenError::UnknownKey);
        }
        let message = self.signed.as_bytes();
        if !named.iter().any(|key| key.signed(message, &self.signature)) {
            return Err(IdTokenError::Signature);
        }
        decode(self.payload).map_err(|_| IdTokenError::Payload)
    }
}

/// Decodes canonical unpadded base64url: each byte string has one text.
fn decode(text: &str) -> Result<Vec<u8>, IdTokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(text);
    bytes.map_err(|_| IdTokenError::Malformed)
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}
