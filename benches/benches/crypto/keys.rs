//! A desktop's fresh key: on two threads, on one, from a pool, and by the rivals. The time depends on luck with primes.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use ra_blocking::KeyPool;
use ra_crypto::{
    AwsLc, Backend, Entropy, GenerateError, KeyError, PeerKey, PublicKeyError, SessionKey,
};
use ra_testkit::SeededEntropy;

use crate::interleaved::{self, rival};
use crate::{openssl, rivals};

const ROUNDS: usize = 200;
/// Keys of ours for each key of a rival. Their mean is accurate to a fiftieth, that of the rivals to a twentieth.
const KEYS: u32 = 5;
const POOLED: usize = 8;

/// Makes keys from the same seeds for each number of threads and in each run, so that luck does not change the ratio.
pub fn on(threads: usize) -> impl FnMut() -> Box<dyn SessionKey> {
    let threads = NonZero::new(threads).unwrap();
    let mut seeds = 0..;
    move || {
        let mut entropy = SeededEntropy::new(seeds.next().unwrap());
        AwsLc.generate_on(threads, &mut entropy).unwrap()
    }
}

pub fn bench(c: &mut Criterion) {
    let mut rivals = vec![
        rival("ours", KEYS, on(2)),
        rival("ours-one-thread", KEYS, on(1)),
        rival("aws-lc-rs", 1, rivals::aws_lc_makes_a_key),
    ];
    rivals.extend(openssl::key());
    interleaved::bench(c, "crypto/key", ROUNDS, rivals);

    let mut group = c.benchmark_group("crypto/key");
    group.sample_size(20);
    let mut pool = None;
    group.bench_function("ours-pool", |b| {
        let (pool, made) = pool.get_or_insert_with(pool_and_count);
        b.iter_batched(
            || made.recv().unwrap(),
            |()| pool.take(Duration::from_secs(60)).unwrap(),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// Starts a pool, and returns a channel with a message for each key it makes.
fn pool_and_count() -> (KeyPool, Receiver<()>) {
    let (made, count) = channel();
    let pool = KeyPool::start(Arc::new(Counting { made }), POOLED).unwrap();
    // all but one, which is waited for before the first is taken: each is taken from a full pool that has no more to do
    for _ in 1..POOLED {
        count.recv().unwrap();
    }
    (pool, count)
}

#[derive(Debug)]
struct Counting {
    made: Sender<()>,
}

impl Backend for Counting {
    fn name(&self) -> &'static str {
        AwsLc.name()
    }
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        let key = AwsLc.generate(entropy);
        let _ = self.made.send(());
        key
    }
    fn session_key_from_pkcs8(
        &self,
        der: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        AwsLc.session_key_from_pkcs8(der, entropy)
    }
    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        AwsLc.peer_key(spki)
    }
}
