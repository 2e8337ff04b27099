//! Everything that the independent implementation made, on both backends and crossed.

use crate::common::{BACKENDS, pairs};
use ra_crypto::{OpenError, check_public_key, digest_proof, fingerprint, nonce_proof};
use ra_testkit::{NoEntropy, SeededEntropy, vectors};

#[test]
fn r06_both_backends_open_what_the_independent_implementation_sealed() {
    for backend in BACKENDS {
        for vector in vectors::load().keys {
            let mut key = backend
                .session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(1))
                .unwrap();
            let nonces = vector.nonces.iter().map(|nonce| &nonce.sealed);
            let sealed = nonces
                .chain(&vector.user_payloads)
                .chain(&vector.bad_user_payloads)
                .chain(&vector.tokens);
            let mut opened = 0;
            for message in sealed {
                let plaintext = key.open(&message.sealed).unwrap();
                assert_eq!(plaintext.expose(), message.plaintext, "{}", backend.name());
                opened += 1;
            }
            assert_eq!(opened, 29, "messages of this key");
        }
    }
}

#[test]
fn r06_neither_backend_opens_what_must_not_be_opened_and_both_say_no_more() {
    for backend in BACKENDS {
        for vector in vectors::load().keys {
            let mut key = backend
                .session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(1))
                .unwrap();
            assert_eq!(vector.must_not_open.len(), 15);
            for message in vector.must_not_open {
                let refused = key.open(&message.bytes).unwrap_err();
                assert_eq!(refused, OpenError, "{}: {}", backend.name(), message.why);
            }
            // a refusal does no harm to the key
            let nonce = &vector.nonces[0].sealed;
            assert_eq!(key.open(&nonce.sealed).unwrap().expose(), nonce.plaintext);
        }
    }
}

#[test]
fn r06_a_message_to_another_key_does_not_open() {
    let [first, second, ..] = &vectors::load().keys[..] else {
        panic!("at least two keys")
    };
    for backend in BACKENDS {
        let mut key = backend
            .session_key_from_pkcs8(&first.pkcs8, &mut SeededEntropy::new(1))
            .unwrap();
        for token in &second.tokens {
            assert_eq!(key.open(&token.sealed).unwrap_err(), OpenError);
        }
    }
}

#[test]
fn r05_both_backends_find_the_public_half_of_a_private_key() {
    for backend in BACKENDS {
        for vector in vectors::load().keys {
            let key = backend
                .session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(1))
                .unwrap();
            assert_eq!(key.public_key(), vector.spki, "{}", backend.name());
        }
    }
}

#[test]
fn r06_what_one_backend_seals_the_other_opens() {
    for (desktop, gateway) in pairs() {
        for vector in vectors::load().keys {
            let mut key = desktop
                .session_key_from_pkcs8(&vector.pkcs8, &mut SeededEntropy::new(1))
                .unwrap();
            let peer = gateway.peer_key(&vector.spki).unwrap();
            for nonce in vector.nonces {
                let sealed = peer
                    .seal(&nonce.sealed.plaintext, &mut SeededEntropy::new(2))
                    .unwrap();
                let opened = key.open(&sealed).unwrap();
                assert_eq!(opened.expose(), nonce.sealed.plaintext);
            }
        }
    }
}

#[test]
fn r07_proofs_of_both_dialects() {
    for nonce in vectors::load().keys.into_iter().flat_map(|key| key.nonces) {
        assert_eq!(*digest_proof(&nonce.sealed.plaintext), nonce.digest_proof);
        assert_eq!(*nonce_proof(&nonce.sealed.plaintext), nonce.nonce_proof);
    }
}

#[test]
fn r08_fingerprints_of_the_vectors_and_of_the_published_example() {
    let vectors = vectors::load();
    for key in vectors.keys {
        assert_eq!(fingerprint(&key.spki).to_string(), key.fingerprint);
    }
    let published = vectors.published;
    assert_eq!(check_public_key(&published.spki), Ok(()));
    assert_eq!(
        fingerprint(&published.spki).to_string(),
        published.fingerprint
    );
    for backend in BACKENDS {
        let peer = backend.peer_key(&published.spki).unwrap();
        assert_eq!(peer.public_key(), published.spki);
        assert_eq!(
            peer.seal(b"nonce", &mut SeededEntropy::new(1))
                .unwrap()
                .len(),
            256
        );
    }
}

#[test]
fn r52_both_backends_refuse_the_public_keys_that_a_gateway_must_refuse() {
    let refused = vectors::load().refused_public_keys;
    assert_eq!(refused.len(), 7);
    for backend in BACKENDS {
        for key in &refused {
            assert!(
                backend.peer_key(&key.bytes).is_err(),
                "{}: {}",
                backend.name(),
                key.why
            );
        }
    }
}

#[test]
fn only_the_pure_backend_needs_entropy_to_read_a_key() {
    let pkcs8 = &vectors::load().keys[0].pkcs8;
    let [pure, aws_lc] = BACKENDS.map(|backend| {
        backend
            .session_key_from_pkcs8(pkcs8, &mut NoEntropy)
            .map(drop)
    });
    assert_eq!(pure, Err(ra_crypto::EntropyError.into()));
    assert_eq!(aws_lc, Ok(()));
}
