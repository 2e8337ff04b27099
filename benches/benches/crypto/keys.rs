//! Desktop: a fresh key, on two threads and on one; what is left of it with a pool; and what others take.
//!
//! How long a key takes is luck with primes. All that make one take turns before criterion sees anything, and criterion is
//! then handed the times: so a noisy minute hits each of them, and the ratios hold.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, SamplingMode};
use ra_blocking::KeyPool;
use ra_crypto::{
    AwsLc, Backend, Entropy, GenerateError, KeyError, OsEntropy, PeerKey, PublicKeyError,
    SessionKey,
};

use crate::rivals;

/// Keys of each kind; the means are then good to a twentieth.
const KEYS: usize = 200;
const POOLED: usize = 8;
const WARM_UP: Duration = Duration::from_millis(1);

type Make = fn();

const MAKERS: &[(&str, Make)] = &[
    ("ours", || drop(on(2))),
    ("ours-one-thread", || drop(on(1))),
    ("aws-lc-rs", || drop(rivals::aws_lc_makes_a_key())),
    #[cfg(ra_openssl)]
    ("openssl", || drop(crate::openssl::makes_a_key())),
];

fn on(threads: usize) -> Box<dyn SessionKey> {
    let threads = NonZero::new(threads).unwrap();
    AwsLc.generate_on(threads, &mut OsEntropy).unwrap()
}

pub fn bench(c: &mut Criterion) {
    // `cargo test` only wants to see that it runs
    let measured = std::env::args().any(|argument| argument == "--bench");
    let keys = if measured { KEYS } else { 1 };
    let mut group = c.benchmark_group("crypto/key");
    group.sample_size(KEYS).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(WARM_UP).measurement_time(WARM_UP);
    let mut turns = None;
    for (which, (name, _)) in MAKERS.iter().enumerate() {
        let mut next = 0;
        group.bench_function(*name, |b| {
            let turns: &Vec<Vec<Duration>> = turns.get_or_insert_with(|| take_turns(keys));
            b.iter_custom(|iterations| {
                sleep(WARM_UP); // which criterion looks at the clock for
                next += 1;
                turns[which][next % keys] * u32::try_from(iterations).unwrap()
            });
        });
    }
    group.finish();

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

fn take_turns(keys: usize) -> Vec<Vec<Duration>> {
    let mut times = vec![Vec::new(); MAKERS.len()];
    for _ in 0..keys {
        for ((_, make), times) in MAKERS.iter().zip(&mut times) {
            let begun = Instant::now();
            make();
            times.push(begun.elapsed());
        }
    }
    times
}

/// A pool, and a message for each key that it has made.
fn pool_and_count() -> (KeyPool, Receiver<()>) {
    let (made, count) = channel();
    let pool = KeyPool::start(Arc::new(Counting { made }), POOLED).unwrap();
    // all but two: whoever takes one finds another one
    for _ in 2..POOLED {
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
