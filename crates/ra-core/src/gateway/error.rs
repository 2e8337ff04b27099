//! Errors of a gateway session, and the close code that the desktop gets.

use core::fmt;

use ra_crypto::PublicKeyError;
use ra_proto::CloseCode;
use ra_proto::frame::DecodeError;

use super::phase::Phase;
use crate::Fault;

/// Reason why a session failed. The desktop sees only its [`SessionError::close_code`].
///
/// ```
/// use ra_core::gateway::SessionError;
/// use ra_proto::CloseCode;
///
/// assert_eq!(SessionError::Expired.close_code(), CloseCode::SESSION_TIMED_OUT);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionError {
    /// A frame could not be read.
    Decode(DecodeError),
    /// A binary message, or text that is not UTF-8.
    Binary,
    /// A message over the cap.
    Oversized,
    /// `encoded_public_key` is not base64.
    KeyEncoding,
    /// `encoded_public_key` is not a key that remote auth takes (R-52).
    Key(PublicKeyError),
    /// A frame that this phase does not take.
    Unexpected {
        /// The phase in which it came.
        phase: Phase,
        /// Its op.
        op: &'static str,
    },
    /// The proof is wrong, or in a dialect that this gateway does not take (R-50).
    ProofRefused,
    /// No valid proof in time.
    HandshakeTimedOut,
    /// No heartbeat in time.
    HeartbeatMissed,
    /// The session's time is over.
    Expired,
    /// The desktop sends without reading.
    Backlog,
    /// This gateway could not draw randomness or seal.
    Local,
}

impl SessionError {
    /// The code to close the socket with (R-16, R-55).
    ///
    /// ```
    /// use ra_core::gateway::SessionError;
    ///
    /// assert_eq!(SessionError::HeartbeatMissed.close_code().0, 4004);
    /// ```
    #[must_use]
    pub fn close_code(&self) -> CloseCode {
        match self {
            Self::Decode(_) | Self::Binary | Self::KeyEncoding | Self::Key(_) => {
                CloseCode::DECODE_ERROR
            }
            Self::Oversized => CloseCode::TOO_BIG,
            Self::Unexpected { .. }
            | Self::ProofRefused
            | Self::HandshakeTimedOut
            | Self::Backlog => CloseCode::HANDSHAKE_FAILURE,
            Self::HeartbeatMissed => CloseCode::HEARTBEAT_MISSED,
            Self::Expired => CloseCode::SESSION_TIMED_OUT,
            Self::Local => CloseCode::INTERNAL,
        }
    }

    /// The party that caused the error.
    ///
    /// ```
    /// use ra_core::Fault;
    /// use ra_core::gateway::SessionError;
    ///
    /// assert_eq!(SessionError::ProofRefused.fault(), Fault::Peer);
    /// ```
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::HandshakeTimedOut | Self::HeartbeatMissed | Self::Expired => Fault::Transport,
            Self::Local => Fault::Local,
            _ => Fault::Peer,
        }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(_) => f.write_str("a frame could not be read"),
            Self::Binary => f.write_str("a message is not text"),
            Self::Oversized => f.write_str("a message is too large"),
            Self::KeyEncoding => f.write_str("encoded_public_key is not base64"),
            Self::Key(_) => f.write_str("encoded_public_key is not acceptable"),
            Self::Unexpected { phase, op } => write!(f, "{op} does not belong in phase {phase}"),
            Self::ProofRefused => f.write_str("the proof is wrong"),
            Self::HandshakeTimedOut => f.write_str("no valid proof came in time"),
            Self::HeartbeatMissed => f.write_str("no heartbeat came in time"),
            Self::Expired => f.write_str("the session has timed out"),
            Self::Backlog => f.write_str("the desktop sends without reading"),
            Self::Local => f.write_str("randomness or sealing failed"),
        }
    }
}

impl core::error::Error for SessionError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Decode(e) => Some(e),
            Self::Key(e) => Some(e),
            _ => None,
        }
    }
}
