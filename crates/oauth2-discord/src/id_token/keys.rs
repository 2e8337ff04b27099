//! Keys that verify ID tokens.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::RS256;
use crate::api::Jwk;

/// The longest modulus, in base64url characters: 8192 bits.
const MAX_TEXT: usize = 1366;

/// An RSA key for RS256.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) kid: Option<String>,
    parts: RsaPublicKeyComponents<Vec<u8>>,
}

impl Key {
    /// Reads a key for RS256 signatures, or one without a stated purpose; `None` for all others (S-31, S-35).
    pub(super) fn read(jwk: &Jwk) -> Option<Self> {
        let may = |member: &Option<String>, want| member.as_deref().is_none_or(|is| is == want);
        if jwk.kty != "RSA" || !may(&jwk.usage, "sig") || !may(&jwk.alg, RS256) {
            return None;
        }
        let number = |member: &Option<String>| {
            let text = member.as_deref().filter(|text| text.len() <= MAX_TEXT)?;
            URL_SAFE_NO_PAD.decode(text).ok()
        };
        Some(Self {
            kid: jwk.kid.clone(),
            parts: RsaPublicKeyComponents {
                n: number(&jwk.n)?,
                e: number(&jwk.e)?,
            },
        })
    }

    /// Whether this key made the signature. Never true for keys below 2048 bits.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verdict = self
            .parts
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature);
        verdict.is_ok()
    }
}
