//! The transitions of a desktop session: the only file that changes its state.

use alloc::boxed::Box;

use ra_crypto::{Plaintext, SessionKey};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::{CloseCode, Fingerprint, ScanUrl, Sensitive, Ticket, User, base64};

use super::config::{Config, Dialect};
use super::error::{Refusal, SessionError};
use super::output::{Outcome, Output};
use super::phase::Phase;
use super::timers::{Pulse, Timers};
use crate::desktop::event::Event;
use crate::input::Input;
use crate::queue::Queue;
use crate::{Jitter, MonoTime, Text, Wake};

/// How many unknown ops are reported, and how much of each.
const MAX_UNKNOWN_OPS: u32 = 32;
const MAX_UNKNOWN_OP_CHARS: usize = 64;

/// The state of a session, with the data of its phase.
#[derive(Default)]
pub(super) enum State {
    AwaitHello,
    AwaitNonce,
    AwaitInit,
    AwaitScan,
    AwaitVerdict(User),
    #[default]
    Ended,
}

/// Data that all phases share.
pub(super) struct Context {
    pub(super) config: Config,
    pub(super) key: Box<dyn SessionKey>,
    pub(super) jitter: Jitter,
    pub(super) timers: Timers,
    pub(super) unknown_ops: u32,
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
    pub(super) fn on_time(self, cx: &mut Context, now: MonoTime) -> Self {
        match (self, cx.timers.over(now)) {
            (Self::Ended, _) => Self::Ended,
            (_, Some(Wake::Expiry)) => cx.fail(SessionError::Expired),
            (Self::AwaitInit, Some(_)) => cx.fail(SessionError::ProofRefused(Refusal::Silence)),
            (state, Some(_)) => cx.fail(SessionError::Silence {
                phase: state.phase(),
            }),
            (state, None) => state,
        }
    }

    /// The clock that keeps a session alive.
    pub(super) fn on_heartbeat(self, cx: &mut Context, now: MonoTime) -> Self {
        if matches!(self, Self::Ended) {
            return self;
        }
        match cx.timers.pulse(now) {
            Pulse::Quiet => self,
            Pulse::Send => {
                cx.send(&DesktopFrame::Heartbeat);
                self
            }
            Pulse::Dead => cx.fail(SessionError::HeartbeatMissed),
        }
    }

    pub(super) fn on_input(self, cx: &mut Context, now: MonoTime, input: Input<'_>) -> Self {
        match (self, input) {
            (Self::Ended, _) => Self::Ended,
            (state, Input::Tick) => state,
            (state, Input::Closed(code)) => {
                let error = state.closed(code);
                cx.end(Err(error))
            }
            (state, Input::Lost) => cx.end(Err(SessionError::Lost {
                phase: state.phase(),
            })),
            (_, Input::Binary) => cx.fail(SessionError::Binary),
            (_, Input::Oversized) => cx.fail(SessionError::Oversized),
            (_, Input::Text(_)) if cx.out.is_full() => cx.fail(SessionError::Backlog),
            (state, Input::Text(text)) => match GatewayFrame::decode(text) {
                Ok(frame) => state.on_frame(cx, now, frame),
                Err(error) => cx.fail(SessionError::Decode(error)),
            },
        }
    }

    fn on_frame(self, cx: &mut Context, now: MonoTime, frame: GatewayFrame<'_>) -> Self {
        match (self, frame) {
            (state, GatewayFrame::Unknown { op }) => {
                cx.report_unknown_op(&op);
                state
            }
            (
                Self::AwaitHello,
                GatewayFrame::Hello {
                    timeout_ms,
                    heartbeat_interval,
                },
            ) => {
                cx.timers
                    .hello(timeout_ms, heartbeat_interval, &mut cx.jitter, now);
                cx.timers.expect_answer(cx.config.answer_within, now);
                let encoded_public_key = base64::encode_standard(cx.key.public_key()).into();
                cx.send(&DesktopFrame::Init { encoded_public_key });
                Self::AwaitNonce
            }
            (
                state @ (Self::AwaitNonce
                | Self::AwaitInit
                | Self::AwaitScan
                | Self::AwaitVerdict(_)),
                GatewayFrame::HeartbeatAck,
            ) => {
                cx.timers.acknowledged();
                state
            }
            (Self::AwaitNonce, GatewayFrame::NonceProof { encrypted_nonce }) => {
                match cx.open("encrypted_nonce", &encrypted_nonce) {
                    Ok(nonce) => {
                        cx.send_proof(nonce.expose());
                        cx.timers.expect_answer(cx.config.answer_within, now);
                        Self::AwaitInit
                    }
                    Err(error) => cx.fail(error),
                }
            }
            (Self::AwaitInit, GatewayFrame::PendingRemoteInit { fingerprint }) => {
                // anything but the digest of our own key ends it, before any QR is shown
                let ours = ra_crypto::fingerprint(cx.key.public_key());
                if fingerprint.parse::<Fingerprint>() != Ok(ours) {
                    return cx.fail(SessionError::FingerprintMismatch);
                }
                cx.timers.handshake_done();
                let url = ScanUrl::new(&cx.config.scan_prefix, ours);
                cx.event(Event::Qr {
                    url,
                    expires_in: cx.timers.remaining(now),
                });
                Self::AwaitScan
            }
            (
                Self::AwaitScan | Self::AwaitVerdict(_),
                GatewayFrame::PendingTicket {
                    encrypted_user_payload,
                },
            ) => match cx.open_user(&encrypted_user_payload) {
                Ok(user) => {
                    cx.event(Event::User(user.clone()));
                    Self::AwaitVerdict(user)
                }
                Err(error) => cx.fail(error),
            },
            (Self::AwaitVerdict(user), GatewayFrame::PendingLogin { ticket }) => {
                let ticket = Ticket::from(ticket);
                cx.close(Outcome::Approved { ticket, user })
            }
            (Self::AwaitScan | Self::AwaitVerdict(_), GatewayFrame::Cancel) => {
                cx.close(Outcome::Declined)
            }
            // each phase takes its frames and no other; the list makes a new frame a compile error here
            (
                state,
                frame @ (GatewayFrame::Hello { .. }
                | GatewayFrame::HeartbeatAck
                | GatewayFrame::NonceProof { .. }
                | GatewayFrame::PendingRemoteInit { .. }
                | GatewayFrame::PendingTicket { .. }
                | GatewayFrame::PendingLogin { .. }
                | GatewayFrame::Cancel),
            ) => cx.fail(SessionError::Unexpected {
                phase: state.phase(),
                op: frame.op_name(),
            }),
        }
    }

    /// Not asked of a session that has ended.
    pub(super) fn cancel(self, cx: &mut Context) -> Self {
        cx.close(Outcome::Cancelled)
    }

    /// The error that a close without a verdict means.
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

impl Context {
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

    fn report_unknown_op(&mut self, op: &str) {
        if self.unknown_ops < MAX_UNKNOWN_OPS {
            self.unknown_ops += 1;
            self.event(Event::UnknownOp(
                op.chars().take(MAX_UNKNOWN_OP_CHARS).collect(),
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
