//! Reasons a proxy does not connect.

use std::error::Error;
use std::fmt;

use ra_http::{TransportError, TransportErrorKind};

/// Reason a proxy refused. It quotes no text of the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The proxy answered with an HTTP status other than 2xx.
    Status(u16),
    /// SOCKS: the proxy does not accept our authentication method.
    Method,
    /// SOCKS: the user name or password is wrong.
    Credentials,
    /// SOCKS: the reply is not a success.
    Reply(u8),
    /// The answer breaks the protocol or is too long.
    Protocol,
    /// The target's name is too long for the protocol.
    Name,
}

impl Refusal {
    pub(super) fn error(self) -> TransportError {
        let kind = match self {
            // 401 is meant for origin servers, but some proxies send it
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
