//! Errors of a login.

use core::fmt;

use ra_http::{HttpError, HttpErrorKind, TransportError, TransportErrorKind};

use super::KeyUnavailable;
use crate::desktop::session::SessionError;
use crate::{Fault, Retry};

/// Reason why a login failed. `kind` is stable for scripts; the cause is in `source`.
///
/// ```
/// use ra_core::Retry;
/// use ra_core::desktop::login::LoginError;
///
/// fn advise(error: &LoginError) -> String {
///     match error.retry() {
///         Retry::Never => format!("{error}: it would end the same way"),
///         Retry::NewSession => format!("{error}: try again with a new code"),
///         Retry::After(wait) => format!("{error}: try again in {} s", wait.as_secs()),
///         _ => error.to_string(),
///     }
/// }
/// # assert!(advise(&LoginError::Captcha).ends_with("with a new code"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum LoginError {
    /// The last session failed and no other will be tried.
    Session(SessionError),
    /// The socket could not be opened and no other try will follow.
    Connect(TransportError),
    /// There is no key.
    Key(KeyUnavailable),
    /// No key was made in time.
    KeyTimeout,
    /// The ticket could not be exchanged.
    Exchange(HttpError),
    /// The token came, but not in a shape that can be used (R-30).
    Token(TokenFault),
    /// The service asked for a captcha, and it was not answered.
    Captcha,
}

/// Reason why a received token is not usable.
///
/// ```
/// use ra_core::desktop::login::{LoginError, LoginErrorKind, TokenFault};
///
/// let error = LoginError::Token(TokenFault::Empty);
/// assert_eq!(error.kind(), LoginErrorKind::Protocol);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// The session's key does not open it.
    Unopenable,
    /// It is not UTF-8.
    NotUtf8,
    /// It is empty.
    Empty,
    /// It holds characters that no token holds: white space, control or non-ASCII characters.
    Malformed,
}

/// Kind of failure, stable for scripts; `ra` has one exit code for each.
///
/// ```
/// use ra_core::desktop::login::LoginErrorKind;
///
/// fn exit_code(kind: LoginErrorKind) -> u8 {
///     match kind {
///         LoginErrorKind::Expired => 4,
///         LoginErrorKind::Captcha => 5,
///         _ => 1,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginErrorKind {
    /// The session's time was over.
    Expired,
    /// The gateway, or the service at the ticket exchange, refused us.
    Refused,
    /// The other side broke the protocol.
    Protocol,
    /// A captcha stands in the way.
    Captcha,
    /// Network, TLS or HTTP failed.
    Network,
    /// This machine failed: no key.
    Local,
}

impl LoginErrorKind {
    /// One word for logs and scripts.
    ///
    /// ```
    /// use ra_core::desktop::login::LoginErrorKind;
    ///
    /// assert_eq!(LoginErrorKind::Expired.as_str(), "expired");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Protocol => "protocol",
            Self::Captcha => "captcha",
            Self::Network => "network",
            Self::Local => "local",
        }
    }
}

impl LoginError {
    /// The kind of failure.
    ///
    /// ```
    /// use ra_core::desktop::login::{LoginError, LoginErrorKind};
    ///
    /// assert_eq!(LoginError::KeyTimeout.kind(), LoginErrorKind::Local);
    /// ```
    #[must_use]
    pub fn kind(&self) -> LoginErrorKind {
        match self {
            Self::Session(e) => session_kind(e),
            Self::Connect(e) if e.kind() == TransportErrorKind::NotAllowed => LoginErrorKind::Local,
            Self::Connect(_) => LoginErrorKind::Network,
            Self::Key(_) | Self::KeyTimeout => LoginErrorKind::Local,
            Self::Exchange(e) if e.kind() == HttpErrorKind::BadBody => LoginErrorKind::Protocol,
            Self::Exchange(e) if is_refusal(e) => LoginErrorKind::Refused,
            Self::Exchange(_) => LoginErrorKind::Network,
            Self::Token(_) => LoginErrorKind::Protocol,
            Self::Captcha => LoginErrorKind::Captcha,
        }
    }

    /// The party that caused the error.
    ///
    /// ```
    /// use ra_core::Fault;
    /// use ra_core::desktop::login::LoginError;
    ///
    /// assert_eq!(LoginError::KeyTimeout.fault(), Fault::Local);
    /// ```
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Session(e) => e.fault(),
            Self::Connect(e) => e.fault(),
            Self::Key(_) | Self::KeyTimeout => Fault::Local,
            Self::Exchange(e) => e.fault(),
            Self::Token(_) => Fault::Peer,
            Self::Captcha => Fault::Caller,
        }
    }

    /// Advice on trying again. After a failed exchange even `After` means a new session, after that wait: the ticket
    /// is used up.
    ///
    /// ```
    /// use ra_core::Retry;
    /// use ra_core::desktop::login::LoginError;
    ///
    /// assert_eq!(LoginError::KeyTimeout.retry(), Retry::Never);
    /// ```
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Session(e) => e.retry(),
            Self::Connect(e) => e.retry(),
            Self::Key(_) | Self::KeyTimeout => Retry::Never,
            Self::Exchange(e) => match e.retry() {
                Retry::After(wait) => Retry::After(wait),
                _ => Retry::NewSession,
            },
            Self::Token(_) => Retry::Never,
            Self::Captcha => Retry::NewSession,
        }
    }
}

/// The service itself said no, with one of its codes; a proxy's page or a 5xx is the way there.
fn is_refusal(error: &HttpError) -> bool {
    error.kind() == HttpErrorKind::Status
        && error.code().is_some()
        && error
            .status()
            .is_some_and(|status| status.is_client_error())
}

fn session_kind(error: &SessionError) -> LoginErrorKind {
    match error {
        SessionError::Expired => LoginErrorKind::Expired,
        SessionError::ProofRefused(_) => LoginErrorKind::Refused,
        SessionError::Silence { .. }
        | SessionError::HeartbeatMissed
        | SessionError::Lost { .. } => LoginErrorKind::Network,
        SessionError::Closed { .. } if error.fault() == Fault::Transport => LoginErrorKind::Network,
        SessionError::Closed { .. } => LoginErrorKind::Refused,
        _ => LoginErrorKind::Protocol,
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session(_) => "the session with the gateway failed",
            Self::Connect(_) => "the gateway could not be reached",
            Self::Key(_) => "no session key could be made",
            Self::KeyTimeout => "no session key was made in time",
            Self::Exchange(_) => "the ticket could not be exchanged for a token",
            Self::Token(TokenFault::Unopenable) => {
                "the token cannot be opened with the session's key"
            }
            Self::Token(TokenFault::NotUtf8) => "the token is not text",
            Self::Token(TokenFault::Empty) => "the token is empty",
            Self::Token(TokenFault::Malformed) => "the token holds characters that no token holds",
            Self::Captcha => "the service asks for a captcha and nobody answered it",
        })
    }
}

impl core::error::Error for LoginError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Session(e) => Some(e),
            Self::Connect(e) => Some(e),
            Self::Key(e) => Some(e),
            Self::Exchange(e) => Some(e),
            _ => None,
        }
    }
}
