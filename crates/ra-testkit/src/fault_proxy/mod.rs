//! A TCP proxy on this machine that breaks connections in ways that a seed decides: it delays, hands on byte by byte, cuts,
//! stalls, resets and half-closes, after any number of bytes in either direction. Bytes that arrive are never changed.

mod plan;
mod pump;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

pub use plan::{End, Flow, Mood, Plan};

/// A proxy in front of one address, until this is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    state: Arc<State>,
}

/// What all its threads share.
#[derive(Debug, Default)]
struct State {
    over: AtomicBool,
    journal: Mutex<Vec<String>>,
}

impl FaultProxy {
    /// A proxy that does to its first, second, … connection what `seed` says.
    ///
    /// # Panics
    ///
    /// If this machine has no port left.
    #[must_use]
    pub fn start(target: SocketAddr, seed: u64, mood: Mood) -> Self {
        Self::with_plans(target, move |number| Plan::of(seed, number, mood))
    }

    /// A proxy that does to each connection what is planned for it; they count from 0.
    ///
    /// # Panics
    ///
    /// If this machine has no port left.
    #[must_use]
    pub fn with_plans(target: SocketAddr, plan: impl Fn(u64) -> Plan + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(State::default());
        let shared = state.clone();
        thread::spawn(move || {
            let connections = listener.incoming().map_while(Result::ok);
            for (number, stream) in (0..).zip(connections) {
                if shared.over.load(Ordering::Acquire) {
                    return;
                }
                let (plan, shared) = (plan(number), shared.clone());
                thread::spawn(move || pump::carry(number, stream, target, plan, &shared));
            }
        });
        Self { address, state }
    }

    /// Where to connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What struck so far, one line each.
    #[must_use]
    pub fn journal(&self) -> Vec<String> {
        self.state.journal().clone()
    }
}

impl State {
    fn journal(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address); // wakes the listener
    }
}
