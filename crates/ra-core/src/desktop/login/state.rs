//! The transitions of a login up to the verdict; what follows a yes is in `exchange`, what follows a failure in `renewal`.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use ra_http::{CaptchaSolution, TransportError, TransportErrorKind};
use ra_proto::CloseCode;

use super::exchange::Exchange;
use super::key_slot::KeySlot;
use super::renewal::TryError;
use super::{Config, ConnectRequest, Event, Input, LoginError, Outcome, Output, ProofPolicy};
use crate::desktop::session::{self, Dialect, Session, SessionError};
use crate::queue::Queue;
use crate::{CallId, Deadline, Jitter, MonoTime, Text, Wake};

/// How many messages may come before the key is there; a gateway has one thing to say by then.
const EARLY_MOST: usize = 4;

/// Where a login is, with what only that phase knows. As large as a session: in one it waits for minutes, everywhere else
/// for moments. What is larger still is boxed.
#[allow(clippy::large_enum_variant)]
pub(super) enum State {
    /// The socket is being opened.
    Connecting {
        by: MonoTime,
    },
    /// The socket is open, the key is not there yet.
    AwaitKey {
        since: MonoTime,
        early: Vec<(MonoTime, Text)>,
    },
    InSession {
        session: Session,
        qr_shown: bool,
    },
    /// The socket went away before the key was there: another is opened once it is.
    KeyFirst,
    /// Between two tries.
    Waiting {
        until: MonoTime,
    },
    Exchanging(Box<Exchange>),
    Ended,
}

/// How far a login is.
///
/// ```
/// use ra_core::desktop::login::Phase;
///
/// assert_eq!(Phase::AwaitCaptcha.to_string(), "AwaitCaptcha");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Socket and key are under way.
    Opening,
    /// In a session of this phase.
    InSession(session::Phase),
    /// Between two tries.
    Waiting,
    /// The person has said yes, the ticket is being exchanged.
    Exchanging,
    /// A captcha waits for the person.
    AwaitCaptcha,
    /// Over.
    Ended,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InSession(phase) => write!(f, "{phase}"),
            phase => write!(f, "{phase:?}"),
        }
    }
}

/// What every phase works with.
pub(super) struct Desk {
    pub(super) config: Arc<Config>,
    pub(super) jitter: Jitter,
    pub(super) key: KeySlot,
    pub(super) dialect: Dialect,
    /// The gateway has taken a proof in this dialect.
    pub(super) dialect_proven: bool,
    pub(super) other_dialect_tried: bool,
    /// Tries in a row that ended before any QR.
    pub(super) failures: u32,
    pub(super) renewals: u32,
    pub(super) last_call: CallId,
    pub(super) out: Queue<Output>,
}

pub(super) fn first_dialect(policy: ProofPolicy) -> Dialect {
    match policy {
        ProofPolicy::Auto => Dialect::Digest,
        ProofPolicy::Only(dialect) => dialect,
    }
}

impl State {
    /// Asks for a key (unless one is there or under way) and a socket at once.
    pub(super) fn open(desk: &mut Desk, now: MonoTime) -> Self {
        desk.ask_for_key(now);
        desk.out.push(Output::Connect(ConnectRequest {
            url: desk.config.gateway.as_str().into(),
            origin: desk.config.origin.clone(),
            user_agent: desk.config.user_agent.clone(),
            timeout: desk.config.connect_within,
        }));
        Self::Connecting {
            by: now.saturating_add(desk.config.connect_within).ahead_of(now),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Connecting { .. } | Self::AwaitKey { .. } | Self::KeyFirst => Phase::Opening,
            Self::InSession { session, .. } => Phase::InSession(session.phase()),
            Self::Waiting { .. } => Phase::Waiting,
            Self::Exchanging(exchange) => exchange.phase(),
            Self::Ended => Phase::Ended,
        }
    }

    pub(super) fn deadline(&self, desk: &Desk) -> Option<Deadline> {
        let own = match self {
            Self::Connecting { by } => Some(Deadline::new(*by, Wake::Connect)),
            Self::AwaitKey { .. } | Self::KeyFirst => None,
            Self::InSession { session, .. } => session.deadline(),
            Self::Waiting { until } => Some(Deadline::new(*until, Wake::BackOff)),
            Self::Exchanging(exchange) => Some(exchange.deadline()),
            Self::Ended => return None,
        };
        let key = desk.key.asked_by().map(|by| Deadline::new(by, Wake::Key));
        [own, key].into_iter().flatten().min_by_key(|d| d.at)
    }

    pub(super) fn on_input(self, desk: &mut Desk, now: MonoTime, input: Input<'_>) -> Self {
        match (self, input) {
            (Self::Ended, _) => Self::Ended,
            (state, Input::Tick) => state,
            (state, Input::Key(Ok(key))) => {
                desk.key.put(key);
                state.begin(desk, now)
            }
            (state, Input::Key(Err(error))) => match desk.key.asked_by() {
                Some(_) => state.abort(desk, LoginError::Key(error)),
                None => state,
            },
            (Self::Connecting { .. }, Input::Connected) => Self::AwaitKey {
                since: now,
                early: Vec::new(),
            }
            .begin(desk, now),
            (Self::Connecting { .. }, Input::ConnectFailed(error)) => {
                desk.failed(now, TryError::Connect(error), false)
            }
            (Self::AwaitKey { since, early }, Input::Socket(input)) => {
                hold(desk, now, since, early, input)
            }
            (
                Self::InSession {
                    mut session,
                    qr_shown,
                },
                Input::Socket(input),
            ) => {
                session.handle(now, input);
                follow(desk, now, session, qr_shown)
            }
            (Self::Exchanging(exchange), Input::Reply(id, reply)) => {
                exchange.on_reply(desk, now, id, reply)
            }
            (state, _) => state, // answers to questions that are no longer open
        }
    }

    pub(super) fn on_time(self, desk: &mut Desk, now: MonoTime) -> Self {
        if self.deadline(desk).is_none_or(|deadline| deadline.at > now) {
            return self;
        }
        if desk.key.asked_by().is_some_and(|by| by <= now) {
            return self.abort(desk, LoginError::KeyTimeout);
        }
        match self {
            Self::Connecting { .. } => {
                desk.out.push(Output::Disconnect(CloseCode::NORMAL));
                desk.failed(
                    now,
                    TryError::Connect(TransportError::new(TransportErrorKind::Timeout)),
                    false,
                )
            }
            Self::InSession {
                mut session,
                qr_shown,
            } => {
                session.handle(now, session::Input::Tick);
                follow(desk, now, session, qr_shown)
            }
            Self::Waiting { .. } => Self::open(desk, now),
            Self::Exchanging(exchange) => exchange.on_time(desk, now),
            state @ (Self::AwaitKey { .. } | Self::KeyFirst | Self::Ended) => state,
        }
    }

    pub(super) fn solve_captcha(
        self,
        desk: &mut Desk,
        now: MonoTime,
        solution: CaptchaSolution,
    ) -> Self {
        match self {
            Self::Exchanging(exchange) => exchange.solve(desk, now, solution),
            state => state,
        }
    }

    pub(super) fn give_up_captcha(self, desk: &mut Desk) -> Self {
        self.abort(desk, LoginError::Captcha)
    }

    pub(super) fn cancel(self, desk: &mut Desk, now: MonoTime) -> Self {
        match self {
            Self::InSession {
                mut session,
                qr_shown,
            } => {
                // cannot be misuse: a session that has ended is no longer kept
                let _ = session.cancel(now);
                follow(desk, now, session, qr_shown)
            }
            state => {
                state.hang_up(desk);
                desk.end(Ok(Outcome::Cancelled))
            }
        }
    }

    /// Starts the session if both the socket and the key are there.
    fn begin(self, desk: &mut Desk, now: MonoTime) -> Self {
        let (since, early) = match self {
            Self::AwaitKey { since, early } => (since, early),
            // it waits for nothing but the key it has asked for
            Self::KeyFirst => return Self::open(desk, now),
            state => return state,
        };
        let Some(key) = desk.key.take() else {
            return Self::AwaitKey { since, early };
        };
        let config = session::Config {
            dialect: desk.dialect,
            scan_prefix: desk.config.scan_prefix.clone(),
            answer_within: desk.config.answer_within,
        };
        let mut session = Session::new(config, key, desk.jitter.fork(), since);
        // `hello` counts from when it came (R-18), our answer to it from when the key was there
        for (at, text) in &early {
            session.handle(*at, session::Input::Text(text.expose()));
        }
        session.waited_for_key(now);
        follow(desk, now, session, false)
    }

    /// Ends the login with an error of our own.
    fn abort(self, desk: &mut Desk, error: LoginError) -> Self {
        self.hang_up(desk);
        desk.end(Err(error))
    }

    fn hang_up(&self, desk: &mut Desk) {
        if matches!(
            self,
            Self::Connecting { .. } | Self::AwaitKey { .. } | Self::InSession { .. }
        ) {
            desk.out.push(Output::Disconnect(CloseCode::NORMAL));
        }
    }
}

/// What the socket brings before the key is there.
fn hold(
    desk: &mut Desk,
    now: MonoTime,
    since: MonoTime,
    mut early: Vec<(MonoTime, Text)>,
    input: session::Input<'_>,
) -> State {
    use ra_proto::frame::MAX_FRAME_BYTES;
    let (error, code) = match input {
        session::Input::Text(text) if text.len() > MAX_FRAME_BYTES => {
            (SessionError::Oversized, CloseCode::TOO_BIG)
        }
        session::Input::Text(_) if early.len() == EARLY_MOST => {
            (SessionError::Backlog, CloseCode::PROTOCOL)
        }
        session::Input::Text(text) => {
            early.push((now, Text::new(text.into())));
            return State::AwaitKey { since, early };
        }
        session::Input::Tick => return State::AwaitKey { since, early },
        session::Input::Binary => (SessionError::Binary, CloseCode::UNSUPPORTED),
        session::Input::Oversized => (SessionError::Oversized, CloseCode::TOO_BIG),
        // A gateway does not wait for a slow machine's key for ever. Nothing has been said yet, so
        // nothing has failed: with the key at hand the next socket goes through.
        session::Input::Closed(_) | session::Input::Lost => return State::KeyFirst,
    };
    desk.out.push(Output::Disconnect(code));
    desk.failed(now, TryError::Session(error), false)
}

/// Carries a session's outputs on, and out of it when it has ended.
fn follow(desk: &mut Desk, now: MonoTime, mut session: Session, mut qr_shown: bool) -> State {
    while let Some(output) = session.poll_output() {
        match output {
            session::Output::Send(text) => desk.out.push(Output::Send(text)),
            session::Output::Event(event) => {
                if let Event::Qr { .. } = event {
                    qr_shown = true;
                    desk.dialect_proven = true;
                    desk.failures = 0;
                }
                desk.event(event);
            }
            session::Output::Close(code) => desk.out.push(Output::Disconnect(code)),
            session::Output::End(Ok(session::Outcome::Approved { ticket, user })) => {
                return Exchange::start(desk, now, session.into_key(), ticket, user);
            }
            session::Output::End(Ok(session::Outcome::Declined)) => {
                return desk.end(Ok(Outcome::Declined));
            }
            session::Output::End(Ok(session::Outcome::Cancelled)) => {
                return desk.end(Ok(Outcome::Cancelled));
            }
            session::Output::End(Err(error)) => {
                return desk.failed(now, TryError::Session(error), qr_shown);
            }
        }
    }
    if desk.out.is_full() {
        return State::InSession { session, qr_shown }
            .abort(desk, LoginError::Session(SessionError::Backlog));
    }
    State::InSession { session, qr_shown }
}

impl Desk {
    pub(super) fn end(&mut self, end: Result<Outcome, LoginError>) -> State {
        self.out.push(Output::End(end));
        State::Ended
    }

    pub(super) fn event(&mut self, event: Event) {
        self.out.push(Output::Event(event));
    }

    pub(super) fn ask_for_key(&mut self, now: MonoTime) {
        let by = now.saturating_add(self.config.key_within).ahead_of(now);
        if self.key.ask(by) {
            self.out.push(Output::NeedKey);
        }
    }
}
