//! Errors of a desktop session.

use core::fmt;

use ra_proto::frame::DecodeError;
use ra_proto::{CloseCode, UserError};

use super::phase::Phase;
use crate::{Fault, Retry};

/// How a gateway shows that it does not like a proof (R-20).
///
/// ```
/// use ra_core::desktop::session::{Refusal, SessionError};
///
/// let silent = SessionError::ProofRefused(Refusal::Silence);
/// assert!(silent.to_string().contains("proof"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It sends nothing more.
    Silence,
    /// It closes: with 4001, 4002 or 1000, or without a code.
    Closed(Option<CloseCode>),
}

/// Reason why a session failed.
///
/// ```
/// use ra_core::Retry;
/// use ra_core::desktop::session::SessionError;
///
/// assert_eq!(SessionError::Expired.retry(), Retry::NewSession);
/// assert_eq!(SessionError::Binary.retry(), Retry::Never);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionError {
    /// A frame could not be read.
    Decode(DecodeError),
    /// A binary message, or text that is not UTF-8 (R-17).
    Binary,
    /// A message over the cap (R-17).
    Oversized,
    /// A frame that this phase does not take (R-15).
    Unexpected {
        /// The phase in which it came.
        phase: Phase,
        /// Its op.
        op: &'static str,
    },
    /// A sealed field is not base64, or our key does not open it.
    Unopenable {
        /// The field.
        field: &'static str,
    },
    /// The user payload is malformed (R-11).
    User(UserError),
    /// The fingerprint is not that of our key: somebody stands in between (R-08).
    FingerprintMismatch,
    /// The gateway did not take the proof (R-20).
    ProofRefused(Refusal),
    /// The gateway did not say the next thing in time (R-19).
    Silence {
        /// The phase that waited.
        phase: Phase,
    },
    /// A heartbeat was not acknowledged before the next was due: the connection is dead (R-10).
    HeartbeatMissed,
    /// The session's time is over (R-18), by our clock or the gateway's.
    Expired,
    /// The gateway closed without a verdict (R-16).
    Closed {
        /// The phase that it cut short.
        phase: Phase,
        /// The close code, if it sent one.
        code: Option<CloseCode>,
    },
    /// The connection is gone.
    Lost {
        /// The phase that it cut short.
        phase: Phase,
    },
    /// The gateway sends faster than the caller drains: more than 256 outputs wait.
    Backlog,
}

impl SessionError {
    /// The party that caused the error.
    ///
    /// ```
    /// use ra_core::Fault;
    /// use ra_core::desktop::session::SessionError;
    ///
    /// assert_eq!(SessionError::FingerprintMismatch.fault(), Fault::Peer);
    /// ```
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Silence { .. } | Self::HeartbeatMissed | Self::Expired | Self::Lost { .. } => {
                Fault::Transport
            }
            Self::Closed { code, .. } if !is_verdict_on_us(*code) => Fault::Transport,
            _ => Fault::Peer,
        }
    }

    /// Advice on trying again (R-21). After a refused proof it has to use the other dialect.
    ///
    /// ```
    /// use ra_core::Retry;
    /// use ra_core::desktop::session::SessionError;
    ///
    /// assert_eq!(SessionError::HeartbeatMissed.retry(), Retry::NewSession);
    /// ```
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Silence { .. }
            | Self::HeartbeatMissed
            | Self::Expired
            | Self::Lost { .. }
            | Self::FingerprintMismatch
            | Self::ProofRefused(_) => Retry::NewSession,
            Self::Closed { code, .. } if !is_verdict_on_us(*code) => Retry::NewSession,
            _ => Retry::Never,
        }
    }

    /// The code to close the socket with.
    pub(super) fn close_code(&self) -> CloseCode {
        match self {
            Self::Binary => CloseCode::UNSUPPORTED,
            Self::Oversized => CloseCode::TOO_BIG,
            Self::Expired
            | Self::HeartbeatMissed
            | Self::Silence { .. }
            | Self::ProofRefused(_) => CloseCode::NORMAL,
            _ => CloseCode::PROTOCOL,
        }
    }
}

/// Closes that say we did something wrong: trying the same again ends the same way.
fn is_verdict_on_us(code: Option<CloseCode>) -> bool {
    matches!(
        code,
        Some(
            CloseCode::INVALID_VERSION
                | CloseCode::DECODE_ERROR
                | CloseCode::HANDSHAKE_FAILURE
                | CloseCode::PROTOCOL
                | CloseCode::UNSUPPORTED
                | CloseCode::POLICY
                | CloseCode::TOO_BIG
        )
    )
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(_) => f.write_str("a frame of the gateway could not be read"),
            Self::Binary => f.write_str("the gateway sent a message that is not text"),
            Self::Oversized => f.write_str("the gateway sent a message that is too large"),
            Self::Unexpected { phase, op } => write!(f, "{op} does not belong in phase {phase}"),
            Self::Unopenable { field } => {
                write!(f, "{field} cannot be opened with the session's key")
            }
            Self::User(_) => f.write_str("the scanned user could not be read"),
            Self::FingerprintMismatch => {
                f.write_str("the fingerprint is not that of our key: somebody may stand in between")
            }
            Self::ProofRefused(Refusal::Silence) => {
                f.write_str("the gateway refused the proof by silence")
            }
            Self::ProofRefused(Refusal::Closed(None)) => {
                f.write_str("the gateway refused the proof by closing")
            }
            Self::ProofRefused(Refusal::Closed(Some(code))) => {
                write!(f, "the gateway refused the proof with close {code}")
            }
            Self::Silence { phase } => write!(f, "the gateway fell silent in phase {phase}"),
            Self::HeartbeatMissed => f.write_str("the gateway did not acknowledge a heartbeat"),
            Self::Expired => f.write_str("the session has expired"),
            Self::Closed {
                phase,
                code: Some(code),
            } => {
                write!(f, "the gateway closed with {code} in phase {phase}")
            }
            Self::Closed { phase, code: None } => write!(f, "the gateway closed in phase {phase}"),
            Self::Lost { phase } => write!(f, "the connection was lost in phase {phase}"),
            Self::Backlog => f.write_str("the gateway sends faster than it is listened to"),
        }
    }
}

impl core::error::Error for SessionError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Decode(e) => Some(e),
            Self::User(e) => Some(e),
            _ => None,
        }
    }
}
