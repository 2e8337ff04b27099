//! Tests of the time between a login's start and its code, and of the number of threads that make a key.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, available_parallelism};

use ra_crypto::{Backend, Entropy, GenerateError, KeyError, PeerKey, PublicKeyError, SessionKey};

use super::login::name;
use crate::Fake;
use crate::parity::gateway::{Gateway, Service};
use crate::parity::peers::accept;
use crate::parity::{Keys, Operations, RunningLogin};

/// Says on how many threads it is to make a key, and makes it when it is allowed to.
#[derive(Debug)]
struct Gated {
    begun: Sender<NonZero<usize>>,
    allowed: Mutex<Receiver<()>>,
}

impl Backend for Gated {
    fn name(&self) -> &'static str {
        "gated"
    }
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        self.generate_on(NonZero::<usize>::MIN, entropy)
    }
    fn generate_on(
        &self,
        threads: NonZero<usize>,
        entropy: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, GenerateError> {
        let _ = self.begun.send(threads);
        match self.allowed.lock().unwrap().recv() {
            Ok(()) => Fake.generate(entropy),
            Err(_) => Err(GenerateError::Backend), // the test has ended
        }
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

/// The backend, what it says, and leave for one key a message.
fn gated() -> (Gated, Receiver<NonZero<usize>>, Sender<()>) {
    let (begun, beginnings) = channel();
    let (allow, allowed) = channel();
    let allowed = Mutex::new(allowed);
    (Gated { begun, allowed }, beginnings, allow)
}

/// Each of the two waits for the other one: one after the other, this would never end.
pub fn the_key_is_made_while_the_connection_opens_and_on_all_cores<A: Operations>(adapter: A) {
    let service = Service::new();
    let (backend, begun, allow) = gated();
    let mut options = service.options();
    options.keys = Keys::Backend(Arc::new(backend));
    let mut login = adapter.start_login(options).unwrap();
    let gateway = thread::spawn(move || {
        let stream = accept(&service.sockets);
        // not upgraded before the key has begun …
        let threads = begun.recv().unwrap();
        let mut gateway = Gateway::on(stream);
        // … and no key before it is
        allow.send(()).unwrap();
        gateway.handshake();
        (threads, gateway)
    });
    assert_eq!(login.next_event().as_ref().map(name), Some("qr"));
    let (threads, _gateway) = gateway.join().unwrap();
    assert_eq!(threads, available_parallelism().unwrap());
}

pub fn with_a_filled_pool_no_key_has_to_be_made_before_the_code<A: Operations>(adapter: A) {
    let service = Service::new();
    let (backend, begun, allow) = gated();
    let pool = adapter.start_pool(Arc::new(backend), 1);
    allow.send(()).unwrap(); // one, and never another
    begun.recv().unwrap();
    let mut options = service.options();
    options.keys = Keys::Pool(pool);
    let mut login = adapter.start_login(options).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway
    });
    assert_eq!(login.next_event().as_ref().map(name), Some("qr"));
    drop((gateway.join().unwrap(), allow));
}

pub fn the_threads_of_a_pool_share_the_cores<A: Operations>(adapter: A) {
    let cores = available_parallelism().unwrap().get();
    for size in [1, 2, 3, cores, 2 * cores] {
        let (backend, begun, allow) = gated();
        let pool = adapter.start_pool(Arc::new(backend), size);
        let workers = size.min(cores);
        for _ in 0..size {
            allow.send(()).unwrap();
            let threads = begun.recv().unwrap();
            assert_eq!(threads.get(), cores / workers, "{size} keys");
        }
        drop((pool, allow));
    }
}
