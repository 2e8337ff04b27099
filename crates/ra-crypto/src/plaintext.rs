//! Opened plaintext: a nonce, a user payload or a token.

use alloc::vec::Vec;
use core::{
    fmt,
    str::{self, Utf8Error},
};

use zeroize::Zeroizing;

/// An opened message. Secret: wiped on drop, silent in `Debug`.
#[derive(Clone)]
pub struct Plaintext(Zeroizing<Vec<u8>>);

impl Plaintext {
    /// Takes over the bytes; for implementations of [`SessionKey`](crate::SessionKey).
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the secret.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Reads the secret as text: user payloads and tokens are.
    ///
    /// # Errors
    /// When it is not UTF-8; the error tells a position, never content.
    pub fn to_utf8(&self) -> Result<&str, Utf8Error> {
        str::from_utf8(&self.0)
    }
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plaintext(..)")
    }
}
