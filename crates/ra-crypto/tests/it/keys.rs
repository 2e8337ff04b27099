//! Keys that are made here: determinism, entropy, sealing and opening across the backends.

use std::collections::HashSet;
use std::num::NonZero;

use crate::common::{BACKENDS, pairs};
use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeySize, PrivateDecryptingKey},
};
use chacha20::{ChaCha20Rng, rand_core::SeedableRng};
use proptest::prelude::*;
use ra_crypto::{
    AwsLc, Backend, Entropy, EntropyError, GenerateError, KeyError, MAX_PLAINTEXT_BYTES, OpenError,
    OsEntropy, PublicKeyError, RustCrypto, SEALED_BYTES, SealError, check_public_key,
};
use ra_testkit::{Fake, NoEntropy, SeededEntropy, vectors};
use rsa::{
    PrivateKey,
    pkcs8::{EncodePrivateKey, EncodePublicKey},
};

#[test]
fn r05_fresh_keys_are_acceptable_and_differ() {
    for backend in BACKENDS {
        let [first, second] = [(); 2].map(|()| backend.generate(&mut OsEntropy).unwrap());
        assert_eq!(check_public_key(first.public_key()), Ok(()));
        assert_eq!(check_public_key(second.public_key()), Ok(()));
        assert_ne!(first.public_key(), second.public_key());
    }
}

#[test]
fn the_same_entropy_makes_the_same_key_on_both_backends_and_each_opens_for_it() {
    let mut entropy = SeededEntropy::new(7);
    let mut pure = RustCrypto.generate(&mut entropy).unwrap();
    let mut aws_lc = AwsLc.generate(&mut SeededEntropy::new(7)).unwrap();
    assert_eq!(pure.public_key(), aws_lc.public_key());
    let other = RustCrypto.generate(&mut entropy).unwrap();
    assert_ne!(pure.public_key(), other.public_key());

    for backend in BACKENDS {
        let peer = backend.peer_key(pure.public_key()).unwrap();
        let sealed = peer
            .seal(b"for either", &mut SeededEntropy::new(8))
            .unwrap();
        assert_eq!(pure.open(&sealed).unwrap().expose(), b"for either");
        assert_eq!(aws_lc.open(&sealed).unwrap().expose(), b"for either");
    }
}

/// A number of threads, at least one.
fn threads(count: usize) -> NonZero<usize> {
    NonZero::<usize>::MIN.saturating_add(count - 1)
}

#[test]
fn r05_keys_from_several_threads_are_acceptable_differ_and_open() {
    for backend in BACKENDS {
        let mut entropy = SeededEntropy::new(9);
        let mut seen = HashSet::new();
        for count in [2, 2, 3, usize::MAX] {
            let mut key = backend.generate_on(threads(count), &mut entropy).unwrap();
            assert_eq!(check_public_key(key.public_key()), Ok(()));
            assert!(seen.insert(key.public_key().to_vec()));
            for (gateway, _) in pairs() {
                let peer = gateway.peer_key(key.public_key()).unwrap();
                let sealed = peer.seal(b"nonce", &mut OsEntropy).unwrap();
                assert_eq!(key.open(&sealed).unwrap().expose(), b"nonce");
            }
        }
    }
}

#[test]
fn on_one_thread_the_key_is_the_one_that_the_entropy_makes() {
    let mut seed = [0; 32];
    SeededEntropy::new(7).fill(&mut seed).unwrap();
    let key = PrivateKey::new(&mut ChaCha20Rng::from_seed(seed), 2048).unwrap();
    let expected = key.as_public_key().to_public_key_der().unwrap();
    for backend in BACKENDS {
        let one = backend.generate_on(threads(1), &mut SeededEntropy::new(7));
        assert_eq!(one.unwrap().public_key(), expected.as_bytes());
        let key = backend.generate(&mut SeededEntropy::new(7)).unwrap();
        assert_eq!(key.public_key(), expected.as_bytes());
    }
}

/// Entropy for so many seeds.
struct Seeds(usize);

impl Entropy for Seeds {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
        self.0 = self.0.checked_sub(1).ok_or(EntropyError)?;
        SeededEntropy::new(self.0 as u64).fill(dest)
    }
}

#[test]
fn every_thread_has_a_seed_of_its_own_or_there_is_no_key() {
    for backend in BACKENDS {
        for count in 1..=4 {
            let mut entropy = Seeds(count - 1);
            let failed = backend.generate_on(threads(count), &mut entropy);
            assert_eq!(failed.unwrap_err(), GenerateError::Entropy(EntropyError));
            let mut entropy = Seeds(count);
            assert!(backend.generate_on(threads(count), &mut entropy).is_ok());
            assert_eq!(entropy.0, 0, "{count} threads");
        }
        // no more than eight are started
        let mut entropy = Seeds(9);
        assert!(backend.generate_on(threads(1000), &mut entropy).is_ok());
        assert_eq!(entropy.0, 1);
    }
}

#[test]
fn a_backend_that_knows_nothing_of_threads_makes_its_key_as_ever() {
    let key = Fake.generate_on(threads(2), &mut SeededEntropy::new(1));
    let expected = Fake.generate(&mut SeededEntropy::new(1)).unwrap();
    assert_eq!(key.unwrap().public_key(), expected.public_key());
}

#[test]
fn the_pure_backend_seals_deterministically_and_both_vary_with_entropy() {
    let spki = &vectors::load().keys[0].spki;
    let seal = |backend: &dyn Backend, seed| {
        backend
            .peer_key(spki)
            .unwrap()
            .seal(b"nonce", &mut SeededEntropy::new(seed))
            .unwrap()
    };
    assert_eq!(seal(&RustCrypto, 1), seal(&RustCrypto, 1));
    assert_ne!(seal(&RustCrypto, 1), seal(&RustCrypto, 2));
    assert_ne!(seal(&AwsLc, 1), seal(&AwsLc, 1), "draws its own randomness");
}

#[test]
fn without_entropy_there_is_an_error_and_no_panic() {
    for backend in BACKENDS {
        let error = backend.generate(&mut NoEntropy).unwrap_err();
        assert_eq!(error, GenerateError::Entropy(EntropyError));
    }
    let vector = &vectors::load().keys[0];
    let error = RustCrypto
        .session_key_from_pkcs8(&vector.pkcs8, &mut NoEntropy)
        .unwrap_err();
    assert_eq!(error, KeyError::Entropy(EntropyError));
    let error = RustCrypto
        .peer_key(&vector.spki)
        .unwrap()
        .seal(b"nonce", &mut NoEntropy)
        .unwrap_err();
    assert_eq!(error, SealError::Entropy(EntropyError));
}

#[test]
fn r06_190_bytes_can_be_sealed_and_191_cannot() {
    let vector = &vectors::load().keys[0];
    for (desktop, gateway) in pairs() {
        let mut key = desktop
            .session_key_from_pkcs8(&vector.pkcs8, &mut OsEntropy)
            .unwrap();
        let peer = gateway.peer_key(&vector.spki).unwrap();
        let longest = [0xa5; MAX_PLAINTEXT_BYTES];
        let sealed = peer.seal(&longest, &mut OsEntropy).unwrap();
        assert_eq!(key.open(&sealed).unwrap().expose(), longest);
        for length in [MAX_PLAINTEXT_BYTES + 1, SEALED_BYTES, 100_000] {
            let error = peer.seal(&vec![0xa5; length], &mut OsEntropy).unwrap_err();
            assert_eq!(error, SealError::TooLong);
        }
    }
}

#[test]
fn private_keys_in_another_form_are_refused() {
    let vectors = vectors::load();
    let pkcs8 = &vectors.keys[0].pkcs8;
    let mut trailing = pkcs8.clone();
    trailing.push(0);
    let mut broken = pkcs8.clone();
    broken[700] ^= 1; // inside a prime
    let pkcs1 = &pkcs8[26..];
    let refused: [&[u8]; 6] = [
        &[],
        &pkcs8[..pkcs8.len() - 1],
        &trailing,
        &broken,
        pkcs1,
        &vectors.keys[0].spki,
    ];
    for backend in BACKENDS {
        for (case, der) in refused.into_iter().enumerate() {
            let read = backend.session_key_from_pkcs8(der, &mut SeededEntropy::new(1));
            let refused = matches!(read, Err(KeyError::Malformed));
            assert!(refused, "{}: case {case}", backend.name());
        }
    }
}

#[test]
fn r05_private_keys_of_another_size_or_exponent_are_refused() {
    let rng = &mut ChaCha20Rng::from_seed([1; 32]);
    let long = PrivateKey::new(rng, 3072).unwrap();
    let odd = PrivateKey::new_with_exp(rng, 2048, 257_u32.into()).unwrap();
    for (key, reason) in [
        (long, PublicKeyError::Size),
        (odd, PublicKeyError::Exponent),
    ] {
        let der = key.to_pkcs8_der().unwrap();
        for backend in BACKENDS {
            let error = backend
                .session_key_from_pkcs8(der.as_bytes(), &mut SeededEntropy::new(1))
                .unwrap_err();
            assert_eq!(error, KeyError::PublicKey(reason), "{}", backend.name());
        }
    }
}

#[test]
fn a_key_that_aws_lc_made_serves_on_both_backends() {
    let der = PrivateDecryptingKey::generate(KeySize::Rsa2048)
        .unwrap()
        .as_der()
        .unwrap();
    for (desktop, gateway) in pairs() {
        let mut key = desktop
            .session_key_from_pkcs8(der.as_ref(), &mut OsEntropy)
            .unwrap();
        let peer = gateway.peer_key(key.public_key()).unwrap();
        let sealed = peer.seal(b"nonce", &mut OsEntropy).unwrap();
        assert_eq!(key.open(&sealed).unwrap().expose(), b"nonce");
    }
}

#[test]
fn backends_are_told_apart_by_name() {
    assert_eq!(
        BACKENDS.map(|backend| backend.name()),
        ["rustcrypto", "aws-lc-rs"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_sealed_opens_to_the_same(
        plaintext in prop::collection::vec(any::<u8>(), 0..=MAX_PLAINTEXT_BYTES), seed: u64,
    ) {
        let vector = &vectors::load().keys[1];
        for (desktop, gateway) in pairs() {
            let mut key =
                desktop.session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(seed)).unwrap();
            let peer = gateway.peer_key(&vector.spki).unwrap();
            let sealed = peer.seal(&plaintext, &mut SeededEntropy::new(seed)).unwrap();
            prop_assert_eq!(sealed.len(), SEALED_BYTES);
            let opened = key.open(&sealed).unwrap();
            prop_assert_eq!(opened.expose(), &plaintext[..]);
        }
    }

    #[test]
    fn no_damaged_message_opens(at in 0..SEALED_BYTES, flip in 1_u8.., seed: u64) {
        let vector = &vectors::load().keys[2];
        let peer = RustCrypto.peer_key(&vector.spki).unwrap();
        let mut sealed = peer.seal(b"nonce", &mut SeededEntropy::new(seed)).unwrap();
        sealed[at] ^= flip;
        for backend in BACKENDS {
            let mut key =
                backend.session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(seed)).unwrap();
            prop_assert_eq!(key.open(&sealed).unwrap_err(), OpenError);
        }
    }

    #[test]
    fn messages_of_any_other_length_do_not_open(
        message in prop::collection::vec(any::<u8>(), 0..600), seed: u64,
    ) {
        prop_assume!(message.len() != SEALED_BYTES);
        let vector = &vectors::load().keys[2];
        for backend in BACKENDS {
            let mut key =
                backend.session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(seed)).unwrap();
            prop_assert_eq!(key.open(&message).unwrap_err(), OpenError);
        }
    }
}
