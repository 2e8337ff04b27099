//! Keys, challenges and sealing on both backends, with AWS-LC called directly as the baseline.
#![allow(missing_docs, clippy::unwrap_used)] // macros of criterion; a bench may stop

use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use ra_crypto::{AwsLc, Backend, OsEntropy, RustCrypto, digest_proof};
use ra_testkit::{SeededEntropy, vectors};
use std::hint::black_box;

const BACKENDS: [&dyn Backend; 2] = [&RustCrypto, &AwsLc];

/// Desktop: from the sealed nonce to the proof of the digest dialect.
fn proof(c: &mut Criterion) {
    let vector = vectors::load().keys.swap_remove(0);
    let nonce = &vector.nonces.last().unwrap().sealed; // 190 bytes, as the live gateway sends them
    let mut group = c.benchmark_group("nonce to proof");
    for backend in BACKENDS {
        let mut key = backend
            .session_key_from_pkcs8(&vector.pkcs8, &mut OsEntropy)
            .unwrap();
        group.bench_function(backend.name(), |b| {
            b.iter(|| digest_proof(key.open(black_box(&nonce.sealed)).unwrap().expose()));
        });
    }
    group.bench_function("baseline: aws-lc-rs opens, no proof", |b| {
        let key = PrivateDecryptingKey::from_pkcs8(&vector.pkcs8).unwrap();
        let key = OaepPrivateDecryptingKey::new(key).unwrap();
        let mut buffer = [0; 256];
        b.iter(|| {
            let opened = key.decrypt(
                &OAEP_SHA256_MGF1SHA256,
                black_box(&nonce.sealed),
                &mut buffer,
                None,
            );
            opened.unwrap().len()
        });
    });
    group.bench_function("digest and base64 alone", |b| {
        b.iter(|| digest_proof(black_box(&nonce.plaintext)));
    });
    group.finish();
}

/// Desktop: a fresh key. Both backends walk through the same seeds, so that luck with primes is shared.
fn generate(c: &mut Criterion) {
    let mut group = c.benchmark_group("key");
    group.sample_size(60);
    for backend in BACKENDS {
        let mut seed = 0;
        group.bench_function(backend.name(), |b| {
            b.iter_batched(
                || {
                    seed += 1;
                    SeededEntropy::new(seed)
                },
                |mut entropy| backend.generate(&mut entropy).unwrap(),
                BatchSize::PerIteration,
            );
        });
    }
    group.bench_function("baseline: aws-lc-rs makes it", |b| {
        b.iter(|| PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap());
    });
    group.finish();
}

/// Gateway: what one session costs, a key read and three messages sealed.
fn seal(c: &mut Criterion) {
    let vector = vectors::load().keys.swap_remove(0);
    let mut group = c.benchmark_group("read a public key, seal three times");
    for backend in BACKENDS {
        group.bench_function(BenchmarkId::from_parameter(backend.name()), |b| {
            b.iter(|| {
                let peer = backend.peer_key(black_box(&vector.spki)).unwrap();
                [(); 3].map(|()| peer.seal(&[7; 64], &mut OsEntropy).unwrap())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, proof, generate, seal);
criterion_main!(benches);
