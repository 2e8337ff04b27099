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

mod error;
mod output;
mod state;

use core::fmt;
use core::time::Duration;

use ra_http::{BaseUrl, Body, TransportError};
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, Token};

use crate::queue::Queue;
use crate::time::Clock;
use crate::{CallId, Deadline, Misuse, MonoTime};

pub use error::MobileError;
pub use output::{Event, Outcome, Output};
pub use state::Phase;

use state::{Context, State};

/// How a phone talks to the service.
///
/// ```
/// use ra_core::mobile::Config;
/// use ra_proto::Token;
///
/// let mut config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
/// config.temporary_token = true;
/// assert!(!format!("{config:?}").contains("secret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where the REST calls go (R-01).
    pub api: BaseUrl,
    /// The token of the approving account, sent in `Authorization`.
    pub authorization: Token,
    /// How long one call may take.
    pub call_within: Duration,
    /// How long the person may take to decide: as long as a handshake token lives (R-41).
    pub decide_within: Duration,
    /// How many wrong codes the person may give for the second factor.
    pub mfa_tries: u32,
    /// Whether the device is to get a token that does not last (R-42).
    pub temporary_token: bool,
}

impl Config {
    /// A phone of this account: 15 s a call, 120 s for the decision, 3 wrong codes.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ra_core::mobile::Config;
    /// use ra_proto::Token;
    ///
    /// let config = Config::new("http://127.0.0.1:4000/api/v9".parse()?, Token::new("secret".to_owned()));
    /// assert_eq!(config.decide_within, Duration::from_secs(120));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(api: BaseUrl, authorization: Token) -> Self {
        Self {
            api,
            authorization,
            call_within: Duration::from_secs(15),
            decide_within: Duration::from_secs(120),
            mfa_tries: 3,
            temporary_token: false,
        }
    }
}

/// Something that happened outside. None of it can misuse the machine.
///
/// ```
/// use ra_core::CallId;
/// use ra_core::mobile::Input;
/// use ra_http::{TransportError, TransportErrorKind};
///
/// fn nobody_answered(call: CallId) -> Input {
///     Input::Reply(call, Err(TransportError::new(TransportErrorKind::Timeout)))
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// Answers `Call`: the response, or the reason why there is none.
    Reply(CallId, Result<http::Response<Body>, TransportError>),
    /// Time has passed.
    Tick,
}

/// The person's answer to a multi-factor challenge (R-43).
///
/// ```
/// use ra_core::mobile::MfaAnswer;
/// use ra_proto::MfaAnswerText;
/// use ra_proto::rest::MfaMethod;
///
/// let answer = MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new("123456".to_owned()));
/// assert!(!format!("{answer:?}").contains("123456"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MfaAnswer {
    /// By which method.
    pub method: MfaMethod,
    /// The code or password. Redacted and wiped.
    pub text: MfaAnswerText,
}

impl MfaAnswer {
    /// An answer by this method.
    ///
    /// ```
    /// use ra_core::mobile::MfaAnswer;
    /// use ra_proto::MfaAnswerText;
    /// use ra_proto::rest::MfaMethod;
    ///
    /// let answer = MfaAnswer::new(MfaMethod::Backup, MfaAnswerText::new("abcd-efgh".to_owned()));
    /// ```
    #[must_use]
    pub const fn new(method: MfaMethod, text: MfaAnswerText) -> Self {
        Self { method, text }
    }
}

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
pub struct Session {
    clock: Clock,
    state: State,
    cx: Context,
}

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
        Self {
            clock: Clock::new(now),
            state,
            cx,
        }
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
        let now = self.clock.advance(now);
        self.step(|state, cx| state.on_input(cx, now, input));
        self.step(|state, cx| state.on_time(cx, now));
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
        self.command(now, State::approve)
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
        self.command(now, State::decline)
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
        self.command(now, |state, cx, _| state.abandon(cx))
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
        self.command(now, |state, cx, now| state.answer_mfa(cx, now, answer))
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
        self.cx.out.pop()
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
        self.state.deadline()
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
        self.state.phase()
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        let state = core::mem::replace(&mut self.state, State::Ended);
        self.state = step(state, &mut self.cx);
    }

    fn command(
        &mut self,
        now: MonoTime,
        command: impl FnOnce(State, &mut Context, MonoTime) -> (State, Result<(), Misuse>),
    ) -> Result<(), Misuse> {
        let now = self.clock.advance(now);
        self.step(|state, cx| state.on_time(cx, now)); // a decision that comes too late is too late
        let state = core::mem::replace(&mut self.state, State::Ended);
        let (state, answer) = command(state, &mut self.cx, now);
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
