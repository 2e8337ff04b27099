//! OpenSSL, as its crate documents it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::encrypt::{Decrypter, Encrypter};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sha::sha256;

pub struct Key(PKey<Private>);

impl Key {
    pub fn new(pkcs8: &[u8]) -> Self {
        Self(PKey::private_key_from_pkcs8(pkcs8).unwrap())
    }

    pub fn proof(&self, sealed: &[u8]) -> String {
        let mut decrypter = Decrypter::new(&self.0).unwrap();
        decrypter.set_rsa_padding(Padding::PKCS1_OAEP).unwrap();
        decrypter.set_rsa_oaep_md(MessageDigest::sha256()).unwrap();
        decrypter.set_rsa_mgf1_md(MessageDigest::sha256()).unwrap();
        let mut opened = [0; 256];
        let length = decrypter.decrypt(sealed, &mut opened).unwrap();
        URL_SAFE_NO_PAD.encode(sha256(&opened[..length]))
    }
}

pub fn makes_a_key() -> Rsa<Private> {
    Rsa::generate(2048).unwrap()
}

pub fn seals(spki: &[u8]) -> [Vec<u8>; 3] {
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
