//! What a socket brings, and how the machine hears it.

use std::fmt;
use std::ops::Deref;

use ra_core::MonoTime;
use ra_core::desktop::login::{Input, Login};
use ra_core::desktop::session;
use ra_http::TransportError;
use ra_proto::CloseCode;
use tungstenite::Utf8Bytes;

/// What a [`WebSocket`](crate::WebSocket) brought.
#[derive(Debug)]
#[non_exhaustive]
pub enum Heard {
    /// The socket is open.
    Opened,
    /// There will be no socket.
    Failed(TransportError),
    /// A text message.
    Text(ReceivedText),
    /// A binary message.
    Binary,
    /// A text that is no UTF-8. Nothing more is read.
    NotText,
    /// A message over the cap. The rest of it was not read, and nothing more is.
    Oversized,
    /// The peer closed the socket, with its code if it gave one.
    Closed(Option<CloseCode>),
    /// The connection is gone without a close, or what came was no WebSocket.
    Lost,
}

impl Heard {
    /// Whether it was the last.
    ///
    /// ```
    /// use ra_carrier::Heard;
    ///
    /// assert!(Heard::Lost.is_end() && !Heard::Opened.is_end());
    /// ```
    #[must_use]
    pub fn is_end(&self) -> bool {
        !matches!(self, Self::Opened | Self::Text(_) | Self::Binary)
    }

    /// Tells it to a login.
    ///
    /// ```
    /// use ra_carrier::Heard;
    /// use ra_core::desktop::login::{Config, Login};
    /// use ra_core::{Jitter, MonoTime};
    ///
    /// let mut login = Login::new(Config::default(), Jitter::from_seed(7), MonoTime::ZERO);
    /// Heard::Opened.tell(&mut login, MonoTime::from_millis(80));
    /// ```
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

/// The text of a message. It may hold a ticket: `Debug` shows its length alone.
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
