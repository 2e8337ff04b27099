//! The transitions of a gateway session: the only file that changes its state.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use ra_crypto::{Backend, Entropy, EntropyError, PublicKeyError, SealError};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::{CloseCode, Sensitive, Ticket, User, base64};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::timers::Timers;
use super::{Accept, Config, Event, Input, Outcome, Output, SessionError};
use crate::queue::Queue;
use crate::{Misuse, MonoTime, Text};

const NONCE_BYTES: usize = 32;

/// Where a session is, with what only that phase knows.
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
    Ended,
}

/// How far a gateway session is.
///
/// ```
/// use ra_core::gateway::Phase;
///
/// assert_eq!(Phase::Scanned.to_string(), "Scanned");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// `hello` is out, the desktop's key is awaited.
    AwaitInit,
    /// The sealed nonce is out, the proof is awaited.
    AwaitProof,
    /// The fingerprint is out, a phone is awaited.
    AwaitScan,
    /// A phone has scanned, its owner's verdict is awaited.
    Scanned,
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
    pub(super) config: Arc<Config>,
    pub(super) backend: Arc<dyn Backend>,
    pub(super) timers: Timers,
    pub(super) out: Queue<Output>,
}

impl Desk {
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
    pub(super) fn open(desk: &mut Desk) -> Self {
        let hello = GatewayFrame::Hello {
            timeout_ms: whole_millis(desk.config.timeout),
            heartbeat_interval: whole_millis(desk.config.heartbeat_interval),
        };
        desk.send(&hello);
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

    pub(super) fn on_time(self, desk: &mut Desk, now: MonoTime) -> Self {
        match (self, desk.timers.due(now)) {
            (Self::Ended, _) => Self::Ended,
            (_, Some(error)) => desk.fail(error),
            (state, None) => state,
        }
    }

    pub(super) fn on_input(
        self,
        desk: &mut Desk,
        now: MonoTime,
        input: Input<'_>,
        entropy: &mut dyn Entropy,
    ) -> Self {
        match (self, input) {
            (Self::Ended, _) => Self::Ended,
            (state, Input::Tick) => state,
            (_, Input::Closed(code)) => desk.end(Ok(Outcome::Left(code))),
            (_, Input::Lost) => desk.end(Ok(Outcome::Left(None))),
            (_, Input::Binary) => desk.fail(SessionError::Binary),
            (_, Input::Oversized) => desk.fail(SessionError::Oversized),
            (_, Input::Text(_)) if desk.out.is_full() => desk.fail(SessionError::Backlog),
            (state, Input::Text(text)) => match DesktopFrame::decode(text) {
                Ok(frame) => state.on_frame(desk, now, frame, entropy),
                Err(error) => desk.fail(SessionError::Decode(error)),
            },
        }
    }

    fn on_frame(
        self,
        desk: &mut Desk,
        now: MonoTime,
        frame: DesktopFrame<'_>,
        entropy: &mut dyn Entropy,
    ) -> Self {
        match (self, frame) {
            (Self::AwaitInit, DesktopFrame::Init { encoded_public_key }) => {
                challenge(desk, &encoded_public_key, entropy)
                    .unwrap_or_else(|error| desk.fail(error))
            }
            (Self::AwaitProof { spki, nonce }, DesktopFrame::NonceProof(proof)) => {
                if !is_right(&proof, &nonce[..], desk.config.accept) {
                    return desk.fail(SessionError::ProofRefused);
                }
                let fingerprint = ra_crypto::fingerprint(&spki);
                desk.timers.handshake_done();
                desk.send(&GatewayFrame::PendingRemoteInit {
                    fingerprint: alloc::string::ToString::to_string(&fingerprint).into(),
                });
                desk.out.push(Output::Event(Event::Ready(fingerprint)));
                Self::AwaitScan { spki }
            }
            // R-51: heartbeats are answered in every phase, `init` need not have come
            (state, DesktopFrame::Heartbeat) => {
                desk.timers.heartbeat(&desk.config, now);
                desk.send(&GatewayFrame::HeartbeatAck);
                state
            }
            (state, DesktopFrame::Unknown { .. }) => state,
            (state, frame @ (DesktopFrame::Init { .. } | DesktopFrame::NonceProof(_))) => desk
                .fail(SessionError::Unexpected {
                    phase: state.phase(),
                    op: frame.op_name(),
                }),
        }
    }

    pub(super) fn attach(
        self,
        desk: &mut Desk,
        user: &User,
        entropy: &mut dyn Entropy,
    ) -> (Self, Result<(), Misuse>) {
        match self {
            // scans over and over, and a desktop that does not read: our memory is not theirs to fill
            Self::AwaitScan { .. } | Self::Scanned { .. } if desk.out.is_full() => {
                (desk.fail(SessionError::Backlog), Ok(()))
            }
            Self::AwaitScan { spki } | Self::Scanned { spki } => {
                let payload = Zeroizing::new(user.encode());
                let state = match seal(desk, &spki, payload.as_bytes(), entropy) {
                    Ok(sealed) => desk.show(spki, sealed),
                    Err(error) => desk.fail(error),
                };
                (state, Ok(()))
            }
            Self::Ended => (Self::Ended, Err(Misuse::Ended)),
            state => (state, Err(Misuse::NotReady)),
        }
    }

    pub(super) fn attach_sealed(
        self,
        desk: &mut Desk,
        sealed: &[u8],
    ) -> (Self, Result<(), Misuse>) {
        match self {
            Self::AwaitScan { .. } | Self::Scanned { .. } if desk.out.is_full() => {
                (desk.fail(SessionError::Backlog), Ok(()))
            }
            Self::AwaitScan { spki } | Self::Scanned { spki } => {
                (desk.show(spki, base64::encode_standard(sealed)), Ok(()))
            }
            Self::Ended => (Self::Ended, Err(Misuse::Ended)),
            state => (state, Err(Misuse::NotReady)),
        }
    }

    pub(super) fn approve(self, desk: &mut Desk, ticket: &Ticket) -> (Self, Result<(), Misuse>) {
        match self {
            Self::Scanned { .. } => {
                desk.send(&GatewayFrame::PendingLogin {
                    ticket: Sensitive::from(ticket.expose()),
                });
                (desk.close(CloseCode::NORMAL, Outcome::Approved), Ok(()))
            }
            Self::Ended => (Self::Ended, Err(Misuse::Ended)),
            state => (state, Err(Misuse::NobodyAttached)),
        }
    }

    pub(super) fn decline(self, desk: &mut Desk) -> (Self, Result<(), Misuse>) {
        match self {
            Self::Scanned { .. } => {
                desk.send(&GatewayFrame::Cancel);
                (desk.close(CloseCode::NORMAL, Outcome::Declined), Ok(()))
            }
            Self::Ended => (Self::Ended, Err(Misuse::Ended)),
            state => (state, Err(Misuse::NobodyAttached)),
        }
    }

    pub(super) fn shut_down(self, desk: &mut Desk, code: CloseCode) -> Self {
        match self {
            Self::Ended => Self::Ended,
            _ => desk.close(code, Outcome::ShutDown),
        }
    }
}

impl Desk {
    fn show(&mut self, spki: Box<[u8]>, sealed_user: alloc::string::String) -> State {
        self.send(&GatewayFrame::PendingTicket {
            encrypted_user_payload: sealed_user.into(),
        });
        State::Scanned { spki }
    }
}

/// Reads the desktop's key and sends it a sealed nonce.
fn challenge(
    desk: &mut Desk,
    encoded: &str,
    entropy: &mut dyn Entropy,
) -> Result<State, SessionError> {
    let spki = base64::decode(encoded).map_err(|_| SessionError::KeyEncoding)?;
    let mut nonce = Zeroizing::new([0; NONCE_BYTES]);
    entropy.fill(&mut nonce[..])?;
    let encrypted_nonce = seal(desk, &spki, &nonce[..], entropy)?.into();
    desk.send(&GatewayFrame::NonceProof { encrypted_nonce });
    Ok(State::AwaitProof {
        spki: spki.into(),
        nonce,
    })
}

/// Seals to the desktop's key. The key is read anew each time: 294 bytes a session are cheaper to
/// keep than a parsed key, and reading costs a tenth of a sealing.
fn seal(
    desk: &Desk,
    spki: &[u8],
    plaintext: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<alloc::string::String, SessionError> {
    let sealed = desk.backend.peer_key(spki)?.seal(plaintext, entropy)?;
    Ok(base64::encode_standard(&sealed))
}

/// R-50: each dialect is compared with its own answer only, so that mixed ones are wrong.
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
