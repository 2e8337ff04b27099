//! The deterministic generator between the caller's entropy and the `rsa` crate, which wants one that cannot fail.

use chacha20::{ChaCha20Rng, rand_core::SeedableRng};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{Entropy, EntropyError};

/// A generator seeded with 256 bits of the caller's entropy. Wiped on drop.
pub(crate) fn seeded(entropy: &mut dyn Entropy) -> Result<ChaCha20Rng, EntropyError> {
    let mut seed = Zeroizing::new([0; 32]);
    entropy.fill(&mut *seed)?;
    Ok(ChaCha20Rng::from_seed(*seed))
}

/// Says that a type wipes itself. Stops compiling when a feature that makes it so goes missing.
pub(crate) const fn wiped<T: ZeroizeOnDrop>() {}

const _: () = wiped::<ChaCha20Rng>();
