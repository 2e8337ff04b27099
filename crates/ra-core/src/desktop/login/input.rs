//! What reaches a login from outside.

use alloc::boxed::Box;
use core::fmt;

use ra_crypto::SessionKey;
use ra_http::{Body, TransportError};
use ra_proto::CloseCode;

use crate::CallId;
use crate::desktop::session;

/// Something that happened outside: an answer to an output, the socket, the clock. None of it can
/// misuse the machine; what does not fit the moment is ignored.
#[non_exhaustive]
pub enum Input<'a> {
    /// Answers `NeedKey`: a fresh key, or that there will be none.
    Key(Result<Box<dyn SessionKey>, KeyUnavailable>),
    /// Answers `Connect`: the socket is open.
    Connected,
    /// Answers `Connect`: the socket could not be opened.
    ConnectFailed(TransportError),
    /// What the open socket brought.
    Socket(session::Input<'a>),
    /// Answers `Call`: the response, or why there is none.
    Reply(CallId, Result<http::Response<Body>, TransportError>),
    /// Time has passed.
    Tick,
}

impl<'a> Input<'a> {
    /// A text message from the socket.
    #[must_use]
    pub const fn text(text: &'a str) -> Self {
        Self::Socket(session::Input::Text(text))
    }

    /// The gateway closed the socket.
    #[must_use]
    pub const fn closed(code: Option<CloseCode>) -> Self {
        Self::Socket(session::Input::Closed(code))
    }

    /// The connection is gone without a close.
    #[must_use]
    pub const fn lost() -> Self {
        Self::Socket(session::Input::Lost)
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(Ok(_)) => f.write_str("Key(..)"),
            Self::Key(Err(e)) => write!(f, "Key({e:?})"),
            Self::Connected => f.write_str("Connected"),
            Self::ConnectFailed(e) => write!(f, "ConnectFailed({e:?})"),
            Self::Socket(input) => write!(f, "Socket({input:?})"),
            Self::Reply(id, Ok(response)) => write!(f, "Reply({id:?}, {})", response.status()),
            Self::Reply(id, Err(e)) => write!(f, "Reply({id:?}, {e:?})"),
            Self::Tick => f.write_str("Tick"),
        }
    }
}

/// No key could be made: no entropy, no worker, an HSM that does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUnavailable;

impl fmt::Display for KeyUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no session key could be made")
    }
}

impl core::error::Error for KeyUnavailable {}
