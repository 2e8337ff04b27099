//! OpenSSL, used as its crate documents.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::encrypt::{Decrypter, Encrypter};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sha::sha256;

use crate::interleaved::{Rival, rival, timed};
use crate::sessions::session as session_of;
use crate::{PROOFS, SEALS};

pub fn proof<'w>(pkcs8: &[u8], sealed: &'w [u8], expected: &str) -> Option<Rival<'w>> {
    let key = PKey::private_key_from_pkcs8(pkcs8).unwrap();
    assert_eq!(open_and_prove(&key, sealed), expected);
    Some(rival("openssl", PROOFS, move || {
        open_and_prove(&key, black_box(sealed))
    }))
}

pub fn key() -> Option<Rival<'static>> {
    Some(rival("openssl", 1, || Rsa::generate(2048).unwrap()))
}

pub fn session() -> Option<Rival<'static>> {
    let make = || {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        (key.public_key_to_der().unwrap(), key)
    };
    let sessions = session_of(make, |key, sealed| opened(key, sealed).len());
    Some(timed("openssl", 1, sessions))
}

pub fn seal(spki: &[u8]) -> Option<Rival<'_>> {
    Some(rival("openssl", SEALS, || read_and_seal(black_box(spki))))
}

fn open_and_prove(key: &PKey<Private>, sealed: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sha256(&opened(key, sealed)))
}

fn opened(key: &PKey<Private>, sealed: &[u8]) -> Vec<u8> {
    let mut decrypter = Decrypter::new(key).unwrap();
    decrypter.set_rsa_padding(Padding::PKCS1_OAEP).unwrap();
    decrypter.set_rsa_oaep_md(MessageDigest::sha256()).unwrap();
    decrypter.set_rsa_mgf1_md(MessageDigest::sha256()).unwrap();
    let mut opened = vec![0; 256];
    let length = decrypter.decrypt(sealed, &mut opened).unwrap();
    opened.truncate(length);
    opened
}

fn read_and_seal(spki: &[u8]) -> [Vec<u8>; 3] {
    let key = PKey::public_key_from_der(spki).unwrap();
    [(); 3].map(|()| {
        let mut encrypter = Encrypter::new(&key).unwrap();
        encrypter.set_rsa_padding(Padding::PKCS1_OAEP).unwrap();
        encrypter.set_rsa_oaep_md(MessageDigest::sha256()).unwrap();
        encrypter.set_rsa_mgf1_md(MessageDigest::sha256()).unwrap();
        let mut sealed = vec![0; 256];
        encrypter.encrypt(&[7; 64], &mut sealed).unwrap();
        sealed
    })
}
