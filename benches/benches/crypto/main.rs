//! Proofs, keys and sealing on both backends. Rivals are the libraries below the backends, and OpenSSL with
//! `RUSTFLAGS='--cfg ra_openssl'` and its headers (`libssl-dev`).
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

#[path = "../interleaved.rs"]
mod interleaved;
mod keys;
#[cfg_attr(not(ra_openssl), path = "no_openssl.rs")]
mod openssl;
mod rivals;
mod sessions;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use interleaved::{ROUNDS, Rival, rival};
use ra_crypto::{AwsLc, Backend, OsEntropy, RustCrypto, SessionKey, digest_proof};
use ra_testkit::vectors;

/// Calls a round; each takes some milliseconds.
const PROOFS: u32 = 10;
const SEALS: u32 = 20;

/// A desktop's proof: from the sealed nonce to the digest.
fn proof(c: &mut Criterion) {
    let vector = vectors::load().keys.swap_remove(0);
    let nonce = &vector.nonces.last().unwrap().sealed; // 190 bytes, as the live gateway sends them
    let (sealed, expected) = (&*nonce.sealed, digest_proof(&nonce.plaintext));
    let bench = |c: &mut Criterion, backend: &dyn Backend, libraries: Vec<Rival<'_>>| {
        let mut key: Box<dyn SessionKey> = backend
            .session_key_from_pkcs8(&vector.pkcs8, &mut OsEntropy)
            .unwrap();
        let ours = || digest_proof(key.open(black_box(sealed)).unwrap().expose());
        let mut rivals = vec![rival("ours", PROOFS, ours)];
        rivals.extend(libraries);
        rivals.extend(openssl::proof(&vector.pkcs8, sealed, &expected));
        let group = format!("crypto/proof/{}", backend.name());
        interleaved::bench(c, &group, ROUNDS, rivals);
    };

    let aws_lc = rivals::AwsLcKey::new(&vector.pkcs8);
    assert_eq!(aws_lc.proof(sealed), *expected);
    let aws_lc = || rival("aws-lc-rs", PROOFS, || aws_lc.proof(black_box(sealed)));
    bench(c, &AwsLc, vec![aws_lc()]);

    let mut rsa = rivals::RsaKey::new(&vector.pkcs8);
    assert_eq!(rsa.proof(sealed), *expected);
    let rsa = rival("rsa", PROOFS, || rsa.proof(black_box(sealed)));
    bench(c, &RustCrypto, vec![rsa, aws_lc()]);
}

/// A gateway's session: read a key and seal three messages.
fn seal(c: &mut Criterion) {
    let spki = &*vectors::load().keys.swap_remove(0).spki;
    let bench = |c: &mut Criterion, backend: &dyn Backend, library: Rival<'_>| {
        let ours = || {
            let peer = backend.peer_key(black_box(spki)).unwrap();
            [(); 3].map(|()| peer.seal(&[7; 64], &mut OsEntropy).unwrap())
        };
        let mut rivals = vec![rival("ours", SEALS, ours), library];
        rivals.extend(openssl::seal(spki));
        let group = format!("crypto/seal/{}", backend.name());
        interleaved::bench(c, &group, ROUNDS, rivals);
    };
    bench(
        c,
        &AwsLc,
        rival("aws-lc-rs", SEALS, || rivals::aws_lc_seals(black_box(spki))),
    );
    bench(
        c,
        &RustCrypto,
        rival("rsa", SEALS, || rivals::rsa_seals(black_box(spki))),
    );
}

criterion_group!(benches, proof, keys::bench, sessions::bench, seal);
criterion_main!(benches);
