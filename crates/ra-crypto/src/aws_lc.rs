//! The backend on `aws-lc-rs`: AWS-LC's arithmetic, a quarter of the time an opening takes in pure Rust.

use alloc::{borrow::ToOwned, boxed::Box, vec, vec::Vec};
use core::num::NonZero;
use std::thread;

use aws_lc_rs::{
    encoding::AsDer,
    rand,
    rsa::{
        OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
        PrivateDecryptingKey, PublicEncryptingKey,
    },
};
use rsa::pkcs8::{EncodePrivateKey, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use crate::{
    Backend, Entropy, GenerateError, KeyError, MAX_PLAINTEXT_BYTES, OpenError, PeerKey, Plaintext,
    PublicKeyError, SEALED_BYTES, SealError, SessionKey, check_public_key, generate,
};

/// The AWS-LC backend.
///
/// Keys are made from the caller's [`Entropy`], by the pure implementation, which is faster at it. Sealing and opening
/// draw their randomness (OAEP seed, blinding) from AWS-LC's own generator, which the operating system seeds: the
/// [`Entropy`] handed to [`seal`](PeerKey::seal) and to
/// [`session_key_from_pkcs8`](Backend::session_key_from_pkcs8) stays unused.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

impl Backend for AwsLc {
    fn name(&self) -> &'static str {
        "aws-lc-rs"
    }

    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        self.generate_on(NonZero::<usize>::MIN, entropy)
    }

    fn generate_on(
        &self,
        threads: NonZero<usize>,
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, GenerateError> {
        // AWS-LC seeds its generator once a process. That takes 20 ms, which would otherwise pass when the first
        // message is to be opened; if it fails, all is as it would have been.
        let seed = || {
            let _ = rand::fill(&mut [0]);
        };
        let (key, _) = beside(threads, seed, || generate::rsa_key(threads, entropy))?;
        // The document and the key in Rust's memory are wiped as they go out of scope.
        let der = key.to_pkcs8_der().map_err(|_| GenerateError::Backend)?;
        let key = Key::from_pkcs8(der.as_bytes()).map_err(|_| GenerateError::Backend)?;
        Ok(Box::new(key))
    }

    fn session_key_from_pkcs8(
        &self,
        der: &[u8],
        _entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        Ok(Box::new(Key::from_pkcs8(der)?))
    }

    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        check_public_key(spki)?;
        let key = PublicEncryptingKey::from_der(spki).map_err(|_| PublicKeyError::Backend)?;
        let key = OaepPublicEncryptingKey::new(key).map_err(|_| PublicKeyError::Backend)?;
        Ok(Box::new(Peer {
            key,
            public_key: spki.into(),
        }))
    }
}

/// Makes a key; where several threads are asked for, another one meanwhile does `chore`, if it can be started.
fn beside<T>(threads: NonZero<usize>, chore: impl FnOnce() + Send, make: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        if threads.get() > 1 {
            let builder = thread::Builder::new().name("ra-seed".to_owned());
            let _ = builder.spawn_scoped(scope, chore);
        }
        make()
    })
}

struct Key {
    key: OaepPrivateDecryptingKey,
    public_key: Box<[u8]>,
}

impl Key {
    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        // AWS-LC reads over bytes that follow the document.
        PrivateKeyInfoRef::try_from(der).map_err(|_| KeyError::Malformed)?;
        let key = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| KeyError::Malformed)?;
        let public_key = key
            .public_key()
            .as_der()
            .map_err(|_| PublicKeyError::Backend)?;
        check_public_key(public_key.as_ref())?;
        Ok(Self {
            public_key: public_key.as_ref().into(),
            key: OaepPrivateDecryptingKey::new(key).map_err(|_| KeyError::Malformed)?,
        })
    }
}

impl SessionKey for Key {
    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn open(&mut self, sealed: &[u8]) -> Result<Plaintext, OpenError> {
        let mut buffer = Zeroizing::new([0; SEALED_BYTES]);
        self.key
            .decrypt(&OAEP_SHA256_MGF1SHA256, sealed, &mut *buffer, None)
            .map(|plaintext| Plaintext::new(plaintext.to_vec()))
            .map_err(|_| OpenError)
    }
}

struct Peer {
    key: OaepPublicEncryptingKey,
    public_key: Box<[u8]>,
}

impl PeerKey for Peer {
    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn seal(&self, plaintext: &[u8], _entropy: &mut dyn Entropy) -> Result<Vec<u8>, SealError> {
        if plaintext.len() > MAX_PLAINTEXT_BYTES {
            return Err(SealError::TooLong);
        }
        let mut sealed = vec![0; SEALED_BYTES];
        self.key
            .encrypt(&OAEP_SHA256_MGF1SHA256, plaintext, &mut sealed, None)
            .map_err(|_| SealError::Backend)?;
        Ok(sealed)
    }
}

#[cfg(test)]
mod tests;
