//! A desktop's session: a fresh key, its export, and three openings.

use std::time::{Duration, Instant};

use criterion::Criterion;
use ra_crypto::{AwsLc, Backend as _, OsEntropy};

use crate::interleaved::{self, Rival, timed};
use crate::keys::on;
use crate::{openssl, rivals};

/// The time depends on luck with primes. The mean of so many rounds is accurate to a tenth.
const ROUNDS: usize = 100;

pub fn bench(c: &mut Criterion) {
    let mut key = on(2);
    let ours = session(
        move || {
            let key = key();
            (key.public_key().to_vec(), key)
        },
        |key, sealed| key.open(sealed).unwrap().expose().len(),
    );
    let aws_lc = session(rivals::AwsLcKey::made, |key, sealed| key.open(sealed).len());
    let mut rivals: Vec<Rival<'_>> = vec![timed("ours", 3, ours), timed("aws-lc-rs", 1, aws_lc)];
    rivals.extend(openssl::session());
    interleaved::bench(c, "crypto/session", ROUNDS, rivals);
}

/// Times sessions without the sealing, which is the gateway's part.
pub fn session<K>(
    mut make: impl FnMut() -> (Vec<u8>, K),
    mut open: impl FnMut(&mut K, &[u8]) -> usize,
) -> impl FnMut(u32) -> Duration {
    move |calls| {
        let mut taken = Duration::ZERO;
        for _ in 0..calls {
            let begun = Instant::now();
            let (spki, mut key) = make();
            taken += begun.elapsed();
            let peer = AwsLc.peer_key(&spki).unwrap();
            for length in [32, 64, 190] {
                let sealed = peer.seal(&vec![7; length], &mut OsEntropy).unwrap();
                let begun = Instant::now();
                assert_eq!(open(&mut key, &sealed), length);
                taken += begun.elapsed();
            }
        }
        taken
    }
}
