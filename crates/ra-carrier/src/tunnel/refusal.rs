//! Why a proxy does not connect.

use std::error::Error;
use std::fmt;

use ra_http::{TransportError, TransportErrorKind};

/// What a proxy said that is no connection. None of it is the proxy's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// An HTTP status other than 2xx.
    Status(u16),
    /// SOCKS: our way of saying who we are will not do.
    Method,
    /// SOCKS: wrong user name or password.
    Credentials,
    /// SOCKS: a reply other than success.
    Reply(u8),
    /// Not the protocol, or an answer over its cap.
    Protocol,
    /// The target's name is too long for the protocol.
    Name,
}

impl Refusal {
    pub(super) fn error(self) -> TransportError {
        let kind = match self {
            // 401 is the origin's word for it, which some proxies say too
            Self::Status(401 | 407) | Self::Method | Self::Credentials => {
                TransportErrorKind::ProxyCredentials
            }
            _ => TransportErrorKind::Proxy,
        };
        TransportError::with_source(kind, self)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the proxy answered with status {status}"),
            Self::Method => {
                f.write_str("the proxy took none of the ways to log in that were offered")
            }
            Self::Credentials => f.write_str("the proxy did not take the credentials"),
            Self::Reply(reply) => write!(f, "the proxy answered with reply {reply}"),
            Self::Protocol => f.write_str("the proxy does not speak the protocol"),
            Self::Name => f.write_str("the host name is too long for the proxy"),
        }
    }
}

impl Error for Refusal {}
