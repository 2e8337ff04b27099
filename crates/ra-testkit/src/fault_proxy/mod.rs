//! A TCP proxy on this machine that breaks connections as a seed decides: it delays, forwards byte by byte, cuts,
//! stalls, resets and half-closes, after any number of bytes in either direction. It never changes bytes.

mod plan;
mod pump;

use std::fmt;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

pub use plan::{After, End, Flow, Mood, Plan};

/// A proxy in front of one address, until this is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    state: Arc<State>,
}

/// A connection was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strike {
    /// Number of the connection, from 0.
    pub connection: u64,
    /// Direction in which it was broken.
    pub way: Way,
    /// Way in which it was broken.
    pub end: End,
    /// Point at which it was broken.
    pub after: After,
    /// Last thing the proxy had sent back: the op of a frame, `upgrade`, or `reply`; else `call`, `connection` or,
    /// before any byte, `nothing`.
    pub step: String,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Bytes from the connecting side.
    Up,
    /// Bytes to the connecting side.
    Down,
}

/// State that all threads of a proxy share.
#[derive(Debug, Default)]
struct State {
    over: AtomicBool,
    journal: Mutex<Vec<Strike>>,
}

impl FaultProxy {
    /// Starts a proxy that plans its connections from `seed`.
    ///
    /// # Panics
    ///
    /// If this machine has no port left.
    #[must_use]
    pub fn start(target: SocketAddr, seed: u64, mood: Mood) -> Self {
        Self::with_plans(target, move |number| Plan::of(seed, number, mood))
    }

    /// Starts a proxy with a plan for each connection, counted from 0.
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

    /// Returns the address to connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the faults that have happened.
    #[must_use]
    pub fn journal(&self) -> Vec<Strike> {
        self.state.journal().clone()
    }
}

impl State {
    fn journal(&self) -> std::sync::MutexGuard<'_, Vec<Strike>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Strike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            connection,
            way,
            end,
            after,
            step,
        } = self;
        write!(
            f,
            "connection {connection}: {end:?} {way:?} after {after:?}, {step}"
        )
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address); // wakes the listener
    }
}
