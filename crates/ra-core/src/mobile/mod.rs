//! The mobile role: the phone that is logged in and whose owner decides.
//!
//! ```text
//!          create            approve             finish 204
//! Creating ─────► AwaitDecision ─────► Finishing ─────────────► Approved
//!              Confirm event │             │ 60003     ▲ finish again
//!                            │ decline     ▼           │
//!                            │          AwaitMfa ──► AnsweringMfa
//!                            └──► Cancelling ───────────────► Declined
//! ```
//!
//! Approval is the person's: nothing reaches `finish` without [`Session::approve`], and that is
//! refused until the event [`Event::Confirm`] is out (R-44). Show the person what they are about to
//! approve before you call it.

mod config;
mod error;
mod input;
mod output;
mod phase;
mod state;

use ra_proto::Fingerprint;

use crate::machine::{Machine, debug_phase};
use crate::queue::Queue;
use crate::{CallId, Deadline, Misuse, MonoTime};

pub use config::Config;
pub use error::MobileError;
pub use input::{Input, MfaAnswer};
pub use output::{Event, Outcome, Output};
pub use phase::Phase;

use state::{Context, State};

/// One approval by one phone.
///
/// ```
/// use ra_core::mobile::{Config, Output, Phase, Session};
/// use ra_core::{Misuse, MonoTime};
/// use ra_proto::{Fingerprint, Token};
///
/// let config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
/// let scanned = Fingerprint::from_bytes([7; 32]); // of a `ScanUrl`
/// let mut phone = Session::new(config, scanned, MonoTime::ZERO);
/// let Some(Output::Call(call)) = phone.poll_output() else { panic!("the scan is announced") };
/// assert_eq!(call.request.uri().path(), "/api/v9/users/@me/remote-auth");
/// // send it, hand in `Input::Reply(call.id, …)`, show `Event::Confirm` to the person; not before that:
/// assert_eq!(phone.approve(MonoTime::from_millis(10)), Err(Misuse::NothingToDecide));
/// assert_eq!(phone.phase(), Phase::Creating);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Session(Machine<State, Context>);

impl Session {
    /// The phone has scanned this fingerprint; the first call waits in the queue.
    ///
    /// ```
    /// use ra_core::MonoTime;
    /// use ra_core::mobile::{Config, Session};
    /// use ra_proto::{Fingerprint, Token};
    ///
    /// let config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
    /// let scanned = Fingerprint::from_bytes([7; 32]); // of a `ScanUrl`
    /// let mut phone = Session::new(config, scanned, MonoTime::ZERO);
    /// assert!(phone.poll_output().is_some()); // the first call
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(config: Config, fingerprint: Fingerprint, now: MonoTime) -> Self {
        let mut cx = Context {
            config,
            fingerprint,
            last_call: CallId::FIRST,
            out: Queue::new(),
        };
        let state = State::create(&mut cx, now);
        Self(Machine::new(now, state, cx))
    }

    /// Handles an event from outside.
    ///
    /// ```
    /// use ra_core::MonoTime;
    /// use ra_core::mobile::{Config, Input, Output, Session};
    /// use ra_http::{TransportError, TransportErrorKind};
    /// use ra_proto::{Fingerprint, Token};
    ///
    /// let config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
    /// let scanned = Fingerprint::from_bytes([7; 32]); // of a `ScanUrl`
    /// let mut phone = Session::new(config, scanned, MonoTime::ZERO);
    /// let Some(Output::Call(call)) = phone.poll_output() else { panic!("the scan is announced") };
    /// let lost = TransportError::new(TransportErrorKind::Lost);
    /// phone.handle(MonoTime::from_millis(30), Input::Reply(call.id, Err(lost)));
    /// assert!(matches!(phone.poll_output(), Some(Output::End(Err(_)))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn handle(&mut self, now: MonoTime, input: Input) {
        let now = self.0.clock.advance(now);
        self.0.step(|state, cx| state.on_input(cx, now, input));
        self.0.step(|state, cx| state.on_time(cx, now));
    }

    /// The person approves.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingToDecide`] before [`Event::Confirm`] and after a decision.
    ///
    /// ```
    /// use ra_core::mobile::{Event, Session};
    /// use ra_core::{Misuse, MonoTime};
    ///
    /// fn ask(event: &Event, phone: &mut Session, now: MonoTime, says_yes: impl Fn() -> bool) -> Result<(), Misuse> {
    ///     match event {
    ///         Event::Confirm { .. } if says_yes() => phone.approve(now),
    ///         _ => phone.decline(now),
    ///     }
    /// }
    /// ```
    pub fn approve(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.0.command(now, State::on_time, State::approve)
    }

    /// The person declines, before or instead of answering the second factor.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingToDecide`] before [`Event::Confirm`] and after a decision.
    ///
    /// ```
    /// use ra_core::mobile::{Config, Session};
    /// use ra_core::{Misuse, MonoTime};
    /// use ra_proto::{Fingerprint, Token};
    ///
    /// let config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
    /// let scanned = Fingerprint::from_bytes([7; 32]); // of a `ScanUrl`
    /// let mut phone = Session::new(config, scanned, MonoTime::ZERO);
    /// assert_eq!(phone.decline(MonoTime::ZERO), Err(Misuse::NothingToDecide)); // nothing is asked yet
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decline(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.0.command(now, State::on_time, State::decline)
    }

    /// Ends the approval because the caller gives up, with [`Outcome::Abandoned`]. Nothing more is asked for or sent;
    /// a decision that was made by then stands. To tell the device no, [`Session::decline`].
    ///
    /// # Errors
    ///
    /// [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use ra_core::mobile::{Config, Phase, Session};
    /// use ra_core::{Misuse, MonoTime};
    /// use ra_proto::{Fingerprint, Token};
    ///
    /// let config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
    /// let scanned = Fingerprint::from_bytes([7; 32]); // of a `ScanUrl`
    /// let mut phone = Session::new(config, scanned, MonoTime::ZERO);
    /// assert_eq!(phone.abandon(MonoTime::ZERO), Ok(()));
    /// assert_eq!(phone.phase(), Phase::Ended);
    /// assert_eq!(phone.abandon(MonoTime::ZERO), Err(Misuse::Ended));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn abandon(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.0
            .command(now, State::on_time, |state, cx, _| state.abandon(cx))
    }

    /// The person answers the second factor.
    ///
    /// # Errors
    ///
    /// [`Misuse::NoMfa`] when none is asked for.
    ///
    /// ```
    /// use ra_core::mobile::{MfaAnswer, Session};
    /// use ra_core::{Misuse, MonoTime};
    /// use ra_proto::MfaAnswerText;
    /// use ra_proto::rest::MfaMethod;
    ///
    /// /// After `Event::MfaRequired`: what the person has typed.
    /// fn typed(phone: &mut Session, code: String, now: MonoTime) -> Result<(), Misuse> {
    ///     phone.answer_mfa(now, MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new(code)))
    /// }
    /// ```
    pub fn answer_mfa(&mut self, now: MonoTime, answer: MfaAnswer) -> Result<(), Misuse> {
        self.0.command(now, State::on_time, |state, cx, now| {
            state.answer_mfa(cx, now, answer)
        })
    }

    /// Takes the next output, in order.
    ///
    /// ```
    /// use ra_core::MonoTime;
    /// use ra_core::mobile::{Config, Session};
    /// use ra_proto::{Fingerprint, Token};
    ///
    /// let config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
    /// let scanned = Fingerprint::from_bytes([7; 32]); // of a `ScanUrl`
    /// let mut phone = Session::new(config, scanned, MonoTime::ZERO);
    /// while let Some(output) = phone.poll_output() {
    ///     println!("to do: {output:?}"); // shows no secret
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn poll_output(&mut self) -> Option<Output> {
        self.0.cx.out.pop()
    }

    /// When to call [`Session::handle`] with [`Input::Tick`] at the latest; `None` after the end.
    ///
    /// ```
    /// use ra_core::mobile::{Config, Session};
    /// use ra_core::{MonoTime, Wake};
    /// use ra_proto::{Fingerprint, Token};
    ///
    /// let config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
    /// let scanned = Fingerprint::from_bytes([7; 32]); // of a `ScanUrl`
    /// let phone = Session::new(config, scanned, MonoTime::ZERO);
    /// assert_eq!(phone.deadline().map(|deadline| deadline.wake), Some(Wake::Call));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.0.state.deadline()
    }

    /// How far the approval is.
    ///
    /// ```
    /// use ra_core::MonoTime;
    /// use ra_core::mobile::{Config, Phase, Session};
    /// use ra_proto::{Fingerprint, Token};
    ///
    /// let config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
    /// let scanned = Fingerprint::from_bytes([7; 32]); // of a `ScanUrl`
    /// let phone = Session::new(config, scanned, MonoTime::ZERO);
    /// assert_eq!(phone.phase(), Phase::Creating);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.state.phase()
    }
}

debug_phase!(Session);
