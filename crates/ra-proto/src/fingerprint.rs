//! The fingerprint of a session's public key, which names the session to the phone.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use subtle::ConstantTimeEq as _;

use crate::base64;

/// SHA-256 of the DER `SubjectPublicKeyInfo` of a desktop's key (R-08). Text form: 43 characters of
/// unpadded base64url.
///
/// ```
/// use ra_proto::Fingerprint;
///
/// let text = "vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";
/// let fingerprint: Fingerprint = text.parse()?;
/// assert_eq!(fingerprint.to_string(), text);
/// # Ok::<(), ra_proto::FingerprintError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Fingerprint([u8; Self::BYTES]);

impl Fingerprint {
    /// Length in bytes.
    pub const BYTES: usize = 32;
    /// Length of the text form in characters.
    pub const CHARS: usize = 43;

    /// Wraps a hash that was computed elsewhere.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// Reads the canonical text form only: the URL alphabet, no padding, no stray bits.
    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let standard_alphabet = text.contains(['+', '/']);
        if text.len() != Self::CHARS || standard_alphabet {
            return Err(FingerprintError);
        }
        let bytes = base64::decode(text).map_err(|_| FingerprintError)?;
        bytes.try_into().map(Self).map_err(|_| FingerprintError)
    }
}

impl PartialEq for Fingerprint {
    /// Takes the same time wherever the fingerprints differ (R-08).
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Fingerprint {}

impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64::encode_url(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// The text is not 43 characters of canonical base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FingerprintError;

impl fmt::Display for FingerprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fingerprint is not 43 characters of base64url")
    }
}

impl core::error::Error for FingerprintError {}
