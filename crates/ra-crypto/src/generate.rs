//! Key generation, which both backends share: the pure implementation is the fastest (docs/decisions).

use chacha20::ChaCha20Rng;
use rsa::{RsaPrivateKey, pkcs8::SecretDocument};

use crate::{GenerateError, drbg::wiped};

/// Makes an RSA-2048 key, e = 65537. Wiped on drop, and so is its export.
pub(crate) fn rsa_key(rng: &mut ChaCha20Rng) -> Result<RsaPrivateKey, GenerateError> {
    RsaPrivateKey::new(rng, 2048).map_err(|_| GenerateError::Backend)
}

const _: () = wiped::<RsaPrivateKey>();
const _: () = wiped::<SecretDocument>();
