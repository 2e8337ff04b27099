//! A TCP proxy on this machine that breaks connections in ways that a seed decides: it delays, hands on byte by byte,
//! cuts, stalls, resets and half-closes, after any number of bytes in either direction. Bytes that arrive are never
//! changed.

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
    /// Which connection, from 0.
    pub connection: u64,
    /// In which direction.
    pub way: Way,
    /// How.
    pub end: End,
    /// When.
    pub after: After,
    /// What had come down it last: the op of a frame, `upgrade`, or `reply`; else `call`, `connection` or, before any
    /// byte, `nothing`.
    pub step: String,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// What the one who connected sends.
    Up,
    /// What comes back.
    Down,
}

/// What all its threads share.
#[derive(Debug, Default)]
struct State {
    over: AtomicBool,
    journal: Mutex<Vec<Strike>>,
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

    /// What struck so far.
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
