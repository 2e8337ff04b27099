//! A key without cryptography: keeps state-machine tests and fuzzers fast. It keeps the sizes and
//! the refusals of the real thing, so that machines cannot tell the difference.

use std::sync::Arc;

use ra_crypto::{
    Backend, Entropy, GenerateError, KeyError, MAX_PLAINTEXT_BYTES, OpenError, PUBLIC_KEY_BYTES,
    PeerKey, Plaintext, PublicKeyError, SEALED_BYTES, SealError, SessionKey,
};

const MAGIC: &[u8; 8] = b"FAKE KEY";
/// Bytes before the sealed plaintext: the key's id and the plaintext's length.
const HEAD: usize = 8 + 1;

/// The fake key's other half and its public key: `FAKE KEY`, an id, zeros up to 294 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FakeKey {
    public: Vec<u8>,
}

impl FakeKey {
    /// The key with this id.
    #[must_use]
    pub fn new(id: u64) -> Self {
        let mut public = Vec::with_capacity(PUBLIC_KEY_BYTES);
        public.extend(MAGIC);
        public.extend(id.to_le_bytes());
        public.resize(PUBLIC_KEY_BYTES, 0);
        Self { public }
    }

    /// Seals without entropy.
    ///
    /// # Panics
    ///
    /// If the plaintext is longer than a real key takes.
    #[must_use]
    pub fn seal_text(&self, plaintext: impl AsRef<[u8]>) -> String {
        let sealed = self
            .seal(plaintext.as_ref(), &mut crate::NoEntropy)
            .expect("plaintext fits");
        ra_proto::base64::encode_standard(&sealed)
    }
}

impl SessionKey for FakeKey {
    fn public_key(&self) -> &[u8] {
        &self.public
    }

    fn open(&mut self, sealed: &[u8]) -> Result<Plaintext, OpenError> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(OpenError)?;
        let length = usize::from(head[8]);
        let sound = sealed.len() == SEALED_BYTES
            && head[..8] == self.public[8..16]
            && length <= MAX_PLAINTEXT_BYTES
            && body[length..].iter().all(|b| *b == 0);
        if !sound {
            return Err(OpenError);
        }
        Ok(Plaintext::new(
            body[..length].iter().map(|b| b ^ 0x5a).collect(),
        ))
    }
}

impl PeerKey for FakeKey {
    fn public_key(&self) -> &[u8] {
        &self.public
    }

    fn seal(&self, plaintext: &[u8], _: &mut dyn Entropy) -> Result<Vec<u8>, SealError> {
        let length = u8::try_from(plaintext.len()).map_err(|_| SealError::TooLong)?;
        if plaintext.len() > MAX_PLAINTEXT_BYTES {
            return Err(SealError::TooLong);
        }
        let mut sealed = Vec::with_capacity(SEALED_BYTES);
        sealed.extend(&self.public[8..16]);
        sealed.push(length);
        sealed.extend(plaintext.iter().map(|b| b ^ 0x5a));
        sealed.resize(SEALED_BYTES, 0);
        Ok(sealed)
    }
}

/// The backend of fake keys.
#[derive(Clone, Copy, Debug)]
pub struct Fake;

impl Backend for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        let mut id = [0; 8];
        entropy.fill(&mut id).map_err(GenerateError::from)?;
        Ok(Box::new(FakeKey::new(u64::from_le_bytes(id))))
    }

    fn session_key_from_pkcs8(
        &self,
        _: &[u8],
        _: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        Err(KeyError::Malformed)
    }

    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        if spki.len() != PUBLIC_KEY_BYTES || !spki.starts_with(MAGIC) {
            return Err(PublicKeyError::Malformed);
        }
        Ok(Box::new(FakeKey {
            public: spki.to_vec(),
        }))
    }
}

/// A gateway's backend for fake keys and those of another backend. For tests only: with it anybody can read what is
/// sealed to a fake key.
#[derive(Clone, Debug)]
pub struct FakeOr(pub Arc<dyn Backend>);

impl Backend for FakeOr {
    fn name(&self) -> &'static str {
        "fake or real"
    }

    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        self.0.generate(entropy)
    }

    fn session_key_from_pkcs8(
        &self,
        der: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        self.0.session_key_from_pkcs8(der, entropy)
    }

    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        Fake.peer_key(spki).or_else(|_| self.0.peer_key(spki))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_only() {
        let mut key = FakeKey::new(1);
        for length in [0, 1, MAX_PLAINTEXT_BYTES] {
            let plaintext = vec![7; length];
            let sealed = key.seal(&plaintext, &mut crate::NoEntropy).unwrap();
            assert_eq!(sealed.len(), SEALED_BYTES);
            assert_eq!(key.open(&sealed).unwrap().expose(), plaintext);
            assert!(FakeKey::new(2).open(&sealed).is_err());
            assert!(key.open(&sealed[1..]).is_err());
        }
        assert!(
            key.seal(&[0; MAX_PLAINTEXT_BYTES + 1], &mut crate::NoEntropy)
                .is_err()
        );
    }
}
