//! Desktop: a fresh key, on two threads and on one; what is left of it with a pool; and what others take.
//! How long a key takes is luck with primes.

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
/// How many of ours come to one of the others: their mean is then good to a fiftieth, that of the others to a twentieth.
const KEYS: u32 = 5;
const POOLED: usize = 8;

/// Makes keys from seeds that are the same for each number of threads and in each run, lest the ratio be luck as well.
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

/// A pool, and a message for each key that it has made.
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
