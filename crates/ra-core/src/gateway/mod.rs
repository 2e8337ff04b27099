//! The gateway's side of one socket.
//!
//! ```text
//!             init            proof            attach          approve ──► pending_login, close 1000
//! AwaitInit ───────► AwaitProof ─────► AwaitScan ─────► Scanned ──┤
//!   hello out      nonce_proof out   pending_remote_   pending_   decline ──► cancel, close 1000
//!                                    init out          ticket out
//! ```
//!
//! The machine knows one desktop. Who scans, approves and redeems reaches it through the commands
//! [`Session::attach`] (or [`Session::attach_sealed`]), [`Session::approve`] and [`Session::decline`]; the host keeps accounts,
//! handshake tokens and tickets.

mod error;
mod output;
mod state;
mod timers;

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use ra_crypto::{Backend, Entropy};
use ra_proto::{CloseCode, Fingerprint, Ticket, User};

use crate::queue::Queue;
use crate::time::Clock;
use crate::{Deadline, Misuse, MonoTime};

pub use crate::input::Input;
pub use error::SessionError;
pub use output::{Event, Outcome, Output};
pub use state::Phase;

use state::{Desk, State};
use timers::Timers;

/// Which proof dialects a gateway takes (R-50).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Accept {
    /// Both dialects.
    #[default]
    Any,
    /// Only `proof`, the digest of the nonce.
    Digest,
    /// Only `nonce`, the nonce itself.
    Nonce,
}

/// How a gateway treats its sockets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How long a session lives, and its QR with it. Sent as `timeout_ms`.
    pub timeout: Duration,
    /// How often the desktop is to send a heartbeat. Sent as `heartbeat_interval`.
    pub heartbeat_interval: Duration,
    /// How much later than the interval a heartbeat may come.
    pub heartbeat_grace: Duration,
    /// How long a desktop may take from `hello` to a valid proof.
    pub handshake_within: Duration,
    /// Which proofs are taken.
    pub accept: Accept,
}

impl Default for Config {
    /// 120 s a session, a heartbeat every 41.25 s with 10 s of grace, 15 s for the handshake,
    /// both dialects.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            heartbeat_interval: Duration::from_millis(41_250),
            heartbeat_grace: Duration::from_secs(10),
            handshake_within: Duration::from_secs(15),
            accept: Accept::Any,
        }
    }
}

/// One socket as the gateway sees it.
pub struct Session {
    clock: Clock,
    state: State,
    desk: Desk,
}

impl Session {
    /// A session on a socket that has just opened; `hello` waits in the queue.
    #[must_use]
    pub fn new(config: Arc<Config>, backend: Arc<dyn Backend>, now: MonoTime) -> Self {
        let timers = Timers::start(&config, now);
        let mut desk = Desk {
            config,
            backend,
            timers,
            out: Queue::new(),
        };
        let state = State::open(&mut desk);
        Self {
            clock: Clock::new(now),
            state,
            desk,
        }
    }

    /// Takes what the desktop or the clock brought. `entropy` gives the nonce and what sealing
    /// it needs.
    pub fn handle(&mut self, now: MonoTime, input: Input<'_>, entropy: &mut dyn Entropy) {
        let now = self.clock.advance(now);
        self.step(|state, desk| state.on_time(desk, now));
        self.step(|state, desk| state.on_input(desk, now, input, entropy));
    }

    /// Shows the desktop who has scanned its code. Again, with somebody else, until the verdict.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotReady`] before the code is out, [`Misuse::Ended`] after the end.
    pub fn attach(
        &mut self,
        now: MonoTime,
        user: &User,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Misuse> {
        self.command(now, |state, desk| state.attach(desk, user, entropy))
    }

    /// The same with a user that was sealed to [this desktop's key](Self::public_key) elsewhere,
    /// so that only the desktop gets to know who it is. What does not open is the desktop's to
    /// find out.
    ///
    /// # Errors
    ///
    /// As [`attach`](Self::attach).
    pub fn attach_sealed(&mut self, now: MonoTime, sealed: &[u8]) -> Result<(), Misuse> {
        self.command(now, |state, desk| state.attach_sealed(desk, sealed))
    }

    /// Hands the desktop its ticket and ends the session.
    ///
    /// # Errors
    ///
    /// [`Misuse::NobodyAttached`] before a user is attached, [`Misuse::Ended`] after the end.
    pub fn approve(&mut self, now: MonoTime, ticket: &Ticket) -> Result<(), Misuse> {
        self.command(now, |state, desk| state.approve(desk, ticket))
    }

    /// Tells the desktop that the person said no and ends the session.
    ///
    /// # Errors
    ///
    /// [`Misuse::NobodyAttached`] before a user is attached, [`Misuse::Ended`] after the end.
    pub fn decline(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.command(now, State::decline)
    }

    /// Ends the session from this side, with the close code that the desktop is to see.
    pub fn shut_down(&mut self, now: MonoTime, code: CloseCode) {
        self.clock.advance(now);
        self.step(|state, desk| state.shut_down(desk, code));
    }

    /// The next thing to do, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.desk.out.pop()
    }

    /// When to call [`Session::handle`] with [`Input::Tick`] at the latest; `None` after the end.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        (self.phase() != Phase::Ended).then(|| self.desk.timers.next())
    }

    /// How far the session is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// The desktop's public key as it was sent (DER SPKI), once the proof was right.
    #[must_use]
    pub fn public_key(&self) -> Option<&[u8]> {
        self.state.public_key()
    }

    /// The session's fingerprint, once the proof was right.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.public_key().map(ra_crypto::fingerprint)
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Desk) -> State) {
        let state = core::mem::replace(&mut self.state, State::Ended);
        self.state = step(state, &mut self.desk);
    }

    fn command(
        &mut self,
        now: MonoTime,
        command: impl FnOnce(State, &mut Desk) -> (State, Result<(), Misuse>),
    ) -> Result<(), Misuse> {
        let now = self.clock.advance(now);
        self.step(|state, desk| state.on_time(desk, now)); // a verdict that comes too late is too late
        let state = core::mem::replace(&mut self.state, State::Ended);
        let (state, answer) = command(state, &mut self.desk);
        self.state = state;
        answer
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
