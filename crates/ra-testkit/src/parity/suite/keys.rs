//! The pool of keys.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ra_crypto::{Backend, Entropy, GenerateError, KeyError, PeerKey, PublicKeyError, SessionKey};

use crate::Fake;
use crate::parity::gateway::Service;
use crate::parity::peers::LONG;
use crate::parity::{Keys, Operations, RunningLogin};

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

fn counting<A: Operations>(adapter: A, size: usize) -> (A::Pool, Receiver<()>) {
    let (made, count) = channel();
    let backend = Counting {
        made,
        allowed: None,
    };
    (adapter.start_pool(Arc::new(backend), size), count)
}

pub fn every_key_is_given_out_once<A: Operations>(adapter: A) {
    let pool = adapter.start_pool(Arc::new(Fake), 3);
    let other = pool.clone();
    let mut seen = HashSet::new();
    for _ in 0..20 {
        for pool in [&pool, &other] {
            assert!(seen.insert(adapter.take_key(pool, LONG).unwrap().public_key().to_vec()));
        }
    }
}

pub fn keys_are_made_ahead_and_no_more_than_there_is_room_for<A: Operations>(adapter: A) {
    let (pool, made) = counting(adapter, 2);
    made.recv().unwrap();
    made.recv().unwrap();
    for _ in 0..10 {
        adapter.take_key(&pool, LONG).unwrap();
        // exactly one is made for the one that was taken
        made.recv().unwrap();
    }
    drop(pool);
    assert!(made.recv().is_err(), "nothing more was made");
}

pub fn a_taker_that_gives_up_takes_no_key_along<A: Operations>(adapter: A) {
    let (made, count) = channel();
    let (allow, allowed) = channel();
    let backend = Counting {
        made,
        allowed: Some(Mutex::new(allowed)),
    };
    let pool = adapter.start_pool(Arc::new(backend), 1);
    for _ in 0..10 {
        assert!(adapter.take_key(&pool, Duration::ZERO).is_err());
        // a login that ends before its key is there is such a taker as well
        let service = Service::new();
        let mut options = service.options();
        options.keys = Keys::Pool(pool.clone());
        let mut login = adapter.start_login(options).unwrap();
        login.cancel().unwrap();
        assert!(login.outcome().is_ok());
    }
    allow.send(()).unwrap();
    assert!(
        adapter.take_key(&pool, LONG).is_ok(),
        "the one key that may be made"
    );
    drop(pool);
    drop(allow);
    let count = count.iter().count();
    assert!(count <= 3, "{count} keys for one taker that stayed");
}

pub fn the_pool_closes_with_its_last_clone<A: Operations>(adapter: A) {
    let (pool, made) = counting(adapter, 4);
    let clone = pool.clone();
    drop(pool);
    adapter.take_key(&clone, LONG).unwrap();
    drop(clone);
    // the channel ends when the backend is gone, and that is when the workers are
    while made.recv().is_ok() {}
}

pub fn sizes_are_bounded<A: Operations>(adapter: A) {
    let (pool, _made) = counting(adapter, usize::MAX);
    assert_eq!(format!("{pool:?}"), "KeyPool { size: 1024, .. }");
    let (pool, _made) = counting(adapter, 0);
    assert_eq!(format!("{pool:?}"), "KeyPool { size: 1, .. }");
    adapter.take_key(&pool, LONG).unwrap();
}
