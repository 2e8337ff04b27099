//! The transitions of a gateway session: the only file that changes its state.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use ra_crypto::{Backend, Entropy, EntropyError, PublicKeyError, SealError};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::{CloseCode, Sensitive, Ticket, User, base64};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::config::{Accept, Config};
use super::error::SessionError;
use super::output::{Event, Outcome, Output};
use super::phase::Phase;
use super::timers::Timers;
use crate::input::Input;
use crate::queue::Queue;
use crate::{Misuse, MonoTime, Text};

const NONCE_BYTES: usize = 32;

/// The state of a session, with the data of its phase.
#[derive(Default)]
pub(super) enum State {
    AwaitInit,
    AwaitProof {
        spki: Box<[u8]>,
        nonce: Zeroizing<[u8; NONCE_BYTES]>,
    },
    AwaitScan {
        spki: Box<[u8]>,
    },
    Scanned {
        spki: Box<[u8]>,
    },
    #[default]
    Ended,
}

/// Data that all phases share.
pub(super) struct Context {
    pub(super) config: Arc<Config>,
    pub(super) backend: Arc<dyn Backend>,
    pub(super) timers: Timers,
    pub(super) out: Queue<Output>,
}

impl Context {
    fn send(&mut self, frame: &GatewayFrame<'_>) {
        self.out.push(Output::Send(Text::new(frame.encode())));
    }

    fn fail(&mut self, error: SessionError) -> State {
        self.out.push(Output::Close(error.close_code()));
        self.end(Err(error))
    }

    fn close(&mut self, code: CloseCode, outcome: Outcome) -> State {
        self.out.push(Output::Close(code));
        self.end(Ok(outcome))
    }

    fn end(&mut self, end: Result<Outcome, SessionError>) -> State {
        self.out.push(Output::End(end));
        State::Ended
    }
}

impl State {
    pub(super) fn open(cx: &mut Context) -> Self {
        let hello = GatewayFrame::Hello {
            timeout_ms: whole_millis(cx.config.timeout),
            heartbeat_interval: whole_millis(cx.config.heartbeat_interval),
        };
        cx.send(&hello);
        Self::AwaitInit
    }

    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::AwaitInit => Phase::AwaitInit,
            Self::AwaitProof { .. } => Phase::AwaitProof,
            Self::AwaitScan { .. } => Phase::AwaitScan,
            Self::Scanned { .. } => Phase::Scanned,
            Self::Ended => Phase::Ended,
        }
    }

    pub(super) fn public_key(&self) -> Option<&[u8]> {
        match self {
            Self::AwaitScan { spki } | Self::Scanned { spki } => Some(spki),
            _ => None,
        }
    }

    pub(super) fn on_time(self, cx: &mut Context, now: MonoTime) -> Self {
        match (self, cx.timers.due(now)) {
            (Self::Ended, _) => Self::Ended,
            (_, Some(error)) => cx.fail(error),
            (state, None) => state,
        }
    }

    pub(super) fn on_input(
        self,
        cx: &mut Context,
        now: MonoTime,
        input: Input<'_>,
        entropy: &mut dyn Entropy,
    ) -> Self {
        match (self, input) {
            (Self::Ended, _) => Self::Ended,
            (state, Input::Tick) => state,
            (_, Input::Closed(code)) => cx.end(Ok(Outcome::Left(code))),
            (_, Input::Lost) => cx.end(Ok(Outcome::Left(None))),
            (_, Input::Binary) => cx.fail(SessionError::Binary),
            (_, Input::Oversized) => cx.fail(SessionError::Oversized),
            (_, Input::Text(_)) if cx.out.is_full() => cx.fail(SessionError::Backlog),
            (state, Input::Text(text)) => match DesktopFrame::decode(text) {
                Ok(frame) => state.on_frame(cx, now, frame, entropy),
                Err(error) => cx.fail(SessionError::Decode(error)),
            },
        }
    }

    fn on_frame(
        self,
        cx: &mut Context,
        now: MonoTime,
        frame: DesktopFrame<'_>,
        entropy: &mut dyn Entropy,
    ) -> Self {
        match (self, frame) {
            (Self::AwaitInit, DesktopFrame::Init { encoded_public_key }) => {
                challenge(cx, &encoded_public_key, entropy).unwrap_or_else(|error| cx.fail(error))
            }
            (Self::AwaitProof { spki, nonce }, DesktopFrame::NonceProof(proof)) => {
                if !is_right(&proof, &nonce[..], cx.config.accept) {
                    return cx.fail(SessionError::ProofRefused);
                }
                let fingerprint = ra_crypto::fingerprint(&spki);
                cx.timers.handshake_done();
                cx.send(&GatewayFrame::PendingRemoteInit {
                    fingerprint: fingerprint.to_string().into(),
                });
                cx.out.push(Output::Event(Event::Ready(fingerprint)));
                Self::AwaitScan { spki }
            }
            // heartbeats are answered in every phase, `init` need not have come
            (state, DesktopFrame::Heartbeat) => {
                cx.timers.heartbeat(&cx.config, now);
                cx.send(&GatewayFrame::HeartbeatAck);
                state
            }
            (state, DesktopFrame::Unknown { .. }) => state,
            (state, frame @ (DesktopFrame::Init { .. } | DesktopFrame::NonceProof(_))) => {
                cx.fail(SessionError::Unexpected {
                    phase: state.phase(),
                    op: frame.op_name(),
                })
            }
        }
    }

    /// The phone's user is sealed here.
    pub(super) fn attach(
        self,
        cx: &mut Context,
        user: &User,
        entropy: &mut dyn Entropy,
    ) -> (Self, Result<(), Misuse>) {
        self.show(cx, |cx, spki| {
            let payload = Zeroizing::new(user.encode());
            seal(cx, spki, payload.as_bytes(), entropy)
        })
    }

    /// The phone's user was sealed by the host.
    pub(super) fn attach_sealed(
        self,
        cx: &mut Context,
        sealed: &[u8],
    ) -> (Self, Result<(), Misuse>) {
        self.show(cx, |_, _| Ok(base64::encode_standard(sealed)))
    }

    /// Sends the sealed user to the desktop.
    fn show(
        self,
        cx: &mut Context,
        seal_user: impl FnOnce(&Context, &[u8]) -> Result<String, SessionError>,
    ) -> (Self, Result<(), Misuse>) {
        match self {
            // A desktop that is scanned over and over and does not read must not fill our memory.
            Self::AwaitScan { .. } | Self::Scanned { .. } if cx.out.is_full() => {
                (cx.fail(SessionError::Backlog), Ok(()))
            }
            Self::AwaitScan { spki } | Self::Scanned { spki } => {
                let state = match seal_user(cx, &spki) {
                    Ok(sealed) => {
                        cx.send(&GatewayFrame::PendingTicket {
                            encrypted_user_payload: sealed.into(),
                        });
                        Self::Scanned { spki }
                    }
                    Err(error) => cx.fail(error),
                };
                (state, Ok(()))
            }
            Self::Ended => (Self::Ended, Err(Misuse::Ended)),
            state => (state, Err(Misuse::NotReady)),
        }
    }

    pub(super) fn approve(self, cx: &mut Context, ticket: &Ticket) -> (Self, Result<(), Misuse>) {
        let ticket = Sensitive::from(ticket.expose());
        self.decide(
            cx,
            &GatewayFrame::PendingLogin { ticket },
            Outcome::Approved,
        )
    }

    pub(super) fn decline(self, cx: &mut Context) -> (Self, Result<(), Misuse>) {
        self.decide(cx, &GatewayFrame::Cancel, Outcome::Declined)
    }

    fn decide(
        self,
        cx: &mut Context,
        verdict: &GatewayFrame<'_>,
        outcome: Outcome,
    ) -> (Self, Result<(), Misuse>) {
        match self {
            Self::Scanned { .. } => {
                cx.send(verdict);
                (cx.close(CloseCode::NORMAL, outcome), Ok(()))
            }
            Self::Ended => (Self::Ended, Err(Misuse::Ended)),
            state => (state, Err(Misuse::NobodyAttached)),
        }
    }

    pub(super) fn shut_down(self, cx: &mut Context, code: CloseCode) -> Self {
        match self {
            Self::Ended => Self::Ended,
            _ => cx.close(code, Outcome::ShutDown),
        }
    }
}

/// Reads the desktop's key and sends it a sealed nonce.
fn challenge(
    cx: &mut Context,
    encoded: &str,
    entropy: &mut dyn Entropy,
) -> Result<State, SessionError> {
    let spki = base64::decode(encoded).map_err(|_| SessionError::KeyEncoding)?;
    let mut nonce = Zeroizing::new([0; NONCE_BYTES]);
    entropy.fill(&mut nonce[..])?;
    let encrypted_nonce = seal(cx, &spki, &nonce[..], entropy)?.into();
    cx.send(&GatewayFrame::NonceProof { encrypted_nonce });
    Ok(State::AwaitProof {
        spki: spki.into(),
        nonce,
    })
}

/// Seals to the desktop's key. The key is read anew each time: 294 bytes a session are cheaper to
/// keep than a parsed key, and reading costs a tenth of a sealing.
fn seal(
    cx: &Context,
    spki: &[u8],
    plaintext: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<String, SessionError> {
    let sealed = cx.backend.peer_key(spki)?.seal(plaintext, entropy)?;
    Ok(base64::encode_standard(&sealed))
}

/// each dialect is compared with its own answer only, so that mixed ones are wrong.
fn is_right(proof: &Proof<'_>, nonce: &[u8], accept: Accept) -> bool {
    let digest = ra_crypto::sha256(nonce);
    let (given, expected): (_, &[u8]) = match proof {
        Proof::Digest(given) if accept != Accept::Nonce => (given, &digest),
        Proof::Nonce(given) if accept != Accept::Digest => (given, nonce),
        Proof::Digest(_) | Proof::Nonce(_) => return false,
    };
    base64::decode(given.expose())
        .map(Zeroizing::new)
        .is_ok_and(|given| bool::from(given.as_slice().ct_eq(expected)))
}

fn whole_millis(duration: core::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl From<PublicKeyError> for SessionError {
    fn from(error: PublicKeyError) -> Self {
        Self::Key(error)
    }
}

impl From<EntropyError> for SessionError {
    fn from(_: EntropyError) -> Self {
        Self::Local
    }
}

impl From<SealError> for SessionError {
    fn from(_: SealError) -> Self {
        Self::Local
    }
}
