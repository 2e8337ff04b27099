//! A whole login of the desktop: sessions one after the other, renewal, the two proof dialects, the
//! ticket exchange, the captcha. Policy lives here so that drivers stay thin and equal.
//!
//! ```text
//!            NeedKey + Connect                verdict: yes            Call ⇄ Reply
//! start ──► Opening ───────► InSession ───────────────────► Exchanging ───────────► LoggedIn
//!              ▲                 │ expiry, dead, network        │  ▲
//!              └── Waiting ◄─────┘                       captcha▼  │solve_captcha
//!                                                            AwaitCaptcha
//! ```
//!
//! A driver does what [`Login::poll_output`] says, in order, and tells [`Login::handle`] what
//! happened; it calls `handle(now, Tick)` at [`Login::deadline`]. It owns the socket: after
//! `Disconnect`, or once it has reported the socket closed, it forgets it.

mod config;
mod error;
mod exchange;
mod gateway_url;
mod input;
mod key_slot;
mod output;
mod phase;
mod renewal;
mod state;

use alloc::sync::Arc;

use ra_http::CaptchaSolution;

use crate::machine::{Machine, debug_phase};
use crate::queue::Queue;
use crate::{CallId, Deadline, Jitter, Misuse, MonoTime};

pub use super::event::{Event, RenewReason};
pub use config::{Config, ProofPolicy, Renewal};
pub use error::{LoginError, LoginErrorKind, TokenFault};
pub use gateway_url::{GatewayUrl, GatewayUrlError};
pub use input::{Input, KeyUnavailable};
pub use output::{ConnectRequest, Outcome, Output};
pub use phase::Phase;

use key_slot::KeySlot;
use state::{Context, State};

/// A whole login.
///
/// ```
/// use ra_core::desktop::login::{Config, Input, Login, Output, Phase};
/// use ra_core::{Jitter, MonoTime};
///
/// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
/// // what it says is begun, and the answers are handed in when they are there
/// assert!(matches!(login.poll_output(), Some(Output::NeedKey)));
/// assert!(matches!(login.poll_output(), Some(Output::Connect(_))));
/// # let key = Box::new(ra_testkit::FakeKey::new(1));
/// login.handle(MonoTime::from_millis(90), Input::Key(Ok(key)));
/// login.handle(MonoTime::from_millis(130), Input::Connected);
/// let hello = r#"{"op":"hello","timeout_ms":120000,"heartbeat_interval":41250}"#;
/// login.handle(MonoTime::from_millis(160), Input::text(hello));
/// let Some(Output::Send(init)) = login.poll_output() else { panic!("our key goes out") };
/// assert!(init.expose().starts_with(r#"{"op":"init""#));
/// assert!(matches!(login.phase(), Phase::InSession(_)));
///
/// fn has_one_owner<T: Send>(_: &T) {}
/// has_one_owner(&login);
/// ```
pub struct Login(Machine<State, Context>);

impl Login {
    /// A login that starts now: `NeedKey` and `Connect` wait in the queue.
    ///
    /// ```
    /// use ra_core::desktop::login::{Config, Login, Phase};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// let seed = 7; // of the system's randomness
    /// let login = Login::new(Config::default(), Jitter::from_seed(seed), MonoTime::ZERO);
    /// assert_eq!(login.phase(), Phase::Opening);
    /// ```
    /// Logins that run the same way can share their settings:
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_core::desktop::login::{Config, Login};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// let config = Arc::new(Config::default());
    /// let login = |seed| Login::new(Arc::clone(&config), Jitter::from_seed(seed), MonoTime::ZERO);
    /// let logins: Vec<Login> = (0..3).map(login).collect();
    /// ```
    #[must_use]
    pub fn new(config: impl Into<Arc<Config>>, jitter: Jitter, now: MonoTime) -> Self {
        let config = config.into();
        let mut cx = Context {
            dialect: state::first_dialect(config.proof),
            config,
            jitter,
            key: KeySlot::Empty,
            dialect_proven: false,
            other_dialect_tried: false,
            failures: 0,
            renewals: 0,
            last_call: CallId::FIRST,
            out: Queue::new(),
        };
        let state = State::open(&mut cx, now);
        Self(Machine::new(now, state, cx))
    }

    /// Handles an event from outside.
    ///
    /// ```
    /// use ra_core::desktop::login::{Config, Input, Login};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
    /// login.handle(MonoTime::from_millis(130), Input::Connected);
    /// login.handle(MonoTime::from_millis(160), Input::text("what a gateway never says"));
    /// login.handle(MonoTime::from_millis(155), Input::Tick); // time stands still rather than running backwards
    /// ```
    pub fn handle(&mut self, now: MonoTime, input: Input<'_>) {
        let now = self.0.clock.advance(now);
        self.0.step(|state, cx| state.on_input(cx, now, input));
        self.0.step(|state, cx| state.on_time(cx, now));
    }

    /// Answers a captcha with the solution of the person at the screen.
    ///
    /// # Errors
    ///
    /// [`Misuse::NoCaptcha`] when none is waiting.
    ///
    /// ```
    /// use ra_core::desktop::login::{Event, Login};
    /// use ra_core::{Misuse, MonoTime};
    /// use ra_http::{CaptchaChallenge, CaptchaSolution};
    ///
    /// fn show(
    ///     event: &Event,
    ///     login: &mut Login,
    ///     now: MonoTime,
    ///     ask_the_person: impl Fn(&CaptchaChallenge) -> Option<String>,
    /// ) -> Result<(), Misuse> {
    ///     match event {
    ///         Event::Captcha(challenge) => match ask_the_person(challenge) {
    ///             Some(solution) => login.solve_captcha(now, CaptchaSolution::new(solution)),
    ///             None => login.give_up_captcha(now),
    ///         },
    ///         _ => Ok(()),
    ///     }
    /// }
    /// ```
    pub fn solve_captcha(
        &mut self,
        now: MonoTime,
        solution: CaptchaSolution,
    ) -> Result<(), Misuse> {
        let now = self.0.clock.advance(now);
        self.expect_captcha()?;
        self.0
            .step(|state, cx| state.solve_captcha(cx, now, solution));
        Ok(())
    }

    /// Ends the login because nobody will answer the captcha.
    ///
    /// # Errors
    ///
    /// [`Misuse::NoCaptcha`] when none is waiting.
    ///
    /// ```
    /// use ra_core::desktop::login::{Config, Login};
    /// use ra_core::{Jitter, Misuse, MonoTime};
    ///
    /// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
    /// assert_eq!(login.give_up_captcha(MonoTime::ZERO), Err(Misuse::NoCaptcha)); // nobody has asked
    /// ```
    pub fn give_up_captcha(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.0.clock.advance(now);
        self.expect_captcha()?;
        self.0.step(State::give_up_captcha);
        Ok(())
    }

    /// Ends the login because the caller wants to, with [`Outcome::Cancelled`].
    ///
    /// # Errors
    ///
    /// [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use ra_core::desktop::login::{Config, Login, Outcome, Output};
    /// use ra_core::{Jitter, Misuse, MonoTime};
    ///
    /// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
    /// assert_eq!(login.cancel(MonoTime::from_millis(500)), Ok(()));
    /// let last = std::iter::from_fn(|| login.poll_output()).last();
    /// assert!(matches!(last, Some(Output::End(Ok(Outcome::Cancelled)))));
    /// assert_eq!(login.cancel(MonoTime::from_millis(501)), Err(Misuse::Ended));
    /// ```
    pub fn cancel(&mut self, now: MonoTime) -> Result<(), Misuse> {
        let now = self.0.clock.advance(now);
        if self.phase() == Phase::Ended {
            return Err(Misuse::Ended);
        }
        self.0.step(|state, cx| state.cancel(cx, now));
        Ok(())
    }

    /// Takes the next output, in order.
    ///
    /// ```
    /// use ra_core::desktop::login::{Config, Login};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
    /// while let Some(output) = login.poll_output() {
    ///     println!("to do: {output:?}"); // shows no secret
    /// }
    /// ```
    pub fn poll_output(&mut self) -> Option<Output> {
        self.0.cx.out.pop()
    }

    /// When to call [`Login::handle`] with [`Input::Tick`] at the latest; `None` after the end.
    ///
    /// ```
    /// use ra_core::desktop::login::{Config, Input, Login};
    /// use ra_core::{Jitter, MonoTime, Wake};
    ///
    /// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
    /// let deadline = login.deadline().expect("it has not ended");
    /// assert_eq!((deadline.wake, deadline.at.as_millis()), (Wake::Connect, 15_000));
    /// login.handle(deadline.at, Input::Tick); // nothing came of the connection
    /// assert!(login.deadline().is_some_and(|next| next.at > deadline.at));
    /// ```
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.0.state.deadline(&self.0.cx)
    }

    /// How far the login is.
    ///
    /// ```
    /// use ra_core::desktop::login::{Config, Login, Phase};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
    /// login.cancel(MonoTime::ZERO)?;
    /// assert_eq!(login.phase(), Phase::Ended);
    /// # Ok::<(), ra_core::Misuse>(())
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.state.phase()
    }

    fn expect_captcha(&self) -> Result<(), Misuse> {
        match self.phase() {
            Phase::AwaitCaptcha => Ok(()),
            _ => Err(Misuse::NoCaptcha),
        }
    }
}

debug_phase!(Login);
