//! Rivals: direct calls of the libraries below our backends, without our checks, copies and wiping.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey, PublicEncryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use rsa::{Oaep, PrivateKey, PublicKey};
use sha2::{Digest as _, Sha256};

pub struct AwsLcKey(OaepPrivateDecryptingKey);

impl AwsLcKey {
    pub fn new(pkcs8: &[u8]) -> Self {
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).unwrap();
        Self(OaepPrivateDecryptingKey::new(key).unwrap())
    }

    /// Makes a key, and returns its public key too.
    pub fn made() -> (Vec<u8>, Self) {
        let key = aws_lc_makes_a_key();
        let spki: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
        let spki = spki.as_ref().to_vec();
        (spki, Self(OaepPrivateDecryptingKey::new(key).unwrap()))
    }

    pub fn open(&self, sealed: &[u8]) -> Vec<u8> {
        let mut buffer = [0; 256];
        let opened = self
            .0
            .decrypt(&OAEP_SHA256_MGF1SHA256, sealed, &mut buffer, None);
        opened.unwrap().to_vec()
    }

    pub fn proof(&self, sealed: &[u8]) -> String {
        let mut buffer = [0; 256];
        let opened = self
            .0
            .decrypt(&OAEP_SHA256_MGF1SHA256, sealed, &mut buffer, None)
            .unwrap();
        URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            opened,
        ))
    }
}

pub fn aws_lc_makes_a_key() -> PrivateDecryptingKey {
    PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap()
}

pub fn aws_lc_seals(spki: &[u8]) -> [Vec<u8>; 3] {
    let key = PublicEncryptingKey::from_der(spki).unwrap();
    let key = OaepPublicEncryptingKey::new(key).unwrap();
    [(); 3].map(|()| {
        let mut sealed = vec![0; 256];
        key.encrypt(&OAEP_SHA256_MGF1SHA256, &[7; 64], &mut sealed, None)
            .unwrap();
        sealed
    })
}

/// A key of the crate `rsa`, which blinds each opening as ours does.
pub struct RsaKey {
    key: PrivateKey,
    blinding: ChaCha20Rng,
}

impl RsaKey {
    pub fn new(pkcs8: &[u8]) -> Self {
        Self {
            key: PrivateKey::from_pkcs8_der(pkcs8).unwrap(),
            blinding: ChaCha20Rng::from_seed([7; 32]),
        }
    }

    pub fn proof(&mut self, sealed: &[u8]) -> String {
        let opened = self
            .key
            .decrypt_blinded(&mut self.blinding, Oaep::<Sha256>::new(), sealed)
            .unwrap();
        URL_SAFE_NO_PAD.encode(Sha256::digest(opened))
    }
}

pub fn rsa_seals(spki: &[u8]) -> [Vec<u8>; 3] {
    let key = PublicKey::from_public_key_der(spki).unwrap();
    [7, 8, 9].map(|seed| {
        let mut rng = ChaCha20Rng::from_seed([seed; 32]);
        key.encrypt(&mut rng, Oaep::<Sha256>::new(), &[7; 64])
            .unwrap()
    })
}
