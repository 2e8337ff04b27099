//! Key generation, which both backends share: the pure implementation is the fastest (docs/decisions).

#[cfg(feature = "std")]
mod race;

use core::num::NonZero;

use chacha20::ChaCha20Rng;
use rsa::{PrivateKey, pkcs8::SecretDocument};

use crate::{
    Entropy, GenerateError,
    drbg::{seeded, wiped},
};

const MODULUS_BITS: usize = 2048;

/// Makes an RSA-2048 key, e = 65537, and a generator for its blinding. On one thread both are a function of the
/// entropy. Wiped on drop, and so is its export.
pub(crate) fn rsa_key(
    threads: NonZero<usize>,
    entropy: &mut dyn Entropy,
) -> Result<(PrivateKey, ChaCha20Rng), GenerateError> {
    let mut rng = seeded(entropy)?;
    let key = match threads.get() {
        #[cfg(feature = "std")]
        2.. => race::rsa_key(threads, &mut rng, entropy)?,
        // without the standard library there are no threads
        _ => PrivateKey::new(&mut rng, MODULUS_BITS).map_err(|_| GenerateError::Backend)?,
    };
    Ok((key, rng))
}

const _: () = wiped::<PrivateKey>();
const _: () = wiped::<SecretDocument>();
