//! The gateway's side of one socket.
//!
//! ```text
//!             init            proof            attach          approve ──► pending_login, close 1000
//! AwaitInit ───────► AwaitProof ─────► AwaitScan ─────► Scanned ──┤
//!   hello out      nonce_proof out   pending_remote_   pending_   decline ──► cancel, close 1000
//!                                    init out          ticket out
//! ```
//!
//! The machine knows one desktop. Phones reach it through the commands
//! [`Session::attach`] (or [`Session::attach_sealed`]), [`Session::approve`] and [`Session::decline`]; the host keeps
//! accounts, handshake tokens and tickets.

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

use state::{Context, State};
use timers::Timers;

/// Which proof dialects a gateway takes (R-50).
///
/// ```
/// use ra_core::gateway::{Accept, Config};
///
/// let mut config = Config::default();
/// config.accept = Accept::Digest; // desktops that speak the nonce dialect are turned away
/// ```
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

/// Configuration of gateway sessions.
///
/// ```
/// use core::time::Duration;
/// use ra_core::gateway::Config;
///
/// let mut config = Config::default();
/// config.timeout = Duration::from_secs(300);
/// ```
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
///
/// ```
/// use std::sync::Arc;
/// use ra_core::MonoTime;
/// use ra_core::gateway::{Config, Input, Output, Session};
///
/// # let (backend, mut entropy) = (Arc::new(ra_testkit::Fake), ra_testkit::SeededEntropy::new(1));
/// // `backend` is an `Arc<dyn Backend>`, `entropy` the system's randomness
/// let mut session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
/// let Some(Output::Send(hello)) = session.poll_output() else { panic!("the gateway speaks first") };
/// assert!(hello.expose().starts_with(r#"{"op":"hello""#));
/// session.handle(MonoTime::from_millis(30), Input::Text(r#"{"op":"heartbeat"}"#), &mut entropy);
/// assert!(matches!(session.poll_output(), Some(Output::Send(_)))); // `heartbeat_ack`
/// ```
pub struct Session {
    clock: Clock,
    state: State,
    cx: Context,
}

impl Session {
    /// A session on a socket that has just opened; `hello` waits in the queue.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::MonoTime;
    /// use ra_core::gateway::{Config, Session};
    ///
    /// # let backend = Arc::new(ra_testkit::Fake);
    /// let mut session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
    /// assert!(session.poll_output().is_some()); // `hello`
    /// ```
    #[must_use]
    pub fn new(config: Arc<Config>, backend: Arc<dyn Backend>, now: MonoTime) -> Self {
        let timers = Timers::start(&config, now);
        let mut cx = Context {
            config,
            backend,
            timers,
            out: Queue::new(),
        };
        let state = State::open(&mut cx);
        Self {
            clock: Clock::new(now),
            state,
            cx,
        }
    }

    /// Handles an event of the socket or the clock. `entropy` is for the nonce and for sealing it.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::MonoTime;
    /// use ra_core::gateway::{Config, Input, Phase, Session};
    ///
    /// # let (backend, mut entropy) = (Arc::new(ra_testkit::Fake), ra_testkit::SeededEntropy::new(1));
    /// let mut session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
    /// session.handle(MonoTime::from_millis(30), Input::Lost, &mut entropy);
    /// assert_eq!(session.phase(), Phase::Ended);
    /// ```
    pub fn handle(&mut self, now: MonoTime, input: Input<'_>, entropy: &mut dyn Entropy) {
        let now = self.clock.advance(now);
        self.step(|state, cx| state.on_time(cx, now));
        self.step(|state, cx| state.on_input(cx, now, input, entropy));
    }

    /// Shows the desktop the user who scanned its code. May come again, with another user, until the verdict.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotReady`] before the code is out, [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use ra_core::gateway::Session;
    /// use ra_core::{Misuse, MonoTime};
    /// use ra_crypto::Entropy;
    /// use ra_proto::User;
    ///
    /// /// A phone of this account has named the session's fingerprint.
    /// fn scanned(session: &mut Session, user: &User, now: MonoTime, entropy: &mut dyn Entropy) -> Result<(), Misuse> {
    ///     session.attach(now, user, entropy)
    /// }
    /// ```
    pub fn attach(
        &mut self,
        now: MonoTime,
        user: &User,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Misuse> {
        self.command(now, |state, cx| state.attach(cx, user, entropy))
    }

    /// The same with a user that was sealed to [this desktop's key](Self::public_key) elsewhere,
    /// so that only the desktop learns who it is. The desktop finds out whether it opens.
    ///
    /// # Errors
    ///
    /// As [`attach`](Self::attach).
    pub fn attach_sealed(&mut self, now: MonoTime, sealed: &[u8]) -> Result<(), Misuse> {
        self.command(now, |state, cx| state.attach_sealed(cx, sealed))
    }

    /// Hands the desktop its ticket and ends the session.
    ///
    /// # Errors
    ///
    /// [`Misuse::NobodyAttached`] before a user is attached, [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::gateway::{Config, Session};
    /// use ra_core::{Misuse, MonoTime};
    /// use ra_proto::Ticket;
    ///
    /// # let backend = Arc::new(ra_testkit::Fake);
    /// let mut session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
    /// let ticket = Ticket::new("a fresh one".to_owned());
    /// let nobody_has_scanned = session.approve(MonoTime::from_millis(30), &ticket);
    /// assert_eq!(nobody_has_scanned, Err(Misuse::NobodyAttached));
    /// ```
    pub fn approve(&mut self, now: MonoTime, ticket: &Ticket) -> Result<(), Misuse> {
        self.command(now, |state, cx| state.approve(cx, ticket))
    }

    /// Tells the desktop that the person declined, and ends the session.
    ///
    /// # Errors
    ///
    /// [`Misuse::NobodyAttached`] before a user is attached, [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::gateway::{Config, Session};
    /// use ra_core::{Misuse, MonoTime};
    ///
    /// # let backend = Arc::new(ra_testkit::Fake);
    /// let mut session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
    /// assert_eq!(session.decline(MonoTime::from_millis(30)), Err(Misuse::NobodyAttached));
    /// ```
    pub fn decline(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.command(now, State::decline)
    }

    /// Ends the session from this side, with the close code that the desktop is to see.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::MonoTime;
    /// use ra_core::gateway::{Config, Outcome, Output, Session};
    /// use ra_proto::CloseCode;
    ///
    /// # let backend = Arc::new(ra_testkit::Fake);
    /// let mut session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
    /// session.shut_down(MonoTime::from_millis(30), CloseCode::GOING_AWAY);
    /// let last = std::iter::from_fn(|| session.poll_output()).last();
    /// assert_eq!(last, Some(Output::End(Ok(Outcome::ShutDown))));
    /// ```
    pub fn shut_down(&mut self, now: MonoTime, code: CloseCode) {
        self.clock.advance(now);
        self.step(|state, cx| state.shut_down(cx, code));
    }

    /// Takes the next output, in order.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::MonoTime;
    /// use ra_core::gateway::{Config, Session};
    ///
    /// # let backend = Arc::new(ra_testkit::Fake);
    /// let mut session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
    /// while let Some(output) = session.poll_output() {
    ///     println!("to do: {output:?}"); // shows no secret
    /// }
    /// ```
    pub fn poll_output(&mut self) -> Option<Output> {
        self.cx.out.pop()
    }

    /// When to call [`Session::handle`] with [`Input::Tick`] at the latest; `None` after the end.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::gateway::{Config, Session};
    /// use ra_core::{MonoTime, Wake};
    ///
    /// # let backend = Arc::new(ra_testkit::Fake);
    /// let session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
    /// assert_eq!(session.deadline().map(|deadline| deadline.wake), Some(Wake::Handshake));
    /// ```
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        (self.phase() != Phase::Ended).then(|| self.cx.timers.next())
    }

    /// The phase of the session.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::MonoTime;
    /// use ra_core::gateway::{Config, Phase, Session};
    ///
    /// # let backend = Arc::new(ra_testkit::Fake);
    /// let session = Session::new(Arc::new(Config::default()), backend, MonoTime::ZERO);
    /// assert_eq!(session.phase(), Phase::AwaitInit);
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// The desktop's public key as it was sent (DER SPKI), once the proof was right.
    ///
    /// ```
    /// use ra_core::gateway::Session;
    /// use ra_crypto::{Backend, PeerKey};
    ///
    /// /// To seal the token to, once a ticket is exchanged.
    /// fn peer(session: &Session, backend: &dyn Backend) -> Option<Box<dyn PeerKey>> {
    ///     backend.peer_key(session.public_key()?).ok()
    /// }
    /// ```
    #[must_use]
    pub fn public_key(&self) -> Option<&[u8]> {
        self.state.public_key()
    }

    /// The session's fingerprint, once the proof was right.
    ///
    /// ```
    /// use ra_core::gateway::Session;
    /// use ra_proto::Fingerprint;
    ///
    /// /// Whether this is the session that a phone has scanned.
    /// fn is_meant(session: &Session, scanned: Fingerprint) -> bool {
    ///     session.fingerprint() == Some(scanned)
    /// }
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.public_key().map(ra_crypto::fingerprint)
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        let state = core::mem::replace(&mut self.state, State::Ended);
        self.state = step(state, &mut self.cx);
    }

    fn command(
        &mut self,
        now: MonoTime,
        command: impl FnOnce(State, &mut Context) -> (State, Result<(), Misuse>),
    ) -> Result<(), Misuse> {
        let now = self.clock.advance(now);
        self.step(|state, cx| state.on_time(cx, now)); // a verdict that comes too late is too late
        let state = core::mem::replace(&mut self.state, State::Ended);
        let (state, answer) = command(state, &mut self.cx);
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
