//! WebSocket close codes of remote auth (R-16).

use core::fmt;

/// Why a socket was closed, as a number: those named here, and any other as it came.
///
/// ```
/// use ra_proto::CloseCode;
///
/// assert_eq!(CloseCode::DECODE_ERROR.to_string(), "4001 (decode error)");
/// assert_eq!(CloseCode(4999).to_string(), "4999");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// The socket has served its purpose (RFC 6455). Before a verdict it never reads as success.
    pub const NORMAL: Self = Self(1000);
    /// The peer shuts down (RFC 6455).
    pub const GOING_AWAY: Self = Self(1001);
    /// The peer saw a violation of the protocol (RFC 6455).
    pub const PROTOCOL: Self = Self(1002);
    /// The peer got a kind of message it does not take, such as a binary one (RFC 6455, R-17).
    pub const UNSUPPORTED: Self = Self(1003);
    /// The peer got a message that its policy forbids (RFC 6455).
    pub const POLICY: Self = Self(1008);
    /// The peer got a message over its size limit (RFC 6455, R-17).
    pub const TOO_BIG: Self = Self(1009);
    /// The peer failed by its own fault (RFC 6455).
    pub const INTERNAL: Self = Self(1011);
    /// The gateway does not know the version asked for.
    pub const INVALID_VERSION: Self = Self(4000);
    /// The gateway could not read a frame or a key.
    pub const DECODE_ERROR: Self = Self(4001);
    /// The gateway did not take the proof.
    pub const HANDSHAKE_FAILURE: Self = Self(4002);
    /// The session's time is over; its QR code is worthless now.
    pub const SESSION_TIMED_OUT: Self = Self(4003);
    /// The gateway missed a heartbeat (seen at one independent gateway).
    pub const HEARTBEAT_MISSED: Self = Self(4004);

    fn meaning(self) -> Option<&'static str> {
        Some(match self {
            Self::NORMAL => "normal",
            Self::GOING_AWAY => "going away",
            Self::PROTOCOL => "protocol error",
            Self::UNSUPPORTED => "unsupported message",
            Self::POLICY => "policy violation",
            Self::TOO_BIG => "message too big",
            Self::INTERNAL => "internal error",
            Self::INVALID_VERSION => "invalid version",
            Self::DECODE_ERROR => "decode error",
            Self::HANDSHAKE_FAILURE => "handshake failure",
            Self::SESSION_TIMED_OUT => "session timed out",
            Self::HEARTBEAT_MISSED => "heartbeat missed",
            Self(_) => return None,
        })
    }
}

impl From<u16> for CloseCode {
    fn from(number: u16) -> Self {
        Self(number)
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(f, "{} ({meaning})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}
