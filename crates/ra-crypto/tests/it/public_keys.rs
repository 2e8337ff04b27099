//! exactly one encoding of exactly one kind of key is taken, and each refusal has its name.

use crate::common::BACKENDS;
use proptest::prelude::*;
use ra_crypto::{PUBLIC_KEY_BYTES, PublicKeyError, check_public_key};
use ra_testkit::{SeededEntropy, vectors};

/// Where the modulus lies in an acceptable key.
const MODULUS: core::ops::Range<usize> = 33..289;

fn good() -> Vec<u8> {
    vectors::load().keys.swap_remove(0).spki
}

/// DER of an element with a two-byte length.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16).to_be_bytes();
    [&[tag, 0x82][..], &length, content].concat()
}

/// A SubjectPublicKeyInfo around any numbers.
fn spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = [
        element(2, modulus),
        [&[2, exponent.len() as u8], exponent].concat(),
    ]
    .concat();
    let key = [&[0][..], &element(0x30, &numbers)].concat();
    let algorithm = &good()[4..19];
    element(0x30, &[algorithm, &element(3, &key)].concat())
}

#[test]
fn the_keys_of_the_vectors_are_taken() {
    for key in vectors::load().keys {
        assert_eq!(key.spki.len(), PUBLIC_KEY_BYTES);
        assert_eq!(check_public_key(&key.spki), Ok(()));
    }
}

#[test]
fn each_refusal_of_the_vectors_has_its_reason() {
    let reasons = vectors::load().refused_public_keys.into_iter().map(|key| {
        let reason = check_public_key(&key.bytes).unwrap_err();
        (key.why, reason)
    });
    let expected = [
        ("RSA-1024", PublicKeyError::Size),
        ("RSA-4096", PublicKeyError::Size),
        ("RSA-2048 e=3", PublicKeyError::Exponent),
        ("EC P-256", PublicKeyError::Algorithm),
        ("trailing byte", PublicKeyError::NotCanonical),
        ("truncated", PublicKeyError::Malformed),
        ("PKCS#1 public key, not SPKI", PublicKeyError::Malformed),
    ];
    assert!(reasons.eq(expected.map(|(why, reason)| (why.to_owned(), reason))));
}

#[test]
fn an_even_modulus_and_sizes_just_beside_2048_bits_are_refused() {
    let mut even = good();
    even[MODULUS.end - 1] &= 0xfe;
    assert_eq!(check_public_key(&even), Err(PublicKeyError::Modulus));

    let mut short = good();
    short[MODULUS.start] = 0x7f; // 2047 bits, and a leading zero that DER forbids
    assert_eq!(check_public_key(&short), Err(PublicKeyError::Size));
    short[MODULUS.start] = 0x80;
    assert_eq!(check_public_key(&short), Ok(()));

    let long = [&[1], &good()[MODULUS]].concat(); // 2049 bits
    assert_eq!(
        check_public_key(&spki(&long, &[1, 0, 1])),
        Err(PublicKeyError::Size)
    );
    let zero = [0; 257];
    assert_eq!(
        check_public_key(&spki(&zero, &[1, 0, 1])),
        Err(PublicKeyError::Size)
    );
}

#[test]
fn other_exponents_are_refused() {
    let modulus = [&[0], &good()[MODULUS]].concat();
    for exponent in [&[3][..], &[1, 0, 3], &[1, 0, 0, 1], &[1], &[0], &[]] {
        let key = spki(&modulus, exponent);
        assert_eq!(
            check_public_key(&key),
            Err(PublicKeyError::Exponent),
            "{exponent:?}"
        );
    }
}

#[test]
fn an_acceptable_key_in_another_encoding_is_refused() {
    // two-byte lengths where one byte is enough: BER, not DER
    let algorithm = element(0x30, &good()[6..19]);
    let ber = element(0x30, &[&algorithm, &good()[19..]].concat());
    assert_eq!(check_public_key(&ber), Err(PublicKeyError::NotCanonical));

    let modulus = [&[0, 0], &good()[MODULUS]].concat();
    assert_eq!(
        check_public_key(&spki(&modulus, &[1, 0, 1])),
        Err(PublicKeyError::NotCanonical)
    );
    let modulus = [&[0], &good()[MODULUS]].concat();
    assert_eq!(
        check_public_key(&spki(&modulus, &[0, 1, 0, 1])),
        Err(PublicKeyError::NotCanonical)
    );

    let trailing_parameters = {
        let mut algorithm = good()[6..19].to_vec();
        algorithm.push(0);
        let algorithm = [&[0x30, 14], &algorithm[..]].concat();
        element(0x30, &[&algorithm, &good()[19..]].concat())
    };
    assert_eq!(
        check_public_key(&trailing_parameters),
        Err(PublicKeyError::NotCanonical)
    );
}

#[test]
fn fragments_are_malformed() {
    for key in [
        &[][..],
        &[0x30],
        &[0x30, 0x82, 0x01],
        &[0x30, 0x80],
        &[0x30, 0x83, 0, 1, 34],
    ] {
        assert_eq!(
            check_public_key(key),
            Err(PublicKeyError::Malformed),
            "{key:?}"
        );
    }
    let good = good();
    for length in 0..good.len() {
        assert_eq!(
            check_public_key(&good[..length]),
            Err(PublicKeyError::Malformed),
            "{length}"
        );
    }
}

#[test]
fn an_element_of_another_type_is_malformed() {
    // info, algorithm, its identifier, the bit string, the key in it, modulus, exponent
    for (at, tag) in [
        (0, 0x30),
        (4, 0x30),
        (6, 6),
        (19, 3),
        (24, 0x30),
        (28, 2),
        (289, 2),
    ] {
        let mut key = good();
        assert_eq!(key[at], tag);
        key[at] ^= 1;
        assert_eq!(
            check_public_key(&key),
            Err(PublicKeyError::Malformed),
            "byte {at}"
        );
    }
}

#[test]
fn no_byte_around_the_modulus_can_be_changed() {
    for at in (0..MODULUS.start).chain(MODULUS.end..PUBLIC_KEY_BYTES) {
        for bit in 0..8 {
            let mut key = good();
            key[at] ^= 1 << bit;
            for backend in BACKENDS {
                assert!(backend.peer_key(&key).is_err(), "byte {at}, bit {bit}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_odd_modulus_of_2048_bits_is_taken_by_both_backends(
        modulus in prop::collection::vec(any::<u8>(), 256),
    ) {
        let mut key = good();
        key[MODULUS].copy_from_slice(&modulus);
        key[MODULUS.start] |= 0x80;
        key[MODULUS.end - 1] |= 1;
        for backend in BACKENDS {
            let peer = backend.peer_key(&key).unwrap();
            prop_assert_eq!(peer.public_key(), &key[..]);
            prop_assert_eq!(peer.seal(b"nonce", &mut SeededEntropy::new(1)).unwrap().len(), 256);
        }
    }

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(check_public_key(&bytes).is_err());
    }

    #[test]
    fn any_damage_gets_an_answer(
        at in 0..PUBLIC_KEY_BYTES, damage in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut key = good();
        for (byte, damage) in key[at..].iter_mut().zip(damage) {
            *byte = damage;
        }
        let outside = key[..MODULUS.start] != good()[..MODULUS.start]
            || key[MODULUS.end..] != good()[MODULUS.end..];
        prop_assert!(!outside || check_public_key(&key).is_err());
    }
}
