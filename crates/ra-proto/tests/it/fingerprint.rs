use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use proptest::prelude::*;
use ra_proto::{Fingerprint, FingerprintError};

const TEXT: &str = "vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";

#[test]
fn text_and_bytes_are_one_to_one() {
    let fingerprint: Fingerprint = TEXT.parse().unwrap();
    assert_eq!(fingerprint.as_bytes()[..3], [0xbf, 0x28, 0xbe]);
    assert_eq!(
        fingerprint,
        Fingerprint::from_bytes(*fingerprint.as_bytes())
    );
    assert_eq!(fingerprint.to_string(), TEXT);
    assert_eq!(format!("{fingerprint:?}"), format!("Fingerprint({TEXT})"));
}

#[test]
fn r08_fingerprints_differ_whichever_byte_differs() {
    let one = Fingerprint::from_bytes([7; 32]);
    for place in 0..32 {
        let mut bytes = [7; 32];
        bytes[place] ^= 1;
        assert_ne!(one, Fingerprint::from_bytes(bytes), "byte {place}");
    }
}

#[test]
fn equal_fingerprints_hash_equally_and_others_hardly_ever() {
    let hash = |byte| {
        BuildHasherDefault::<DefaultHasher>::default().hash_one(Fingerprint::from_bytes([byte; 32]))
    };
    assert_eq!(hash(7), hash(7));
    assert_ne!(hash(7), hash(8));
}

#[test]
fn r40_only_the_canonical_text_is_read() {
    let bad = [
        String::new(),
        TEXT[..42].to_owned(),
        format!("{TEXT}="),
        format!("{TEXT}A"),
        format!(" {}", &TEXT[..42]),
        TEXT.replace('-', "+"),      // the other alphabet
        format!("{}h", &TEXT[..42]), // stray bits in the last character
        format!("{}=", &TEXT[..42]), // padding in place of a character
        format!("{}é", &TEXT[..41]), // 43 bytes, not 43 characters
        "/".repeat(43),
        "A".repeat(44),
    ];
    for text in bad {
        assert_eq!(
            text.parse::<Fingerprint>().unwrap_err(),
            "".parse::<Fingerprint>().unwrap_err(),
            "{text}"
        );
    }
}

#[test]
fn the_error_says_nothing_of_the_text() {
    let error: FingerprintError = "canary".parse::<Fingerprint>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "fingerprint is not 43 characters of base64url"
    );
    assert_eq!(format!("{error:?}"), "FingerprintError");
}

proptest! {
    #[test]
    fn round_trip(bytes: [u8; 32]) {
        let fingerprint = Fingerprint::from_bytes(bytes);
        prop_assert_eq!(fingerprint.as_bytes(), &bytes);
        prop_assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }

    #[test]
    fn a_text_that_is_read_is_written_again(text in "[A-Za-z0-9_+/=-]{42,44}") {
        if let Ok(fingerprint) = text.parse::<Fingerprint>() {
            prop_assert_eq!(fingerprint.to_string(), text);
        }
    }
}
