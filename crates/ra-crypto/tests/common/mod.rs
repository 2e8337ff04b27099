//! What several test files need: both backends and sources of entropy.
#![allow(dead_code, unreachable_pub)] // no test file needs all of it

use ra_crypto::{AwsLc, Backend, Entropy, EntropyError, RustCrypto, sha256};

pub const BACKENDS: [&dyn Backend; 2] = [&RustCrypto, &AwsLc];

/// Every ordered pair of backends.
pub fn pairs() -> impl Iterator<Item = (&'static dyn Backend, &'static dyn Backend)> {
    BACKENDS
        .into_iter()
        .flat_map(|a| BACKENDS.into_iter().map(move |b| (a, b)))
}

/// Deterministic entropy: SHA-256 in counter mode.
pub struct Fixed {
    seed: u64,
    blocks: u64,
}

impl Fixed {
    pub fn new(seed: u64) -> Self {
        Self { seed, blocks: 0 }
    }
}

impl Entropy for Fixed {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in dest.chunks_mut(32) {
            let block = sha256(&[self.seed.to_be_bytes(), self.blocks.to_be_bytes()].concat());
            chunk.copy_from_slice(&block[..chunk.len()]);
            self.blocks += 1;
        }
        Ok(())
    }
}

/// Entropy that has run dry.
pub struct Dry;

impl Entropy for Dry {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}
