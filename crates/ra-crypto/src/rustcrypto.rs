//! The backend on the `rsa` crate: pure Rust, `no_std`, takes all randomness from the caller.

use alloc::{boxed::Box, vec::Vec};
use core::num::NonZero;

use chacha20::ChaCha20Rng;
use rsa::{
    Oaep, PrivateKey, PublicKey,
    pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey},
};
use sha2::Sha256;

use crate::{
    Backend, Entropy, GenerateError, KeyError, MAX_PLAINTEXT_BYTES, OpenError, PeerKey, Plaintext,
    PublicKeyError, SealError, SessionKey, check_public_key, drbg, generate,
};

/// The pure Rust backend.
///
/// Deterministic: the same [`Entropy`] bytes make the same keys (unless several threads look for them) and the same
/// sealed messages. Every opening is blinded
/// with fresh randomness, from a generator that is seeded when the key is made or read and lives and dies with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RustCrypto;

impl Backend for RustCrypto {
    fn name(&self) -> &'static str {
        "rustcrypto"
    }

    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        self.generate_on(NonZero::<usize>::MIN, entropy)
    }

    fn generate_on(
        &self,
        threads: NonZero<usize>,
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, GenerateError> {
        let (key, blinding) = generate::rsa_key(threads, entropy)?;
        let key = Key::new(key, blinding).map_err(|_| GenerateError::Backend)?;
        Ok(Box::new(key))
    }

    fn session_key_from_pkcs8(
        &self,
        der: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        let key = PrivateKey::from_pkcs8_der(der).map_err(|_| KeyError::Malformed)?;
        Ok(Box::new(Key::new(key, drbg::seeded(entropy)?)?))
    }

    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        check_public_key(spki)?;
        let key = PublicKey::from_public_key_der(spki).map_err(|_| PublicKeyError::Backend)?;
        Ok(Box::new(Peer {
            key,
            public_key: spki.into(),
        }))
    }
}

struct Key {
    key: PrivateKey,
    public_key: Box<[u8]>,
    blinding: ChaCha20Rng,
}

impl Key {
    fn new(key: PrivateKey, blinding: ChaCha20Rng) -> Result<Self, PublicKeyError> {
        let public_key = encode(key.as_public_key())?;
        check_public_key(&public_key)?;
        Ok(Self {
            key,
            public_key,
            blinding,
        })
    }
}

impl SessionKey for Key {
    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn open(&mut self, sealed: &[u8]) -> Result<Plaintext, OpenError> {
        // Not `decrypt`, which blinds or not depending on a feature of `rsa` that anybody may switch.
        self.key
            .decrypt_blinded(&mut self.blinding, Oaep::<Sha256>::new(), sealed)
            .map(Plaintext::new)
            .map_err(|_| OpenError)
    }
}

struct Peer {
    key: PublicKey,
    public_key: Box<[u8]>,
}

impl PeerKey for Peer {
    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn seal(&self, plaintext: &[u8], entropy: &mut dyn Entropy) -> Result<Vec<u8>, SealError> {
        if plaintext.len() > MAX_PLAINTEXT_BYTES {
            return Err(SealError::TooLong);
        }
        let mut rng = drbg::seeded(entropy)?;
        self.key
            .encrypt(&mut rng, Oaep::<Sha256>::new(), plaintext)
            .map_err(|_| SealError::Backend)
    }
}

fn encode(key: &PublicKey) -> Result<Box<[u8]>, PublicKeyError> {
    let der = key
        .to_public_key_der()
        .map_err(|_| PublicKeyError::Backend)?;
    Ok(der.into_vec().into())
}

#[cfg(test)]
mod tests;
