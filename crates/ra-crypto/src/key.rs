//! The traits that roles are written against.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, num::NonZero};

use crate::{Entropy, GenerateError, KeyError, OpenError, Plaintext, PublicKeyError, SealError};

/// Length of everything sealed: one RSA-2048 block.
pub const SEALED_BYTES: usize = 256;

/// The longest plaintext that fits: 256 − 2 × 32 (two SHA-256 hashes) − 2 (RFC 8017, 7.1.1). A token that is longer
/// cannot be sealed.
pub const MAX_PLAINTEXT_BYTES: usize = 190;

/// The desktop's key of one session: one QR, a handful of openings, then dropped (and wiped).
pub trait SessionKey: Send {
    /// The public half: DER of its SubjectPublicKeyInfo (R-05), [`PUBLIC_KEY_BYTES`](crate::PUBLIC_KEY_BYTES) long.
    fn public_key(&self) -> &[u8];

    /// Opens what the gateway sealed to [`public_key`](Self::public_key) (R-06). Takes `&mut self` because blinding
    /// uses up randomness of the key.
    ///
    /// # Errors
    /// One value for every cause, see [`OpenError`].
    fn open(&mut self, sealed: &[u8]) -> Result<Plaintext, OpenError>;
}

/// A desktop's public key, as the gateway uses it.
pub trait PeerKey: Send + Sync {
    /// The very bytes that it was made from: the fingerprint is taken over them (R-08).
    fn public_key(&self) -> &[u8];

    /// Seals `plaintext` so that only the desktop opens it: [`SEALED_BYTES`] bytes, different each time.
    ///
    /// # Errors
    /// [`SealError::TooLong`] over [`MAX_PLAINTEXT_BYTES`], [`SealError::Entropy`] without randomness.
    fn seal(&self, plaintext: &[u8], entropy: &mut dyn Entropy) -> Result<Vec<u8>, SealError>;
}

/// Makes keys. Chosen by value, never by which features happen to be on.
pub trait Backend: Send + Sync + fmt::Debug {
    /// A short name for logs and benches, such as `rustcrypto`.
    fn name(&self) -> &'static str;

    /// Makes a fresh RSA-2048 key, e = 65537 (R-05), on the calling thread. Takes 20 to 300 ms of CPU: keep it off
    /// threads that must not block.
    ///
    /// # Errors
    /// [`GenerateError::Entropy`] without randomness.
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError>;

    /// The same sooner, if it can: on as many threads as that, the calling one among them. The others have ended when
    /// it returns. A backend that cannot share the work ignores the number, as this one does unless it is
    /// overridden.
    ///
    /// On more than one thread it is luck which primes are found first: the same entropy makes a key, not the same key.
    ///
    /// ```
    /// use core::num::NonZero;
    /// use ra_crypto::{Backend, Entropy, GenerateError, SessionKey};
    ///
    /// fn soon(backend: &dyn Backend, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
    ///     let cores = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    ///     backend.generate_on(cores, entropy)
    /// }
    /// ```
    ///
    /// # Errors
    /// Those of [`generate`](Self::generate); [`GenerateError::Backend`] if another thread panics.
    fn generate_on(
        &self,
        threads: NonZero<usize>,
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, GenerateError> {
        let _ = threads;
        self.generate(entropy)
    }

    /// Reads a private key from PKCS#8 DER (RFC 5208). The caller wipes `der`.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], [`KeyError::PublicKey`] for another size or exponent, [`KeyError::Entropy`].
    fn session_key_from_pkcs8(
        &self,
        der: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError>;

    /// Reads a desktop's public key. Refuses all that [`check_public_key`](crate::check_public_key) refuses.
    ///
    /// # Errors
    /// The reason, see [`PublicKeyError`] (R-52).
    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError>;
}

impl fmt::Debug for dyn SessionKey + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

impl fmt::Debug for dyn PeerKey + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PeerKey(..)")
    }
}
