//! The pool of keys.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ra_blocking::{KeyPool, Login};
use ra_crypto::{Backend, Entropy, GenerateError, KeyError, PeerKey, PublicKeyError, SessionKey};
use ra_testkit::Fake;

use crate::gateway::Service;
use crate::support::{LONG, watchdog};

/// Makes fake keys, each when it is allowed to, and says so.
#[derive(Debug)]
struct Counting {
    made: Sender<()>,
    allowed: Option<Mutex<Receiver<()>>>,
}

impl Backend for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        if let Some(allowed) = &self.allowed {
            let _ = allowed.lock().unwrap().recv();
        }
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

fn counting(size: usize) -> (KeyPool, Receiver<()>) {
    let (made, count) = channel();
    let backend = Counting {
        made,
        allowed: None,
    };
    (KeyPool::start(Arc::new(backend), size).unwrap(), count)
}

#[test]
fn every_key_is_given_out_once() {
    let _watchdog = watchdog();
    let pool = KeyPool::start(Arc::new(Fake), 3).unwrap();
    let other = pool.clone();
    let mut seen = HashSet::new();
    for _ in 0..20 {
        for pool in [&pool, &other] {
            assert!(seen.insert(pool.take(LONG).unwrap().public_key().to_vec()));
        }
    }
}

#[test]
fn keys_are_made_ahead_and_no_more_than_there_is_room_for() {
    let _watchdog = watchdog();
    let (pool, made) = counting(2);
    made.recv().unwrap();
    made.recv().unwrap();
    for _ in 0..10 {
        pool.take(LONG).unwrap();
        // exactly one is made for the one that was taken
        made.recv().unwrap();
    }
    drop(pool);
    assert!(made.recv().is_err(), "nothing more was made");
}

#[test]
fn a_taker_that_gives_up_takes_no_key_along() {
    let _watchdog = watchdog();
    let (made, count) = channel();
    let (allow, allowed) = channel();
    let backend = Counting {
        made,
        allowed: Some(Mutex::new(allowed)),
    };
    let pool = KeyPool::start(Arc::new(backend), 1).unwrap();
    for _ in 0..10 {
        assert!(pool.take(Duration::ZERO).is_err());
        // a login that ends before its key is there is such a taker as well
        let service = Service::new();
        let mut options = service.options();
        options.keys = pool.clone().into();
        let login = Login::start(options).unwrap();
        login.canceller().cancel();
        assert!(login.outcome().is_ok());
    }
    allow.send(()).unwrap();
    assert!(pool.take(LONG).is_ok(), "the one key that may be made");
    drop(pool);
    drop(allow);
    let count = count.iter().count();
    assert!(count <= 3, "{count} keys for one taker that stayed");
}

#[test]
fn the_pool_closes_with_its_last_clone() {
    let _watchdog = watchdog();
    let (pool, made) = counting(4);
    let clone = pool.clone();
    drop(pool);
    clone.take(LONG).unwrap();
    drop(clone);
    // the channel ends when the backend is gone, and that is when the workers are
    while made.recv().is_ok() {}
}

#[test]
fn sizes_are_bounded() {
    let _watchdog = watchdog();
    let (pool, _made) = counting(usize::MAX);
    assert_eq!(format!("{pool:?}"), "KeyPool { size: 1024, .. }");
    let (pool, _made) = counting(0);
    assert_eq!(format!("{pool:?}"), "KeyPool { size: 1, .. }");
    pool.take(LONG).unwrap();
}
