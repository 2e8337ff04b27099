//! What a login wants done.

use alloc::string::String;
use core::time::Duration;

use ra_http::CaptchaChallenge;
use ra_proto::{CloseCode, ScanUrl, Token, User};

use super::LoginError;
use crate::desktop::session;
use crate::{HttpCall, Text};

/// The next thing to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Make a fresh key on a worker and answer with `Input::Key`.
    NeedKey,
    /// Open a socket and answer with `Input::Connected` or `Input::ConnectFailed`. Comes together
    /// with `NeedKey`: do both at once.
    Connect(ConnectRequest),
    /// Send this text message on the socket.
    Send(Text),
    /// Close the socket (or stop opening it); nothing that still comes from it matters.
    Disconnect(CloseCode),
    /// Carry out an HTTP exchange and answer with `Input::Reply`.
    Call(HttpCall),
    /// Something for the person at the screen.
    Event(Event),
    /// The login is over. Comes once, last.
    End(Result<Outcome, LoginError>),
}

/// A socket to open: TCP, TLS where the address says `wss`, WebSocket upgrade. No redirects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectRequest {
    /// The whole address, `?v=2` included.
    pub url: String,
    /// The `Origin` header.
    pub origin: String,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// How long it may take.
    pub timeout: Duration,
}

impl ConnectRequest {
    /// A socket to open. Machines make these; this is for using a carrier by itself.
    #[must_use]
    pub fn new(
        url: impl Into<String>,
        origin: impl Into<String>,
        user_agent: impl Into<String>,
        timeout: Duration,
    ) -> Self {
        Self {
            url: url.into(),
            origin: origin.into(),
            user_agent: user_agent.into(),
            timeout,
        }
    }
}

/// Something the person at the screen should see.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Show this as a QR code; it replaces the one before.
    Qr {
        /// What the code says.
        url: ScanUrl,
        /// How long it is good for.
        expires_in: Duration,
    },
    /// Somebody has scanned the code: show who, before the verdict.
    User(User),
    /// The service wants a captcha answered: `solve_captcha` with what the person at the screen
    /// made of it, or `give_up_captcha`.
    Captcha(CaptchaChallenge),
    /// The QR shown is dead; another will follow.
    Renewing {
        /// Why.
        reason: RenewReason,
        /// How long until the next try starts.
        delay: Duration,
    },
    /// The gateway said something this version does not know.
    UnknownOp(String),
}

impl From<session::Event> for Event {
    fn from(event: session::Event) -> Self {
        match event {
            session::Event::Qr { url, expires_in } => Self::Qr { url, expires_in },
            session::Event::User(user) => Self::User(user),
            session::Event::UnknownOp(op) => Self::UnknownOp(op),
        }
    }
}

/// Why a login starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenewReason {
    /// The session's time was over.
    Expired,
    /// The gateway stopped acknowledging heartbeats or fell silent.
    Dead,
    /// The fingerprint was not that of our key.
    Fingerprint,
    /// The connection could not be opened, broke, or was closed without a verdict.
    Network,
}

impl RenewReason {
    /// One word for logs and scripts: `expired`, `dead`, `fingerprint` or `network`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Dead => "dead",
            Self::Fingerprint => "fingerprint",
            Self::Network => "network",
        }
    }
}

/// How a login ended when nothing went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The person said yes and this is the token.
    LoggedIn {
        /// The account's token. Wiped on drop.
        token: Token,
        /// Whose it is.
        user: User,
    },
    /// The person said no.
    Declined,
    /// The caller cancelled.
    Cancelled,
}
