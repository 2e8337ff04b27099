//! The transitions of a desktop session: the only file that changes its state.

use alloc::boxed::Box;
use core::fmt;

use ra_crypto::{Plaintext, SessionKey};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::{CloseCode, Fingerprint, ScanUrl, Sensitive, Ticket, User, base64};

use super::timers::{Pulse, Timers};
use super::{Config, Dialect, Event, Input, Outcome, Output, Refusal, SessionError};
use crate::queue::Queue;
use crate::{Jitter, MonoTime, Text, Wake};

/// How many unknown ops are reported, and how much of each.
const STRANGE_OPS: u32 = 32;
const STRANGE_OP_CHARS: usize = 64;

/// Where a session is, with what only that phase knows.
pub(super) enum State {
    AwaitHello,
    AwaitNonce,
    AwaitInit,
    AwaitScan,
    AwaitVerdict(User),
    Ended,
}

/// How far a desktop session is.
///
/// ```
/// use ra_core::desktop::session::Phase;
///
/// assert!(Phase::AwaitHello < Phase::AwaitVerdict); // in the order of a session
/// assert_eq!(Phase::AwaitScan.to_string(), "AwaitScan");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// The socket is open, `hello` is awaited.
    AwaitHello,
    /// Our key is out, the challenge is awaited.
    AwaitNonce,
    /// Our proof is out, the fingerprint is awaited.
    AwaitInit,
    /// The QR is on the screen, a phone is awaited.
    AwaitScan,
    /// Somebody has scanned, the verdict is awaited.
    AwaitVerdict,
    /// Over.
    Ended,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What every phase works with.
pub(super) struct Desk {
    pub(super) config: Config,
    pub(super) key: Box<dyn SessionKey>,
    pub(super) jitter: Jitter,
    pub(super) timers: Timers,
    pub(super) strange_ops: u32,
    pub(super) out: Queue<Output>,
}

impl State {
    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::AwaitHello => Phase::AwaitHello,
            Self::AwaitNonce => Phase::AwaitNonce,
            Self::AwaitInit => Phase::AwaitInit,
            Self::AwaitScan => Phase::AwaitScan,
            Self::AwaitVerdict(_) => Phase::AwaitVerdict,
            Self::Ended => Phase::Ended,
        }
    }

    /// The clocks that end a session.
    pub(super) fn on_time(self, desk: &mut Desk, now: MonoTime) -> Self {
        match (self, desk.timers.over(now)) {
            (Self::Ended, _) => Self::Ended,
            (_, Some(Wake::Expiry)) => desk.fail(SessionError::Expired),
            (Self::AwaitInit, Some(_)) => desk.fail(SessionError::ProofRefused(Refusal::Silence)),
            (state, Some(_)) => desk.fail(SessionError::Silence {
                phase: state.phase(),
            }),
            (state, None) => state,
        }
    }

    /// The clock that keeps a session alive.
    pub(super) fn on_heartbeat(self, desk: &mut Desk, now: MonoTime) -> Self {
        if matches!(self, Self::Ended) {
            return self;
        }
        match desk.timers.pulse(now) {
            Pulse::Quiet => self,
            Pulse::Send => {
                desk.send(&DesktopFrame::Heartbeat);
                self
            }
            Pulse::Dead => desk.fail(SessionError::HeartbeatMissed),
        }
    }

    pub(super) fn on_input(self, desk: &mut Desk, now: MonoTime, input: Input<'_>) -> Self {
        match (self, input) {
            (Self::Ended, _) => Self::Ended,
            (state, Input::Tick) => state,
            (state, Input::Closed(code)) => {
                let error = state.closed(code);
                desk.end(Err(error))
            }
            (state, Input::Lost) => desk.end(Err(SessionError::Lost {
                phase: state.phase(),
            })),
            (_, Input::Binary) => desk.fail(SessionError::Binary),
            (_, Input::Oversized) => desk.fail(SessionError::Oversized),
            (_, Input::Text(_)) if desk.out.is_full() => desk.fail(SessionError::Backlog),
            (state, Input::Text(text)) => match GatewayFrame::decode(text) {
                Ok(frame) => state.on_frame(desk, now, frame),
                Err(error) => desk.fail(SessionError::Decode(error)),
            },
        }
    }

    fn on_frame(self, desk: &mut Desk, now: MonoTime, frame: GatewayFrame<'_>) -> Self {
        match (self, frame) {
            (state, GatewayFrame::Unknown { op }) => {
                desk.report_strange(&op);
                state
            }
            (
                Self::AwaitHello,
                GatewayFrame::Hello {
                    timeout_ms,
                    heartbeat_interval,
                },
            ) => {
                desk.timers
                    .hello(timeout_ms, heartbeat_interval, &mut desk.jitter, now);
                desk.timers.expect_answer(desk.config.answer_within, now);
                let encoded_public_key = base64::encode_standard(desk.key.public_key()).into();
                desk.send(&DesktopFrame::Init { encoded_public_key });
                Self::AwaitNonce
            }
            (
                state @ (Self::AwaitNonce
                | Self::AwaitInit
                | Self::AwaitScan
                | Self::AwaitVerdict(_)),
                GatewayFrame::HeartbeatAck,
            ) => {
                desk.timers.acknowledged();
                state
            }
            (Self::AwaitNonce, GatewayFrame::NonceProof { encrypted_nonce }) => {
                match desk.open("encrypted_nonce", &encrypted_nonce) {
                    Ok(nonce) => {
                        desk.send_proof(nonce.expose());
                        desk.timers.expect_answer(desk.config.answer_within, now);
                        Self::AwaitInit
                    }
                    Err(error) => desk.fail(error),
                }
            }
            (Self::AwaitInit, GatewayFrame::PendingRemoteInit { fingerprint }) => {
                // R-08: anything but the digest of our own key ends it, before any QR is shown
                let ours = ra_crypto::fingerprint(desk.key.public_key());
                if fingerprint.parse::<Fingerprint>() != Ok(ours) {
                    return desk.fail(SessionError::FingerprintMismatch);
                }
                desk.timers.handshake_done();
                let url = ScanUrl::new(&desk.config.scan_prefix, ours);
                desk.event(Event::Qr {
                    url,
                    expires_in: desk.timers.remaining(now),
                });
                Self::AwaitScan
            }
            (
                Self::AwaitScan | Self::AwaitVerdict(_),
                GatewayFrame::PendingTicket {
                    encrypted_user_payload,
                },
            ) => match desk.open_user(&encrypted_user_payload) {
                Ok(user) => {
                    desk.event(Event::User(user.clone()));
                    Self::AwaitVerdict(user)
                }
                Err(error) => desk.fail(error),
            },
            (Self::AwaitVerdict(user), GatewayFrame::PendingLogin { ticket }) => {
                let ticket = Ticket::from(ticket);
                desk.close(Outcome::Approved { ticket, user })
            }
            (Self::AwaitScan | Self::AwaitVerdict(_), GatewayFrame::Cancel) => {
                desk.close(Outcome::Declined)
            }
            // each phase takes its frames and no other (R-15)
            (state, frame) => desk.fail(SessionError::Unexpected {
                phase: state.phase(),
                op: frame.op_name(),
            }),
        }
    }

    /// Not asked of a session that has ended.
    pub(super) fn cancel(self, desk: &mut Desk) -> Self {
        desk.close(Outcome::Cancelled)
    }

    /// What a close without a verdict means (R-16, R-20).
    fn closed(&self, code: Option<CloseCode>) -> SessionError {
        match (self, code) {
            (_, Some(CloseCode::SESSION_TIMED_OUT)) => SessionError::Expired,
            (_, Some(CloseCode::HEARTBEAT_MISSED)) => SessionError::HeartbeatMissed,
            (
                Self::AwaitInit,
                None
                | Some(CloseCode::NORMAL | CloseCode::DECODE_ERROR | CloseCode::HANDSHAKE_FAILURE),
            ) => SessionError::ProofRefused(Refusal::Closed(code)),
            _ => SessionError::Closed {
                phase: self.phase(),
                code,
            },
        }
    }
}

impl Desk {
    fn send(&mut self, frame: &DesktopFrame<'_>) {
        self.out.push(Output::Send(Text::new(frame.encode())));
    }

    fn event(&mut self, event: Event) {
        self.out.push(Output::Event(event));
    }

    fn send_proof(&mut self, nonce: &[u8]) {
        match self.config.dialect {
            Dialect::Digest => self.send_answer(&ra_crypto::digest_proof(nonce), Proof::Digest),
            Dialect::Nonce => self.send_answer(&ra_crypto::nonce_proof(nonce), Proof::Nonce),
        }
    }

    fn send_answer<'a>(&mut self, answer: &'a str, dialect: fn(Sensitive<'a>) -> Proof<'a>) {
        self.send(&DesktopFrame::NonceProof(dialect(Sensitive::from(answer))));
    }

    fn open(&mut self, field: &'static str, sealed: &str) -> Result<Plaintext, SessionError> {
        let sealed = base64::decode(sealed).map_err(|_| SessionError::Unopenable { field })?;
        self.key
            .open(&sealed)
            .map_err(|_| SessionError::Unopenable { field })
    }

    fn open_user(&mut self, sealed: &str) -> Result<User, SessionError> {
        let payload = self.open("encrypted_user_payload", sealed)?;
        User::parse(payload.expose()).map_err(SessionError::User)
    }

    fn report_strange(&mut self, op: &str) {
        if self.strange_ops < STRANGE_OPS {
            self.strange_ops += 1;
            self.event(Event::UnknownOp(
                op.chars().take(STRANGE_OP_CHARS).collect(),
            ));
        }
    }

    fn fail(&mut self, error: SessionError) -> State {
        self.out.push(Output::Close(error.close_code()));
        self.end(Err(error))
    }

    fn close(&mut self, outcome: Outcome) -> State {
        self.out.push(Output::Close(CloseCode::NORMAL));
        self.end(Ok(outcome))
    }

    fn end(&mut self, end: Result<Outcome, SessionError>) -> State {
        self.out.push(Output::End(end));
        State::Ended
    }
}
