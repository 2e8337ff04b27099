//! Desktop keys by the thousand. The gateway wants a key of its own for each session, and making a key takes 50 ms.
//! So a few primes are made, and each pair of them is a key. These keys protect nothing, because they share primes.

use std::sync::Arc;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use ra_crypto::{AwsLc, Backend as _, OsEntropy, SessionKey};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::traits::PrivateKeyParts as _;
use rsa::{BoxedUint, PrivateKey};

use crate::Failed;

/// Primes, and a key for each pair of them.
#[derive(Clone)]
pub(crate) struct Keys {
    primes: Arc<[BoxedUint]>,
}

impl Keys {
    /// Makes enough primes for `count` keys. They are the same in each run.
    pub(crate) fn make(count: u32) -> Result<Self, Failed> {
        let count = count as usize;
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let mut primes: Vec<BoxedUint> = Vec::new();
        for _ in 0..2_000 {
            if primes.len() * primes.len().saturating_sub(1) / 2 >= count {
                let primes = primes.into();
                return Ok(Self { primes });
            }
            let made = PrivateKey::new(&mut rng, 2048)?;
            let long = made
                .primes()
                .iter()
                // the product of any two then has 2048 bits
                .filter(|prime| prime.to_be_bytes().first() >= Some(&0xc0));
            primes.extend(long.map(|prime| (**prime).clone()));
        }
        Err("found too few primes".into())
    }

    /// Returns key number `index`. Takes about a millisecond.
    pub(crate) fn key(&self, index: u32) -> Result<Box<dyn SessionKey>, Failed> {
        let (low, high) = pair(index as usize);
        let prime = |at: usize| self.primes.get(at).cloned().ok_or("too few keys were made");
        let exponent = BoxedUint::from(65_537_u64);
        let key = PrivateKey::from_p_q(prime(high)?, prime(low)?, exponent)?;
        let der = key.to_pkcs8_der()?;
        Ok(AwsLc.session_key_from_pkcs8(der.as_bytes(), &mut OsEntropy)?)
    }
}

/// The pairs `(low, high)` with `low < high`, numbered: (0, 1), (0, 2), (1, 2), (0, 3), …
fn pair(index: usize) -> (usize, usize) {
    let mut high = 1;
    let mut first = 0;
    while first + high <= index {
        first += high;
        high += 1;
    }
    (index - first, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_number_is_another_pair_of_the_fewest_primes() {
        let pairs: HashSet<_> = (0..190).map(pair).collect();
        assert_eq!(pairs.len(), 190);
        assert!(pairs.iter().all(|&(low, high)| low < high && high < 20));
    }

    #[test]
    fn keys_differ_and_open_what_is_sealed_to_them() {
        let keys = Keys::make(3).unwrap();
        let mut seen = HashSet::new();
        for index in 0..3 {
            let mut key = keys.key(index).unwrap();
            assert!(seen.insert(key.public_key().to_vec()));
            let peer = AwsLc.peer_key(key.public_key()).unwrap();
            let sealed = peer.seal(b"nonce", &mut OsEntropy).unwrap();
            assert_eq!(key.open(&sealed).unwrap().expose(), b"nonce");
        }
    }
}
