//! The pool of keys.

use std::collections::HashSet;
use std::sync::Arc;

use ra_crypto::{Backend, Entropy, GenerateError, KeyError, PeerKey, PublicKeyError, SessionKey};
use ra_testkit::Fake;
use ra_tokio::{KeyPool, StartError};
use tokio::sync::mpsc;

use crate::support::bounded;

/// Makes fake keys and says so.
#[derive(Debug)]
struct Counting {
    made: mpsc::UnboundedSender<()>,
}

impl Backend for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        let key = Fake.generate(entropy);
        let _ = self.made.send(());
        key
    }
    fn session_key_from_pkcs8(
        &self,
        der: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        Fake.session_key_from_pkcs8(der, entropy)
    }
    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        Fake.peer_key(spki)
    }
}

fn counting(size: usize) -> (KeyPool, mpsc::UnboundedReceiver<()>) {
    let (made, count) = mpsc::unbounded_channel();
    (
        KeyPool::start(Arc::new(Counting { made }), size).unwrap(),
        count,
    )
}

#[tokio::test]
async fn every_key_is_given_out_once() {
    bounded(async {
        let pool = KeyPool::start(Arc::new(Fake), 3).unwrap();
        let other = pool.clone();
        let mut seen = HashSet::new();
        for _ in 0..20 {
            for pool in [&pool, &other] {
                assert!(seen.insert(pool.take().await.unwrap().public_key().to_vec()));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn keys_are_made_ahead_and_no_more_than_there_is_room_for() {
    bounded(async {
        let (pool, mut made) = counting(2);
        made.recv().await.unwrap();
        made.recv().await.unwrap();
        for _ in 0..10 {
            pool.take().await.unwrap();
            // exactly one is made for the one that was taken
            made.recv().await.unwrap();
        }
        drop(pool);
        assert!(made.recv().await.is_none(), "nothing more was made");
    })
    .await;
}

#[tokio::test]
async fn a_taker_that_gives_up_takes_no_key_along() {
    bounded(async {
        let (pool, mut made) = counting(1);
        for _ in 0..10 {
            tokio::select! {
                biased;
                key = pool.take() => drop(key.unwrap()),
                () = std::future::ready(()) => {}
            }
        }
        pool.take().await.unwrap();
        drop(pool);
        let mut count = 0;
        while made.recv().await.is_some() {
            count += 1;
        }
        assert!(count <= 12, "{count} keys for at most 11 takers");
    })
    .await;
}

#[tokio::test]
async fn the_pool_closes_with_its_last_clone() {
    bounded(async {
        let (pool, mut made) = counting(4);
        let clone = pool.clone();
        drop(pool);
        clone.take().await.unwrap();
        drop(clone);
        // the channel ends when the backend is gone, and that is when the workers are
        while made.recv().await.is_some() {}
    })
    .await;
}

#[test]
fn outside_of_a_runtime_there_is_no_pool() {
    assert!(matches!(
        KeyPool::start(Arc::new(Fake), 1),
        Err(StartError::NoRuntime)
    ));
}

#[tokio::test]
async fn sizes_are_bounded() {
    let (pool, _made) = counting(usize::MAX);
    assert_eq!(format!("{pool:?}"), "KeyPool { size: 1024, .. }");
    let (pool, _made) = counting(0);
    assert_eq!(format!("{pool:?}"), "KeyPool { size: 1, .. }");
    bounded(pool.take()).await.unwrap();
}
