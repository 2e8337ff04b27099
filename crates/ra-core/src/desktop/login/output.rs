//! Outputs of a login: actions for the driver, and the outcome.

use alloc::string::String;
use core::time::Duration;

use ra_proto::{CloseCode, Token, User};

use super::{Event, LoginError};
use crate::{HttpCall, Text};

/// The next action, or the end.
///
/// ```
/// use ra_core::desktop::login::{LoginError, Outcome, Output};
///
/// /// One word for each, for a log.
/// fn word(output: &Output) -> &'static str {
///     match output {
///         Output::NeedKey => "key",
///         Output::Connect(_) => "connect",
///         Output::Send(_) => "send",
///         Output::Disconnect(_) => "disconnect",
///         Output::Call(_) => "call",
///         Output::Event(_) => "show",
///         Output::End(_) => "end",
///         _ => "something new",
///     }
/// }
/// # assert_eq!(word(&Output::NeedKey), "key");
/// ```
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
    /// An event for the person at the screen.
    Event(Event),
    /// The login is over. Comes once, last.
    End(Result<Outcome, LoginError>),
}

/// A socket to open: TCP, TLS where the address says `wss`, WebSocket upgrade. No redirects.
///
/// ```
/// use ra_core::desktop::login::ConnectRequest;
///
/// fn upgrade(request: &ConnectRequest) -> http::Result<http::Request<()>> {
///     http::Request::get(&request.url)
///         .header("origin", &request.origin)
///         .header("user-agent", &request.user_agent)
///         .body(()) // and the headers of every upgrade, which a library adds
/// }
/// ```
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
    ///
    /// ```
    /// use core::time::Duration;
    /// use ra_core::desktop::login::ConnectRequest;
    ///
    /// let request = ConnectRequest::new(
    ///     "ws://127.0.0.1:4000/?v=2",
    ///     "https://discord.com",
    ///     "my-desktop/1.0",
    ///     Duration::from_secs(15),
    /// );
    /// ```
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

/// How a login ended without an error.
///
/// ```
/// use ra_core::desktop::login::Outcome;
/// use ra_proto::Token;
///
/// fn token(outcome: Outcome) -> Option<Token> {
///     match outcome {
///         Outcome::LoggedIn { token, .. } => Some(token),
///         _ => None, // declined or cancelled: not an error
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The person approved, and this is the token.
    LoggedIn {
        /// The account's token. Wiped on drop.
        token: Token,
        /// The user of the token.
        user: User,
    },
    /// The person declined.
    Declined,
    /// The caller cancelled.
    Cancelled,
}
