//! The device flow as a machine driven by a clock that the caller reads (section G of the checklist; RFC 8628).
//!
//! ```text
//!                    interval over               token
//! DeviceAuthorization ──► Waiting ──────► Asking ──────────────► Granted
//!                           ▲  │            │  access_denied ──► Denied
//!   pending, slow_down +5 s │  │ expired    │  expired_token ──► Expired
//!   429, 5xx, silence: wait └──│────────────┘  other refusal ──► Refused
//!                              └──► Expired        cancel() ───► Cancelled
//! ```
//!
//! Show the person the code ([`DeviceAuthorization`]), then loop: carry out what [`Session::poll_output`] says, hand
//! replies to [`Session::handle`], and wake at [`Session::deadline`]. There is never more than one call in flight, and
//! never a poll earlier than the interval after the last reply.
//!
//! ```
//! use core::time::Duration;
//! use oauth2_discord::device::{Input, Outcome, Output, Session};
//! use oauth2_discord::grant::DeviceAuthorization;
//! use oauth2_discord::{AccessToken, DeviceCode, MonoTime, PublicClient, Snowflake, Token};
//!
//! let codes = DeviceAuthorization::new(
//!     DeviceCode::new("PZVq"),
//!     "ZAW6C586",
//!     "https://discord.com/activate",
//!     Duration::from_secs(300),
//! );
//! let client = PublicClient::new(Snowflake::new(7));
//! let mut session = Session::new(client, &codes, MonoTime::from_millis(0));
//!
//! let now = session.deadline().ok_or("ended")?.at; // the caller sleeps until then
//! session.handle(now, Input::Tick);
//! let Some(Output::Call(call)) = session.poll_output() else { panic!("a poll is due") };
//! // a carrier sends `call.poll` and reads what comes
//! let reply = Ok(Token::new(AccessToken::new("abc")));
//! session.handle(now, Input::Reply(call.id, reply));
//! let Some(Output::End(Ok(Outcome::Granted(token)))) = session.poll_output() else { panic!() };
//! assert_eq!(token.access_token.expose(), "abc");
//! # Ok::<(), &str>(())
//! ```

use core::{fmt, time::Duration};

use ra_http::HttpError;

use crate::grant::{DeviceAuthorization, PollDevice};
use crate::{Client, EndpointUrl, ExternalAuth, MonoTime, Token};

pub use error::{DeviceError, Misuse};
pub use output::{Call, CallId, Deadline, Event, Outcome, Output, Wake};

mod error;
mod output;
mod state;
#[cfg(test)]
mod tests;

use state::{Context, State};

/// An event from outside. None can misuse the machine.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// Answers [`Output::Call`]: the token, or the error of the call.
    Reply(CallId, Result<Token, HttpError>),
    /// Time has passed.
    Tick,
}

/// One device flow: waits for one person's decision.
pub struct Session {
    now: MonoTime,
    state: State,
    context: Context,
}

impl Session {
    /// Waits for the decision about these codes, which arrived at `now`. The first poll is one interval away.
    #[must_use]
    pub fn new(
        client: impl Into<Client>,
        authorization: &DeviceAuthorization,
        now: MonoTime,
    ) -> Self {
        let poll = PollDevice::new(client, authorization.device_code.clone());
        let context = Context::new(poll, authorization, now);
        Self {
            now,
            state: State::start(&context, now),
            context,
        }
    }

    /// Merges the person's provisional account into the one that authorizes (O-104).
    #[must_use]
    pub fn external_auth(mut self, auth: ExternalAuth) -> Self {
        self.context.poll = self.context.poll.external_auth(auth);
        self
    }

    /// Polls at this URL instead of the path below the base.
    #[must_use]
    pub fn at(mut self, url: EndpointUrl) -> Self {
        self.context.poll = self.context.poll.at(url);
        self
    }

    /// Time limit of one poll; 30 s by default.
    #[must_use]
    pub fn call_within(mut self, wait: Duration) -> Self {
        self.context.call_within = wait;
        self
    }

    /// Handles an event from outside. Time that runs backwards counts as standing still.
    pub fn handle(&mut self, now: MonoTime, input: Input) {
        self.now = self.now.max(now);
        let now = self.now;
        if let Input::Reply(id, reply) = input {
            self.step(|state, context| state.on_reply(context, now, id, reply));
        }
        self.step(|state, context| state.on_time(context, now));
    }

    /// Cancels the flow. A later reply is dropped; if it is a token, revoke it.
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
    pub fn cancel(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.handle(now, Input::Tick); // an end that is due comes first
        if self.has_ended() {
            return Err(Misuse::Ended);
        }
        self.step(State::cancel);
        Ok(())
    }

    /// Returns the next output. Draining late is fine.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.context.out.pop_front()
    }

    /// The latest time to call [`Session::handle`] with [`Input::Tick`]; `None` after the end.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.state.deadline(&self.context)
    }

    /// Expiry of the codes.
    #[must_use]
    pub fn expires_at(&self) -> MonoTime {
        self.context.expires_at
    }

    /// The wait between two polls, with everything that `slow_down` added.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.context.interval
    }

    /// Whether the flow is over: its [`Output::End`] is in the queue or was drained.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.deadline().is_none()
    }

    fn step(&mut self, step: impl FnOnce(State, &mut Context) -> State) {
        let state = core::mem::replace(&mut self.state, State::Ended);
        self.state = step(state, &mut self.context);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("state", &self.state)
            .field("interval", &self.context.interval)
            .field("expires_at", &self.context.expires_at)
            .finish_non_exhaustive()
    }
}
