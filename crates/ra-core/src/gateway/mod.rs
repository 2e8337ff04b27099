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

mod config;
mod error;
mod output;
mod phase;
mod state;
mod timers;

use alloc::sync::Arc;

use ra_crypto::{Backend, Entropy};
use ra_proto::{CloseCode, Fingerprint, Ticket, User};

use crate::machine::{Machine, debug_phase};
use crate::queue::Queue;
use crate::{Deadline, Misuse, MonoTime};

pub use crate::input::Input;
pub use config::{Accept, Config};
pub use error::SessionError;
pub use output::{Event, Outcome, Output};
pub use phase::Phase;

use state::{Context, State};
use timers::Timers;

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
pub struct Session(Machine<State, Context>);

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
        Self(Machine::new(now, state, cx))
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
        let now = self.0.clock.advance(now);
        self.0.step(|state, cx| state.on_time(cx, now));
        self.0
            .step(|state, cx| state.on_input(cx, now, input, entropy));
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
        self.0.command(now, State::on_time, |state, cx, _| {
            state.attach(cx, user, entropy)
        })
    }

    /// The same with a user that was sealed to [this desktop's key](Self::public_key) elsewhere,
    /// so that only the desktop learns who it is. The desktop finds out whether it opens.
    ///
    /// # Errors
    ///
    /// As [`attach`](Self::attach).
    pub fn attach_sealed(&mut self, now: MonoTime, sealed: &[u8]) -> Result<(), Misuse> {
        self.0.command(now, State::on_time, |state, cx, _| {
            state.attach_sealed(cx, sealed)
        })
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
        self.0.command(now, State::on_time, |state, cx, _| {
            state.approve(cx, ticket)
        })
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
        self.0
            .command(now, State::on_time, |state, cx, _| state.decline(cx))
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
        self.0.clock.advance(now);
        self.0.step(|state, cx| state.shut_down(cx, code));
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
        self.0.cx.out.pop()
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
        (self.phase() != Phase::Ended).then(|| self.0.cx.timers.next())
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
        self.0.state.phase()
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
        self.0.state.public_key()
    }

    /// The session's fingerprint, once the proof was right.
    ///
    /// ```
    /// use ra_core::gateway::Session;
    /// use ra_proto::Fingerprint;
    ///
    /// /// Returns true for the session that a phone has scanned.
    /// fn is_meant(session: &Session, scanned: Fingerprint) -> bool {
    ///     session.fingerprint() == Some(scanned)
    /// }
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.public_key().map(ra_crypto::fingerprint)
    }
}

debug_phase!(Session);
