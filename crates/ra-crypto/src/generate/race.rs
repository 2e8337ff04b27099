//! A key from several threads: each looks for any prime, and the first two that are found make the key
//! (docs/decisions/0061). The caller's thread is one of them, so that nothing depends on another one being started.

use core::num::NonZero;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::vec::Vec;

use alloc::{borrow::ToOwned, vec};
use chacha20::ChaCha20Rng;
use crypto_primes::{
    Flavor,
    hazmat::{SetBits, SieveFactory as _, SmallFactorsSieveFactory},
    is_prime,
};
use rsa::{BoxedUint, PrivateKey};
use zeroize::Zeroizing;

use super::MODULUS_BITS;
use crate::{Entropy, GenerateError, drbg};

/// More threads than this gain little: each has its own sieve to set up.
const THREADS_MOST: usize = 8;
/// How many pairs of primes are tried. One in 2¹⁵ does not go with the exponent, so this never runs out by chance.
const PAIRS_MOST: usize = 8;
const PRIME_BITS: u32 = MODULUS_BITS as u32 / 2;
const EXPONENT: u64 = 65537;

type Prime = Zeroizing<BoxedUint>;

/// Makes a key on `threads` threads. `rng` is for the calling one; each of the others gets a seed of its own.
pub(super) fn rsa_key(
    threads: NonZero<usize>,
    rng: &mut ChaCha20Rng,
    entropy: &mut dyn Entropy,
) -> Result<PrivateKey, GenerateError> {
    let mut others = Vec::new();
    for _ in 1..threads.get().min(THREADS_MOST) {
        others.push(drbg::seeded(entropy)?);
    }
    key_from(|| first_two(rng, &mut others, prime))
}

/// The first key that a pair of primes makes.
fn key_from(
    mut pair: impl FnMut() -> Result<[Prime; 2], GenerateError>,
) -> Result<PrivateKey, GenerateError> {
    for _ in 0..PAIRS_MOST {
        let [p, q] = pair()?;
        if !far_apart(&p, &q) {
            continue;
        }
        // the same steps as for a key that is made on one thread, its checks included
        let primes = vec![(*p).clone(), (*q).clone()];
        if let Ok(key) = PrivateKey::from_primes(primes, EXPONENT.into()) {
            return Ok(key);
        }
    }
    Err(GenerateError::Backend)
}

/// More than 2⁹²⁴, as FIPS 186-5 (A.1.3, 5.4) wants it, lest somebody finds them from the square root of the modulus.
fn far_apart(p: &BoxedUint, q: &BoxedUint) -> bool {
    let apart = Zeroizing::new(p.max(q).wrapping_sub(p.min(q)));
    apart.bit_width() > PRIME_BITS - 99
}

/// Looks for a prime of 1024 bits, the highest two of them set: any two make a modulus of 2048. Nothing once the race
/// is over, which is asked before each candidate, in other words each fraction of a millisecond.
fn prime(rng: &mut ChaCha20Rng, over: &AtomicBool) -> Option<Prime> {
    let mut sieves =
        SmallFactorsSieveFactory::new(Flavor::Any, PRIME_BITS, SetBits::TwoMsb).ok()?;
    // ends without a prime only if it starts within some thousands of 2¹⁰²⁴
    for candidate in sieves.make_sieve(rng, None).ok()?? {
        let candidate = Zeroizing::new(candidate);
        if over.load(Relaxed) {
            return None;
        }
        if is_prime(Flavor::Any, &*candidate) {
            return Some(candidate);
        }
    }
    None
}

/// Runs `search` on the calling thread and on one for each of `others`, again and again, until two have been found.
/// All threads have ended when it returns. Where the system starts no more of them, fewer search.
fn first_two<R: Send, P: Send>(
    own: &mut R,
    others: &mut [R],
    search: impl Fn(&mut R, &AtomicBool) -> Option<P> + Sync,
) -> Result<[P; 2], GenerateError> {
    let race = Race {
        found: Mutex::new(Vec::new()),
        over: AtomicBool::new(false),
    };
    let (running, search) = (&race, &search);
    let panicked = thread::scope(|scope| {
        let started: Vec<_> = others
            .iter_mut()
            .map_while(|rng| {
                let builder = thread::Builder::new().name("ra-prime".to_owned());
                builder
                    .spawn_scoped(scope, || running.take_part(rng, search))
                    .ok()
            })
            .collect();
        running.take_part(own, search);
        let ended = started.into_iter().map(|thread| thread.join());
        ended.filter(Result::is_err).count() > 0
    });
    let found = race
        .found
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    match found.try_into() {
        Ok(pair) if !panicked => Ok(pair),
        _ => Err(GenerateError::Backend),
    }
}

struct Race<P> {
    /// At most two.
    found: Mutex<Vec<P>>,
    over: AtomicBool,
}

impl<P> Race<P> {
    fn take_part<R>(&self, rng: &mut R, search: impl Fn(&mut R, &AtomicBool) -> Option<P>) {
        let _whoever_leaves_ends_it = Ends(&self.over);
        while let Some(prime) = search(rng, &self.over) {
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            if found.len() < 2 {
                found.push(prime);
            }
            if found.len() == 2 {
                return;
            }
        }
    }
}

/// Ends the race when a thread leaves it: with the second prime, without one, or by a panic.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

#[cfg(test)]
mod tests;
