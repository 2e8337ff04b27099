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
mod state;

use core::fmt;

use ra_http::CaptchaSolution;

use crate::queue::Queue;
use crate::time::Clock;
use crate::{CallId, Deadline, Jitter, Misuse, MonoTime};

pub use config::{Config, ProofPolicy, Renewal};
pub use error::{LoginError, LoginErrorKind, TokenFault};
pub use gateway_url::{GatewayUrl, GatewayUrlError};
pub use input::{Input, KeyUnavailable};
pub use output::{ConnectRequest, Event, Outcome, Output, RenewReason};
pub use state::Phase;

use key_slot::KeySlot;
use state::{Desk, State};

/// A whole login.
pub struct Login {
    clock: Clock,
    state: State,
    desk: Desk,
}

impl Login {
    /// A login that starts now: `NeedKey` and `Connect` wait in the queue.
    #[must_use]
    pub fn new(config: Config, jitter: Jitter, now: MonoTime) -> Self {
        let mut desk = Desk {
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
        let state = State::open(&mut desk, now);
        Self {
            clock: Clock::new(now),
            state,
            desk,
        }
    }

    /// Takes what happened outside.
    pub fn handle(&mut self, now: MonoTime, input: Input<'_>) {
        let now = self.clock.advance(now);
        self.step(|state, desk| state.on_input(desk, now, input));
        self.step(|state, desk| state.on_time(desk, now));
    }

    /// Answers a captcha with what the person at the screen made of it.
    ///
    /// # Errors
    ///
    /// [`Misuse::NoCaptcha`] when none is waiting.
    pub fn solve_captcha(
        &mut self,
        now: MonoTime,
        solution: CaptchaSolution,
    ) -> Result<(), Misuse> {
        let now = self.clock.advance(now);
        self.expect_captcha()?;
        self.step(|state, desk| state.solve_captcha(desk, now, solution));
        Ok(())
    }

    /// Ends the login because nobody will answer the captcha.
    ///
    /// # Errors
    ///
    /// [`Misuse::NoCaptcha`] when none is waiting.
    pub fn give_up_captcha(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.clock.advance(now);
        self.expect_captcha()?;
        self.step(State::give_up_captcha);
        Ok(())
    }

    /// Ends the login because the caller wants to, with [`Outcome::Cancelled`].
    ///
    /// # Errors
    ///
    /// [`Misuse::Ended`] after the end.
    pub fn cancel(&mut self, now: MonoTime) -> Result<(), Misuse> {
        let now = self.clock.advance(now);
        if self.phase() == Phase::Ended {
            return Err(Misuse::Ended);
        }
        self.step(|state, desk| state.cancel(desk, now));
        Ok(())
    }

    /// The next thing to do, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.desk.out.pop()
    }

    /// When to call [`Login::handle`] with [`Input::Tick`] at the latest; `None` after the end.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.state.deadline(&self.desk)
    }

    /// How far the login is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    fn expect_captcha(&self) -> Result<(), Misuse> {
        match self.phase() {
            Phase::AwaitCaptcha => Ok(()),
            _ => Err(Misuse::NoCaptcha),
        }
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Desk) -> State) {
        let state = core::mem::replace(&mut self.state, State::Ended);
        self.state = step(state, &mut self.desk);
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
