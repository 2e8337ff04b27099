//! One socket of the desktop: from `hello` to the verdict, for one key and one QR.
//!
//! ```text
//!             hello            nonce_proof        pending_remote_init     pending_ticket
//! AwaitHello ───────► AwaitNonce ───────► AwaitInit ───────────► AwaitScan ───────► AwaitVerdict
//!           init out            proof out          QR                   user │  ▲ pending_ticket
//!                                                        cancel ──► Declined ◄──┤
//!                                                                               └─► pending_login ──► Approved
//! ```
//!
//! ```
//! # use ra_core::desktop::session::{Config, Input, Output, Session};
//! # use ra_core::{Jitter, MonoTime};
//! # fn run(key: Box<dyn ra_crypto::SessionKey>, frames: &[&str], now: MonoTime) {
//! let mut session = Session::new(Config::default(), key, Jitter::from_seed(7), now);
//! for frame in frames {
//!     session.handle(now, Input::Text(frame));
//!     while let Some(output) = session.poll_output() {
//!         match output {
//!             Output::Send(text) => println!("to the socket: {} bytes", text.expose().len()),
//!             Output::Event(event) => println!("to the screen: {event:?}"),
//!             Output::Close(code) => println!("close with {code}"),
//!             Output::End(end) => println!("over: {end:?}"),
//!             _ => {}
//!         }
//!     }
//! }
//! # }
//! ```

mod config;
mod error;
mod output;
mod phase;
mod state;
mod timers;

use alloc::boxed::Box;

use ra_crypto::SessionKey;

use crate::machine::{Machine, debug_phase};
use crate::queue::Queue;
use crate::{Deadline, Jitter, Misuse, MonoTime};

pub use super::event::Event;
pub use crate::input::Input;
pub use config::{Config, Dialect};
pub use error::{Refusal, SessionError};
pub use output::{Outcome, Output};
pub use phase::Phase;

use state::{Context, State};
use timers::Timers;

/// One socket and one QR.
///
/// ```
/// use ra_core::desktop::session::{Config, Input, Output, Phase, Session};
/// use ra_core::{Jitter, MonoTime};
///
/// # let key = Box::new(ra_testkit::FakeKey::new(1)); // `Backend::generate` makes real ones
/// let mut session = Session::new(Config::default(), key, Jitter::from_seed(7), MonoTime::ZERO);
/// let hello = r#"{"op":"hello","timeout_ms":120000,"heartbeat_interval":41250}"#;
/// session.handle(MonoTime::from_millis(30), Input::Text(hello));
/// assert!(matches!(session.poll_output(), Some(Output::Send(_)))); // `init`, with our key
/// assert_eq!(session.phase(), Phase::AwaitNonce);
/// ```
pub struct Session(Machine<State, Context>);

impl Session {
    /// A session on a socket that has just opened. The key must be fresh: it is used for one QR only.
    ///
    /// ```
    /// use ra_core::desktop::session::{Config, Session};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// # let key = Box::new(ra_testkit::FakeKey::new(1));
    /// let mut session = Session::new(Config::default(), key, Jitter::from_seed(7), MonoTime::ZERO);
    /// assert!(session.poll_output().is_none()); // the gateway speaks first
    /// ```
    #[must_use]
    pub fn new(config: Config, key: Box<dyn SessionKey>, jitter: Jitter, now: MonoTime) -> Self {
        let timers = Timers::start(config.answer_within, now);
        let cx = Context {
            config,
            key,
            jitter,
            timers,
            unknown_ops: 0,
            out: Queue::new(),
        };
        Self(Machine::new(now, State::AwaitHello, cx))
    }

    /// Handles an event of the socket or the clock.
    ///
    /// A heartbeat's acknowledgement that arrives together with the next heartbeat's time still
    /// counts; everything else that comes after its deadline is too late.
    ///
    /// ```
    /// use ra_core::desktop::session::{Config, Input, Output, Session, SessionError};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// # let key = Box::new(ra_testkit::FakeKey::new(1));
    /// let mut session = Session::new(Config::default(), key, Jitter::from_seed(7), MonoTime::ZERO);
    /// session.handle(MonoTime::from_millis(30), Input::Binary);
    /// assert!(matches!(session.poll_output(), Some(Output::Close(_))));
    /// assert_eq!(session.poll_output(), Some(Output::End(Err(SessionError::Binary))));
    /// ```
    pub fn handle(&mut self, now: MonoTime, input: Input<'_>) {
        let now = self.0.clock.advance(now);
        self.0.step(|state, cx| state.on_time(cx, now));
        self.0.step(|state, cx| state.on_input(cx, now, input));
        self.0.step(|state, cx| state.on_heartbeat(cx, now));
    }

    /// Ends the session because the caller wants to: closes with 1000, outcome
    /// [`Outcome::Cancelled`].
    ///
    /// # Errors
    ///
    /// [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use ra_core::desktop::session::{Config, Outcome, Output, Session};
    /// use ra_core::{Jitter, Misuse, MonoTime};
    /// use ra_proto::CloseCode;
    ///
    /// # let key = Box::new(ra_testkit::FakeKey::new(1));
    /// let mut session = Session::new(Config::default(), key, Jitter::from_seed(7), MonoTime::ZERO);
    /// session.cancel(MonoTime::from_millis(30))?;
    /// assert_eq!(session.poll_output(), Some(Output::Close(CloseCode::NORMAL)));
    /// assert_eq!(session.poll_output(), Some(Output::End(Ok(Outcome::Cancelled))));
    /// # Ok::<(), Misuse>(())
    /// ```
    pub fn cancel(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.0.clock.advance(now);
        if self.phase() == Phase::Ended {
            return Err(Misuse::Ended);
        }
        self.0.step(State::cancel);
        Ok(())
    }

    /// Takes the next output, in order.
    ///
    /// ```
    /// use ra_core::desktop::session::{Config, Session};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// # let key = Box::new(ra_testkit::FakeKey::new(1));
    /// let mut session = Session::new(Config::default(), key, Jitter::from_seed(7), MonoTime::ZERO);
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
    /// use ra_core::desktop::session::{Config, Input, Session};
    /// use ra_core::{Jitter, MonoTime, Wake};
    ///
    /// # let key = Box::new(ra_testkit::FakeKey::new(1));
    /// let mut session = Session::new(Config::default(), key, Jitter::from_seed(7), MonoTime::ZERO);
    /// let deadline = session.deadline().expect("it has not ended");
    /// assert_eq!(deadline.wake, Wake::Handshake);
    /// session.handle(deadline.at, Input::Tick); // no `hello`
    /// assert_eq!(session.deadline(), None);
    /// ```
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        (self.phase() != Phase::Ended)
            .then(|| self.0.cx.timers.next())
            .flatten()
    }

    /// The phase of the session.
    ///
    /// ```
    /// use ra_core::desktop::session::{Config, Phase, Session};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// # let key = Box::new(ra_testkit::FakeKey::new(1));
    /// let mut session = Session::new(Config::default(), key, Jitter::from_seed(7), MonoTime::ZERO);
    /// assert_eq!(session.phase(), Phase::AwaitHello);
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.state.phase()
    }

    /// The key back, to open the token that the ticket is exchanged for.
    ///
    /// ```
    /// use ra_core::desktop::Session;
    /// use ra_crypto::{OpenError, Plaintext};
    ///
    /// /// Opens the token that the ticket exchange returned, after `Outcome::Approved`.
    /// fn token(session: Session, encrypted_token: &[u8]) -> Result<Plaintext, OpenError> {
    ///     session.into_key().open(encrypted_token)
    /// }
    /// ```
    #[must_use]
    pub fn into_key(self) -> Box<dyn SessionKey> {
        self.0.cx.key
    }

    /// The key came at `now`, later than the socket: our answers count from then.
    #[cfg(feature = "http")]
    pub(super) fn waited_for_key(&mut self, now: MonoTime) {
        let now = self.0.clock.advance(now);
        if self.phase() == Phase::AwaitNonce {
            self.0
                .cx
                .timers
                .expect_answer(self.0.cx.config.answer_within, now);
        }
    }
}

debug_phase!(Session);
