//! Errors of keys. None of them reveals secret content.

use core::{error::Error, fmt};

use crate::{EntropyError, PublicKeyError};

/// A sealed message could not be opened.
///
/// One value for every cause (length, range, padding, label, hash, backend), so that nobody who can send
/// ciphertexts learns why one of them was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenError;

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sealed message does not open with this key")
    }
}

impl Error for OpenError {}

/// A message could not be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// The plaintext is longer than [`MAX_PLAINTEXT_BYTES`](crate::MAX_PLAINTEXT_BYTES).
    TooLong,
    /// No randomness for the padding.
    Entropy(EntropyError),
    /// The backend refused for a reason that it does not give.
    Backend,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the plaintext is longer than 190 bytes",
            Self::Entropy(_) => "no randomness to seal with",
            Self::Backend => "the backend could not seal",
        })
    }
}

impl Error for SealError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Entropy(error) => Some(error),
            Self::TooLong | Self::Backend => None,
        }
    }
}

impl From<EntropyError> for SealError {
    fn from(error: EntropyError) -> Self {
        Self::Entropy(error)
    }
}

/// A key could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError {
    /// No randomness to make a key from.
    Entropy(EntropyError),
    /// The backend refused for a reason that it does not give.
    Backend,
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entropy(_) => "no randomness to make a key from",
            Self::Backend => "the backend could not make a key",
        })
    }
}

impl Error for GenerateError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Entropy(error) => Some(error),
            Self::Backend => None,
        }
    }
}

impl From<EntropyError> for GenerateError {
    fn from(error: EntropyError) -> Self {
        Self::Entropy(error)
    }
}

/// A private key could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// Not a PKCS#8 document of a sound RSA private key.
    Malformed,
    /// A sound key, but its public half is not one that remote auth takes.
    PublicKey(PublicKeyError),
    /// No randomness for the key's blinding.
    Entropy(EntropyError),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a pkcs#8 rsa private key",
            Self::PublicKey(_) => "not a key for remote auth",
            Self::Entropy(_) => "no randomness for the key's blinding",
        })
    }
}

impl Error for KeyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::PublicKey(error) => Some(error),
            Self::Entropy(error) => Some(error),
            Self::Malformed => None,
        }
    }
}

impl From<EntropyError> for KeyError {
    fn from(error: EntropyError) -> Self {
        Self::Entropy(error)
    }
}

impl From<PublicKeyError> for KeyError {
    fn from(error: PublicKeyError) -> Self {
        Self::PublicKey(error)
    }
}
