//! The transitions of a device flow: the only file that changes its state.

use core::time::Duration;
use std::collections::VecDeque;

use ra_http::{HttpError, HttpErrorKind};

use super::{Call, CallId, Deadline, DeviceError, Event, Outcome, Output, Wake};
use crate::error::{Advice, ErrorCode, advice, code};
use crate::grant::{DeviceAuthorization, PollDevice};
use crate::{MonoTime, Token};

/// `slow_down` adds this to the interval permanently (RFC 8628, section 3.5; S-22).
const SLOW_DOWN: Duration = Duration::from_secs(5);
/// Shortest interval, even if the server asks for less.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
/// Longest wait after unanswered polls, or twice the interval if that is longer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);
/// Number of undrained outputs from which polls are skipped.
const MAX_QUEUED: usize = 64;

/// The state of a flow.
#[derive(Debug)]
pub(super) enum State {
    /// Until the next poll.
    Waiting { next: MonoTime },
    /// A poll is under way.
    Asking { id: CallId, by: MonoTime },
    /// Over.
    Ended,
}

/// The data that every state works with.
pub(super) struct Context {
    pub(super) poll: PollDevice,
    pub(super) call_within: Duration,
    pub(super) interval: Duration,
    pub(super) expires_at: MonoTime,
    pub(super) out: VecDeque<Output>,
    last_call: u64,
    unanswered: u32,
}

/// Meaning of a reply.
enum Verdict {
    Pending,
    SlowDown,
    Unanswered,
    End(Result<Outcome, DeviceError>),
}

impl State {
    pub(super) fn start(context: &Context, now: MonoTime) -> Self {
        Self::Waiting {
            next: now.saturating_add(context.interval),
        }
    }

    pub(super) fn deadline(&self, context: &Context) -> Option<Deadline> {
        let (at, wake) = match *self {
            Self::Waiting { next } if next < context.expires_at => (next, Wake::Poll),
            Self::Waiting { .. } => (context.expires_at, Wake::Expiry),
            Self::Asking { by, .. } => (by, Wake::Call),
            Self::Ended => return None,
        };
        Some(Deadline { at, wake })
    }

    /// Does everything that is due. Afterwards the deadline lies ahead.
    pub(super) fn on_time(mut self, context: &mut Context, now: MonoTime) -> Self {
        // Each turn goes on: a call that is late makes a wait, and a wait that is over makes a call that is not late
        // yet.
        while let Some(due) = self.deadline(context).filter(|deadline| deadline.at <= now) {
            self = match due.wake {
                Wake::Call => context.wait_after_silence(now, None, false),
                _ if context.expires_at <= now => context.end(Err(DeviceError::Expired)),
                Wake::Poll | Wake::Expiry => context.ask(now),
            };
        }
        self
    }

    /// Reads a reply. One that comes too late still counts if it decides: its token would be lost otherwise.
    pub(super) fn on_reply(
        self,
        context: &mut Context,
        now: MonoTime,
        id: CallId,
        reply: Result<Token, HttpError>,
    ) -> Self {
        if matches!(self, Self::Ended) {
            return self;
        }
        let error = reply.as_ref().err();
        let retry_after = error.and_then(HttpError::retry_after);
        let status = error.and_then(HttpError::status);
        let limited = status.is_some_and(|status| status.as_u16() == 429);
        let current = matches!(self, Self::Asking { id: asked, .. } if asked == id);
        match Verdict::of(reply) {
            Verdict::End(end) if current || matches!(end, Ok(_) | Err(DeviceError::Expired)) => {
                context.end(end)
            }
            Verdict::Pending if current => context.wait(now, retry_after),
            Verdict::SlowDown if current => {
                context.interval = context.interval.saturating_add(SLOW_DOWN);
                context.tell(Event::SlowedDown {
                    interval: context.interval,
                });
                context.wait(now, retry_after)
            }
            Verdict::Unanswered if current => context.wait_after_silence(now, retry_after, limited),
            _ => self, // the call was given up on, and its reply decides nothing
        }
    }

    pub(super) fn cancel(self, context: &mut Context) -> Self {
        match self {
            Self::Ended => self,
            Self::Waiting { .. } | Self::Asking { .. } => context.end(Ok(Outcome::Cancelled)),
        }
    }
}

impl Context {
    pub(super) fn new(
        poll: PollDevice,
        authorization: &DeviceAuthorization,
        now: MonoTime,
    ) -> Self {
        Self {
            poll,
            call_within: Duration::from_secs(30),
            interval: authorization.interval.max(SHORTEST_INTERVAL),
            expires_at: now.saturating_add(authorization.expires_in),
            out: VecDeque::new(),
            last_call: 0,
            unanswered: 0,
        }
    }

    fn ask(&mut self, now: MonoTime) -> State {
        if self.out.len() >= MAX_QUEUED {
            return State::start(self, now); // the caller does not drain the outputs
        }
        self.last_call += 1;
        let id = CallId(self.last_call);
        let poll = self.poll.clone();
        self.out.push_back(Output::Call(Call { id, poll }));
        let within = self.call_within.max(Duration::from_millis(1));
        State::Asking {
            id,
            by: now.saturating_add(within),
        }
    }

    /// Waits the interval after an answer, or longer if the service says so.
    fn wait(&mut self, now: MonoTime, retry_after: Option<Duration>) -> State {
        self.unanswered = 0;
        let wait = self.interval.max(retry_after.unwrap_or_default());
        State::Waiting {
            next: now.saturating_add(wait),
        }
    }

    /// Doubles the wait after each unanswered poll (RFC 8628, section 3.5; S-23). If the service asks for a wait longer
    /// than the codes live, the flow ends: there would be no further poll.
    fn wait_after_silence(
        &mut self,
        now: MonoTime,
        retry_after: Option<Duration>,
        limited: bool,
    ) -> State {
        self.unanswered = self.unanswered.saturating_add(1);
        let factor = 2_u32.saturating_pow(self.unanswered);
        let longest = LONGEST_BACKOFF.max(self.interval.saturating_mul(2));
        let backoff = self.interval.saturating_mul(factor).min(longest);
        let wait = backoff.max(retry_after.unwrap_or_default());
        self.tell(match retry_after {
            None if !limited => Event::Unanswered { wait },
            _ => Event::AskedToWait { wait },
        });
        if retry_after.is_some_and(|asked| now.saturating_add(asked) >= self.expires_at) {
            return self.end(Err(DeviceError::Expired));
        }
        State::Waiting {
            next: now.saturating_add(wait),
        }
    }

    fn tell(&mut self, event: Event) {
        if self.out.len() < MAX_QUEUED {
            self.out.push_back(Output::Event(event));
        }
    }

    fn end(&mut self, end: Result<Outcome, DeviceError>) -> State {
        self.out.push_back(Output::End(end));
        State::Ended
    }
}

impl Verdict {
    fn of(reply: Result<Token, HttpError>) -> Self {
        let error = match reply {
            Ok(token) => return Self::End(Ok(Outcome::Granted(Box::new(token)))),
            Err(error) => error,
        };
        let status = error.status().map(|status| status.as_u16());
        let passing = matches!(status, Some(408 | 423 | 425 | 429)); // 423: a merge is under way
        match (error.kind(), code(&error)) {
            _ if matches!(status, Some(500..)) => Self::Unanswered,
            // A redirect is not the service's answer (S-28). And after a success that cannot be read the
            // code is spent.
            (HttpErrorKind::Redirect | HttpErrorKind::BadBody, _) => {
                Self::End(Err(DeviceError::Refused(error)))
            }
            (HttpErrorKind::BodyTooLarge, _) if !passing => {
                Self::End(Err(DeviceError::Refused(error)))
            }
            (_, Some(ErrorCode::AuthorizationPending)) => Self::Pending,
            (_, Some(ErrorCode::SlowDown)) => Self::SlowDown,
            (_, Some(ErrorCode::ExpiredToken)) => Self::End(Err(DeviceError::Expired)),
            (_, Some(ErrorCode::AccessDenied)) => Self::End(Ok(Outcome::Denied)),
            _ if passing => Self::Unanswered,
            _ => match advice(&error, PollDevice::REPEAT) {
                Advice::AskAgain { .. } => Self::Unanswered,
                _ => Self::End(Err(DeviceError::Refused(error))),
            },
        }
    }
}
