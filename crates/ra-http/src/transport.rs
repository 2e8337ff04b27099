//! Errors of carriers: no HTTP reply came, or no WebSocket opened.

use core::{error::Error, fmt, time::Duration};

use crate::{Fault, MAX_RETRY_AFTER, Retry};

/// How long to wait before a retry when the peer did not say.
pub(crate) const FALLBACK_WAIT: Duration = Duration::from_secs(5);

/// Bytes did not get through. Made by carriers.
///
/// `Display` is one line without any text of the peer; the cause, if there is one, is in [`Error::source`].
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// Kind of a [`TransportError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host name has no usable address.
    Resolve,
    /// No TCP connection.
    Connect,
    /// TLS failed: wrong certificate, wrong name, no TLS at the other end.
    Tls,
    /// The peer answered the WebSocket upgrade with something else than 101, redirects included.
    #[non_exhaustive]
    Upgrade {
        /// The HTTP status of the answer.
        status: u16,
        /// How long the peer asks to wait.
        retry_after: Option<Duration>,
    },
    /// It took longer than allowed.
    Timeout,
    /// The connection broke, or the reply was not HTTP or had a head over the limit.
    Lost,
    /// A response body over its cap; the rest was not read.
    BodyTooLarge,
    /// Refused before any connection: plaintext to another machine, an address that is no URL.
    NotAllowed,
    /// The proxy could not be reached or would not connect us.
    Proxy,
    /// The proxy wants credentials, or other ones.
    ProxyCredentials,
}

impl TransportError {
    /// An error without a cause.
    #[must_use]
    pub fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// An error with its cause. The cause must not hold text of the peer.
    pub fn with_source(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: Some(source.into()),
        }
    }

    /// The kind of error.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// How long the peer asked to wait, when it refused an upgrade.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self.kind {
            TransportErrorKind::Upgrade { retry_after, .. } => retry_after,
            _ => None,
        }
    }

    /// The party that caused the error.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self.kind {
            TransportErrorKind::NotAllowed => Fault::Caller,
            TransportErrorKind::Upgrade { .. } | TransportErrorKind::BodyTooLarge => Fault::Peer,
            _ => Fault::Transport,
        }
    }

    /// Advice on trying again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self.kind {
            TransportErrorKind::Resolve
            | TransportErrorKind::Connect
            | TransportErrorKind::Timeout
            | TransportErrorKind::Lost
            | TransportErrorKind::Proxy => Retry::After(FALLBACK_WAIT),
            TransportErrorKind::Upgrade {
                status,
                retry_after,
            } => refused_with(status, retry_after),
            TransportErrorKind::Tls
            | TransportErrorKind::BodyTooLarge
            | TransportErrorKind::NotAllowed
            | TransportErrorKind::ProxyCredentials => Retry::Never,
        }
    }
}

impl TransportErrorKind {
    /// A refused upgrade; waits over [`MAX_RETRY_AFTER`] are clamped.
    #[must_use]
    pub fn upgrade(status: u16, retry_after: Option<Duration>) -> Self {
        Self::Upgrade {
            status,
            retry_after: retry_after.map(|wait| wait.min(MAX_RETRY_AFTER)),
        }
    }
}

/// The advice that a refusing status gives: 429 and 5xx pass, the rest stays.
pub(crate) fn refused_with(status: u16, retry_after: Option<Duration>) -> Retry {
    match (status, retry_after) {
        (_, Some(wait)) => Retry::After(wait),
        (429 | 500.., None) => Retry::After(FALLBACK_WAIT),
        _ => Retry::Never,
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Resolve => "the host name has no usable address",
            TransportErrorKind::Connect => "no connection",
            TransportErrorKind::Tls => "no secure connection",
            TransportErrorKind::Upgrade { status, .. } => {
                return write!(f, "the upgrade was refused with status {status}");
            }
            TransportErrorKind::Timeout => "no answer in time",
            TransportErrorKind::Lost => "the connection was lost",
            TransportErrorKind::BodyTooLarge => "the response is too large",
            TransportErrorKind::NotAllowed => "the address is not allowed",
            TransportErrorKind::Proxy => "the proxy did not connect",
            TransportErrorKind::ProxyCredentials => "the proxy wants credentials, or other ones",
        })
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
