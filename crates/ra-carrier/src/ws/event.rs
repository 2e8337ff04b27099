//! Events of a socket, and their conversion to inputs of the machine.

use std::fmt;
use std::ops::Deref;

use ra_core::MonoTime;
use ra_core::desktop::login::{Input, Login};
use ra_core::desktop::session;
use ra_http::TransportError;
use ra_proto::CloseCode;
use tungstenite::Utf8Bytes;

/// An event of a [`WebSocket`](crate::WebSocket).
///
/// ```
/// use ra_carrier::SocketEvent;
/// use ra_core::desktop::login::{Config, Login};
/// use ra_core::{Jitter, MonoTime};
///
/// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
/// SocketEvent::Opened.tell(&mut login, MonoTime::from_millis(80));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum SocketEvent {
    /// The socket is open.
    Opened,
    /// The socket could not be opened.
    Failed(TransportError),
    /// A text message.
    Text(ReceivedText),
    /// A binary message.
    Binary,
    /// A text message that is not UTF-8. Nothing more is read.
    NotText,
    /// A message over the cap. The rest of it was not read, and nothing more is.
    Oversized,
    /// The peer closed the socket, with its code if it gave one.
    Closed(Option<CloseCode>),
    /// The connection broke without a close, or what came was not WebSocket.
    Lost,
}

impl SocketEvent {
    /// Returns whether this is the socket's last event.
    #[must_use]
    pub fn is_end(&self) -> bool {
        !matches!(self, Self::Opened | Self::Text(_) | Self::Binary)
    }

    /// Returns whether the connection is gone, so that no close code can be sent.
    #[must_use]
    pub fn leaves_nothing_open(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Closed(_) | Self::Lost)
    }

    /// Hands the event to a login.
    pub fn tell(self, login: &mut Login, now: MonoTime) {
        match self {
            Self::Opened => login.handle(now, Input::Connected),
            Self::Failed(error) => login.handle(now, Input::ConnectFailed(error)),
            Self::Text(text) => login.handle(now, Input::text(&text)),
            Self::Binary | Self::NotText => {
                login.handle(now, Input::Socket(session::Input::Binary));
            }
            Self::Oversized => login.handle(now, Input::Socket(session::Input::Oversized)),
            Self::Closed(code) => login.handle(now, Input::closed(code)),
            Self::Lost => login.handle(now, Input::lost()),
        }
    }
}

/// The text of a message, in the buffer that it was read into: the machine reads it there, no copy is made. It may hold
/// a ticket, so `Debug` shows its length alone.
pub struct ReceivedText(pub(super) Utf8Bytes);

impl Deref for ReceivedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReceivedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivedText({} bytes)", self.0.len())
    }
}
