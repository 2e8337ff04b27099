//! nothing secret shows in what is printed; errors read as one plain line.

use std::error::Error;

use crate::common::BACKENDS;
use ra_crypto::{
    EntropyError, GenerateError, KeyError, OpenError, Plaintext, PublicKeyError, RustCrypto,
    SealError, SessionKey,
};
use ra_testkit::{NoEntropy, SeededEntropy, vectors};

const CANARY: &str = "canary-5f0c";

/// A key of somebody else's making, with a secret in it.
struct Foreign(&'static str);

impl SessionKey for Foreign {
    fn public_key(&self) -> &[u8] {
        &[]
    }

    fn open(&mut self, _: &[u8]) -> Result<Plaintext, OpenError> {
        Ok(Plaintext::new(self.0.into()))
    }
}

#[test]
fn r34_a_plaintext_is_silent() {
    let plaintext = Plaintext::new(CANARY.into());
    for shown in [
        format!("{plaintext:?}"),
        format!("{plaintext:#?}"),
        format!("{:?}", plaintext.clone()),
    ] {
        assert_eq!(shown, "Plaintext(..)");
    }
    assert_eq!(plaintext.expose(), CANARY.as_bytes());
    assert_eq!(plaintext.to_utf8(), Ok(CANARY));
    let mut binary = CANARY.as_bytes().to_vec();
    binary.push(0xff);
    let error = Plaintext::new(binary).to_utf8().unwrap_err();
    assert!(!format!("{error:?} {error}").contains("canary"));
}

#[test]
fn r34_keys_are_silent() {
    let mut foreign: Box<dyn SessionKey> = Box::new(Foreign(CANARY));
    assert_eq!(format!("{foreign:?}"), "SessionKey(..)");
    assert_eq!(foreign.open(&[]).unwrap().to_utf8(), Ok(CANARY));

    let vector = &vectors::load().keys[0];
    for backend in BACKENDS {
        let key = backend
            .session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(1))
            .unwrap();
        assert_eq!(format!("{key:?}"), "SessionKey(..)");
        let peer = backend.peer_key(&vector.spki).unwrap();
        assert_eq!(format!("{peer:?}"), "PeerKey(..)");
    }
}

#[test]
fn errors_are_one_line_and_leave_causes_to_source() {
    let entropy = EntropyError;
    let errors: Vec<Box<dyn Error>> = vec![
        Box::new(entropy),
        Box::new(OpenError),
        Box::new(SealError::TooLong),
        Box::new(SealError::from(entropy)),
        Box::new(SealError::Backend),
        Box::new(GenerateError::from(entropy)),
        Box::new(GenerateError::Backend),
        Box::new(KeyError::Malformed),
        Box::new(KeyError::from(PublicKeyError::Size)),
        Box::new(KeyError::from(entropy)),
        Box::new(PublicKeyError::Malformed),
        Box::new(PublicKeyError::Algorithm),
        Box::new(PublicKeyError::Size),
        Box::new(PublicKeyError::Exponent),
        Box::new(PublicKeyError::Modulus),
        Box::new(PublicKeyError::NotCanonical),
        Box::new(PublicKeyError::Backend),
    ];
    let mut texts = Vec::new();
    for error in &errors {
        let text = error.to_string();
        assert!(
            !text.is_empty() && !text.contains('\n') && !text.ends_with('.'),
            "{text}"
        );
        assert_eq!(text, text.to_lowercase());
        if let Some(source) = error.source() {
            assert!(!text.contains(&source.to_string()), "{text}");
        }
        texts.push(text);
    }
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), errors.len(), "each says something else");
}

#[test]
fn causes_are_in_source() {
    let error = ra_crypto::Backend::generate(&RustCrypto, &mut NoEntropy).unwrap_err();
    assert_eq!(
        error.source().unwrap().to_string(),
        EntropyError.to_string()
    );
    assert!(SealError::from(EntropyError).source().is_some());
    assert!(SealError::TooLong.source().is_none());
    assert!(GenerateError::Backend.source().is_none());
    assert!(KeyError::from(EntropyError).source().is_some());
    let error = KeyError::from(PublicKeyError::Exponent);
    assert_eq!(
        error.source().unwrap().to_string(),
        PublicKeyError::Exponent.to_string()
    );
    assert!(KeyError::Malformed.source().is_none());
}
