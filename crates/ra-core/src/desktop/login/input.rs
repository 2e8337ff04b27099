//! Inputs of a login: events of the socket, the clock, the key worker and HTTP.

use alloc::boxed::Box;
use core::fmt;

use ra_crypto::{Backend, Entropy, SessionKey};
use ra_http::{Body, TransportError};
use ra_proto::CloseCode;

use crate::CallId;
use crate::desktop::session;

/// Something that happened outside: an answer to an output, the socket, the clock. None of it can
/// misuse the machine; what does not fit the moment is ignored.
///
/// ```
/// use ra_core::desktop::login::{Config, Input, Login};
/// use ra_core::{Jitter, MonoTime};
/// use ra_http::{TransportError, TransportErrorKind};
///
/// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
/// let refused = TransportError::new(TransportErrorKind::Connect);
/// login.handle(MonoTime::from_millis(40), Input::ConnectFailed(refused));
/// login.handle(MonoTime::from_millis(41), Input::Connected); // does not fit any more: ignored
/// ```
#[non_exhaustive]
pub enum Input<'a> {
    /// Answers `NeedKey`: a fresh key, or that there will be none.
    Key(Result<Box<dyn SessionKey>, KeyUnavailable>),
    /// Answers `Connect`: the socket is open.
    Connected,
    /// Answers `Connect`: the socket could not be opened.
    ConnectFailed(TransportError),
    /// An event of the open socket.
    Socket(session::Input<'a>),
    /// Answers `Call`: the response, or the reason why there is none.
    Reply(CallId, Result<http::Response<Body>, TransportError>),
    /// Time has passed.
    Tick,
}

impl Input<'static> {
    /// Makes a key and answers `NeedKey` with it. It takes a core for tens to hundreds of milliseconds: call it where
    /// that keeps nobody waiting.
    ///
    /// ```
    /// use ra_core::desktop::login::Input;
    /// use ra_crypto::{Backend, Entropy};
    ///
    /// /// On a worker; the loop hands in what comes of it.
    /// fn work(backend: &dyn Backend, entropy: &mut dyn Entropy) -> Input<'static> {
    ///     Input::new_key(backend, entropy)
    /// }
    /// ```
    #[must_use]
    pub fn new_key(backend: &dyn Backend, entropy: &mut dyn Entropy) -> Self {
        Self::Key(backend.generate(entropy).map_err(|_| KeyUnavailable))
    }
}

impl<'a> Input<'a> {
    /// A text message from the socket.
    ///
    /// ```
    /// use ra_core::desktop::login::Input;
    ///
    /// let input = Input::text(r#"{"op":"heartbeat_ack"}"#);
    /// assert_eq!(format!("{input:?}"), "Socket(Text(22 bytes))"); // it may hold a ticket
    /// ```
    #[must_use]
    pub const fn text(text: &'a str) -> Self {
        Self::Socket(session::Input::Text(text))
    }

    /// The gateway closed the socket.
    ///
    /// ```
    /// use ra_core::desktop::login::Input;
    /// use ra_proto::CloseCode;
    ///
    /// let expired = Input::closed(Some(CloseCode::SESSION_TIMED_OUT));
    /// let without_a_code = Input::closed(None);
    /// ```
    #[must_use]
    pub const fn closed(code: Option<CloseCode>) -> Self {
        Self::Socket(session::Input::Closed(code))
    }

    /// The connection is gone without a close.
    ///
    /// ```
    /// use ra_core::desktop::login::Input;
    ///
    /// fn ended(close_frame_came: bool) -> Input<'static> {
    ///     if close_frame_came { Input::closed(None) } else { Input::lost() }
    /// }
    /// ```
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
///
/// ```
/// use ra_core::desktop::login::{Input, KeyUnavailable};
/// use ra_crypto::{Backend, Entropy};
///
/// fn key(backend: &dyn Backend, entropy: &mut dyn Entropy) -> Input<'static> {
///     Input::Key(backend.generate(entropy).map_err(|_| KeyUnavailable))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUnavailable;

impl fmt::Display for KeyUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no session key could be made")
    }
}

impl core::error::Error for KeyUnavailable {}
