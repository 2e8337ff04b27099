//! Tests of the inside: every opening is blinded.

use super::*;
use crate::{EntropyError, SEALED_BYTES};

struct Seven;

impl Entropy for Seven {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
        dest.fill(7);
        Ok(())
    }
}

#[test]
fn every_opening_draws_blinding_randomness_whether_it_succeeds_or_not() {
    let (key, blinding) = generate::rsa_key(NonZero::<usize>::MIN, &mut Seven).unwrap();
    let mut key = Key::new(key, blinding).unwrap();
    let peer = RustCrypto.peer_key(key.public_key()).unwrap();
    let sealed = peer.seal(b"nonce", &mut Seven).unwrap();

    let mut last = key.blinding.get_word_pos();
    for sealed in [&sealed, &sealed, &alloc::vec![1; SEALED_BYTES]] {
        let opened = key.open(sealed);
        let now = key.blinding.get_word_pos();
        assert!(
            now - last >= 64,
            "at least the 2048 bits of a blinding factor"
        );
        assert_eq!(opened.is_ok(), sealed[0] != 1);
        last = now;
    }
}
