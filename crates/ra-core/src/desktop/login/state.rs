//! The transitions of a login up to the verdict. `exchange` goes on after an approval, `renewal` after a failure.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use ra_http::{CaptchaSolution, TransportError, TransportErrorKind};
use ra_proto::CloseCode;

use super::exchange::Exchange;
use super::key_slot::KeySlot;
use super::renewal::TryError;
use super::{
    Config, ConnectRequest, Event, Input, LoginError, Outcome, Output, Phase, ProofPolicy,
};
use crate::desktop::session::{self, Dialect, Session, SessionError};
use crate::queue::Queue;
use crate::{CallId, Deadline, Jitter, MonoTime, Text, Wake};

/// How many messages may come before the key is there; a gateway has one thing to say by then.
const EARLY_MOST: usize = 4;

/// Where a login is, with what only that phase knows. As large as a session: in one it waits for minutes, everywhere
/// else for moments. What is larger still is boxed.
#[allow(clippy::large_enum_variant)]
#[derive(Default)]
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
    AwaitKeyThenReconnect,
    /// Between two tries.
    Waiting {
        until: MonoTime,
    },
    Exchanging(Box<Exchange>),
    #[default]
    Ended,
}

/// Data that all phases share.
pub(super) struct Context {
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
    pub(super) fn open(cx: &mut Context, now: MonoTime) -> Self {
        cx.ask_for_key(now);
        cx.out.push(Output::Connect(ConnectRequest {
            url: cx.config.gateway.as_str().into(),
            origin: cx.config.origin.clone(),
            user_agent: cx.config.user_agent.clone(),
            timeout: cx.config.connect_within,
        }));
        Self::Connecting {
            by: now.saturating_add(cx.config.connect_within).ahead_of(now),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Connecting { .. } | Self::AwaitKey { .. } | Self::AwaitKeyThenReconnect => {
                Phase::Opening
            }
            Self::InSession { session, .. } => Phase::InSession(session.phase()),
            Self::Waiting { .. } => Phase::Waiting,
            Self::Exchanging(exchange) => exchange.phase(),
            Self::Ended => Phase::Ended,
        }
    }

    pub(super) fn deadline(&self, cx: &Context) -> Option<Deadline> {
        let own = match self {
            Self::Connecting { by } => Some(Deadline::new(*by, Wake::Connect)),
            Self::AwaitKey { .. } | Self::AwaitKeyThenReconnect => None,
            Self::InSession { session, .. } => session.deadline(),
            Self::Waiting { until } => Some(Deadline::new(*until, Wake::BackOff)),
            Self::Exchanging(exchange) => Some(exchange.deadline()),
            Self::Ended => return None,
        };
        let key = cx.key.asked_by().map(|by| Deadline::new(by, Wake::Key));
        [own, key].into_iter().flatten().min_by_key(|d| d.at)
    }

    pub(super) fn on_input(self, cx: &mut Context, now: MonoTime, input: Input<'_>) -> Self {
        match (self, input) {
            (Self::Ended, _) => Self::Ended,
            (state, Input::Tick) => state,
            (state, Input::Key(Ok(key))) => {
                cx.key.put(key);
                state.begin(cx, now)
            }
            (state, Input::Key(Err(error))) => match cx.key.asked_by() {
                Some(_) => state.abort(cx, LoginError::Key(error)),
                None => state,
            },
            (Self::Connecting { .. }, Input::Connected) => Self::AwaitKey {
                since: now,
                early: Vec::new(),
            }
            .begin(cx, now),
            (Self::Connecting { .. }, Input::ConnectFailed(error)) => {
                cx.failed(now, TryError::Connect(error), false)
            }
            (Self::AwaitKey { since, early }, Input::Socket(input)) => {
                buffer_early(cx, now, since, early, input)
            }
            (
                Self::InSession {
                    mut session,
                    qr_shown,
                },
                Input::Socket(input),
            ) => {
                session.handle(now, input);
                forward_outputs(cx, now, session, qr_shown)
            }
            (Self::Exchanging(exchange), Input::Reply(id, reply)) => {
                exchange.on_reply(cx, now, id, reply)
            }
            (state, _) => state, // answers to questions that are no longer open
        }
    }

    pub(super) fn on_time(self, cx: &mut Context, now: MonoTime) -> Self {
        if self.deadline(cx).is_none_or(|deadline| deadline.at > now) {
            return self;
        }
        if cx.key.asked_by().is_some_and(|by| by <= now) {
            return self.abort(cx, LoginError::KeyTimeout);
        }
        match self {
            Self::Connecting { .. } => {
                cx.out.push(Output::Disconnect(CloseCode::NORMAL));
                cx.failed(
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
                forward_outputs(cx, now, session, qr_shown)
            }
            Self::Waiting { .. } => Self::open(cx, now),
            Self::Exchanging(exchange) => exchange.on_time(cx, now),
            state @ (Self::AwaitKey { .. } | Self::AwaitKeyThenReconnect | Self::Ended) => state,
        }
    }

    pub(super) fn solve_captcha(
        self,
        cx: &mut Context,
        now: MonoTime,
        solution: CaptchaSolution,
    ) -> Self {
        match self {
            Self::Exchanging(exchange) => exchange.solve(cx, now, solution),
            state => state,
        }
    }

    pub(super) fn give_up_captcha(self, cx: &mut Context) -> Self {
        self.abort(cx, LoginError::Captcha)
    }

    pub(super) fn cancel(self, cx: &mut Context, now: MonoTime) -> Self {
        match self {
            Self::InSession {
                mut session,
                qr_shown,
            } => {
                // cannot be misuse: a session that has ended is no longer kept
                let _ = session.cancel(now);
                forward_outputs(cx, now, session, qr_shown)
            }
            state => {
                state.hang_up(cx);
                cx.end(Ok(Outcome::Cancelled))
            }
        }
    }

    /// Starts the session if both the socket and the key are there.
    fn begin(self, cx: &mut Context, now: MonoTime) -> Self {
        let (since, early) = match self {
            Self::AwaitKey { since, early } => (since, early),
            // it waits for nothing but the key it has asked for
            Self::AwaitKeyThenReconnect => return Self::open(cx, now),
            state => return state,
        };
        let Some(key) = cx.key.take() else {
            return Self::AwaitKey { since, early };
        };
        let config = session::Config {
            dialect: cx.dialect,
            scan_prefix: cx.config.scan_prefix.clone(),
            answer_within: cx.config.answer_within,
        };
        let mut session = Session::new(config, key, cx.jitter.fork(), since);
        // `hello` counts from when it came, our answer to it from when the key was there
        for (at, text) in &early {
            session.handle(*at, session::Input::Text(text.expose()));
        }
        session.waited_for_key(now);
        forward_outputs(cx, now, session, false)
    }

    /// Ends the login with an error of our own.
    fn abort(self, cx: &mut Context, error: LoginError) -> Self {
        self.hang_up(cx);
        cx.end(Err(error))
    }

    fn hang_up(&self, cx: &mut Context) {
        if matches!(
            self,
            Self::Connecting { .. } | Self::AwaitKey { .. } | Self::InSession { .. }
        ) {
            cx.out.push(Output::Disconnect(CloseCode::NORMAL));
        }
    }
}

/// Buffers messages of the socket until the key is there.
fn buffer_early(
    cx: &mut Context,
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
        session::Input::Closed(_) | session::Input::Lost => return State::AwaitKeyThenReconnect,
    };
    cx.out.push(Output::Disconnect(code));
    cx.failed(now, TryError::Session(error), false)
}

/// Carries a session's outputs on, and out of it when it has ended.
fn forward_outputs(
    cx: &mut Context,
    now: MonoTime,
    mut session: Session,
    mut qr_shown: bool,
) -> State {
    while let Some(output) = session.poll_output() {
        match output {
            session::Output::Send(text) => cx.out.push(Output::Send(text)),
            session::Output::Event(event) => {
                if let Event::Qr { .. } = event {
                    qr_shown = true;
                    cx.dialect_proven = true;
                    cx.failures = 0;
                }
                cx.event(event);
            }
            session::Output::Close(code) => cx.out.push(Output::Disconnect(code)),
            session::Output::End(Ok(session::Outcome::Approved { ticket, user })) => {
                return Exchange::start(cx, now, session.into_key(), ticket, user);
            }
            session::Output::End(Ok(session::Outcome::Declined)) => {
                return cx.end(Ok(Outcome::Declined));
            }
            session::Output::End(Ok(session::Outcome::Cancelled)) => {
                return cx.end(Ok(Outcome::Cancelled));
            }
            session::Output::End(Err(error)) => {
                return cx.failed(now, TryError::Session(error), qr_shown);
            }
        }
    }
    if cx.out.is_full() {
        return State::InSession { session, qr_shown }
            .abort(cx, LoginError::Session(SessionError::Backlog));
    }
    State::InSession { session, qr_shown }
}

impl Context {
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
