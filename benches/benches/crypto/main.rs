//! Proofs, keys and sealing on both backends, beside what each stands on and beside OpenSSL. OpenSSL takes part with
//! `RUSTFLAGS='--cfg ra_openssl'` and its headers (`libssl-dev`).
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

mod keys;
#[cfg(ra_openssl)]
mod openssl;
mod rivals;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use ra_crypto::{AwsLc, Backend, OsEntropy, RustCrypto, SessionKey, digest_proof};
use ra_testkit::vectors::{self, KeyVector};

/// Desktop: from the sealed nonce to the proof of the digest dialect.
fn proof(c: &mut Criterion) {
    let vector = vectors::load().keys.swap_remove(0);
    let nonce = &vector.nonces.last().unwrap().sealed; // 190 bytes, as the live gateway sends them
    let expected = digest_proof(&nonce.plaintext);

    let rival = rivals::AwsLcKey::new(&vector.pkcs8);
    assert_eq!(rival.proof(&nonce.sealed), *expected);
    let mut group = c.benchmark_group("crypto/proof/aws-lc-rs");
    ours(&mut group, &AwsLc, &vector);
    group.bench_function("aws-lc-rs", |b| {
        b.iter(|| rival.proof(black_box(&nonce.sealed)));
    });
    openssl_proof(&mut group, &vector);
    group.finish();

    let mut rival = rivals::RsaKey::new(&vector.pkcs8);
    assert_eq!(rival.proof(&nonce.sealed), *expected);
    let mut group = c.benchmark_group("crypto/proof/rustcrypto");
    ours(&mut group, &RustCrypto, &vector);
    group.bench_function("rsa", |b| b.iter(|| rival.proof(black_box(&nonce.sealed))));
    openssl_proof(&mut group, &vector);
    group.finish();
}

fn ours(group: &mut BenchmarkGroup<'_, WallTime>, backend: &dyn Backend, vector: &KeyVector) {
    let sealed = &vector.nonces.last().unwrap().sealed.sealed;
    let mut key: Box<dyn SessionKey> = backend
        .session_key_from_pkcs8(&vector.pkcs8, &mut OsEntropy)
        .unwrap();
    group.bench_function("ours", |b| {
        b.iter(|| digest_proof(key.open(black_box(sealed)).unwrap().expose()));
    });
}

#[cfg(ra_openssl)]
fn openssl_proof(group: &mut BenchmarkGroup<'_, WallTime>, vector: &KeyVector) {
    let nonce = &vector.nonces.last().unwrap().sealed;
    let rival = openssl::Key::new(&vector.pkcs8);
    assert_eq!(rival.proof(&nonce.sealed), *digest_proof(&nonce.plaintext));
    group.bench_function("openssl", |b| {
        b.iter(|| rival.proof(black_box(&nonce.sealed)));
    });
}

#[cfg(not(ra_openssl))]
fn openssl_proof(_: &mut BenchmarkGroup<'_, WallTime>, _: &KeyVector) {}

/// Gateway: what one session costs, a key read and three messages sealed.
fn seal(c: &mut Criterion) {
    let spki = vectors::load().keys.swap_remove(0).spki;
    for (backend, name) in [(&AwsLc as &dyn Backend, "aws-lc-rs"), (&RustCrypto, "rsa")] {
        let mut group = c.benchmark_group(format!("crypto/seal/{}", backend.name()));
        group.bench_function("ours", |b| {
            b.iter(|| {
                let peer = backend.peer_key(black_box(&spki)).unwrap();
                [(); 3].map(|()| peer.seal(&[7; 64], &mut OsEntropy).unwrap())
            });
        });
        group.bench_function(name, |b| {
            b.iter(|| match name {
                "rsa" => rivals::rsa_seals(black_box(&spki)),
                _ => rivals::aws_lc_seals(black_box(&spki)),
            });
        });
        #[cfg(ra_openssl)]
        group.bench_function("openssl", |b| b.iter(|| openssl::seals(black_box(&spki))));
        group.finish();
    }
}

criterion_group!(benches, proof, keys::bench, seal);
criterion_main!(benches);
