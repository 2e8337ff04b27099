//! Why a driver or a pool could not be started. Nothing was sent and nothing shown to anybody by then.

use std::{error::Error, fmt, io};

use ra_core::{Fault, Retry};
use ra_http::TransportError;

/// Why something could not be started.
///
/// ```
/// use ra_blocking::StartError;
///
/// assert_eq!(StartError::Entropy.to_string(), "the system gives no random bytes");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// TLS is needed and cannot be spoken: no roots of trust, no usable configuration.
    Tls(TransportError),
    /// The operating system gives no random bytes.
    Entropy,
    /// The operating system starts no thread.
    Thread(io::Error),
}

impl StartError {
    /// Whose fault it is: this machine's.
    ///
    /// ```
    /// use ra_blocking::StartError;
    /// use ra_core::Fault;
    ///
    /// assert_eq!(StartError::Entropy.fault(), Fault::Local);
    /// ```
    #[must_use]
    pub fn fault(&self) -> Fault {
        Fault::Local
    }

    /// What now: the same call would end the same way.
    ///
    /// ```
    /// use ra_blocking::StartError;
    /// use ra_core::Retry;
    ///
    /// assert_eq!(StartError::Entropy.retry(), Retry::Never);
    /// ```
    #[must_use]
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls(_) => "no secure connection could be made from this machine",
            Self::Entropy => "the system gives no random bytes",
            Self::Thread(_) => "the system starts no thread",
        })
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Tls(error) => Some(error),
            Self::Thread(error) => Some(error),
            Self::Entropy => None,
        }
    }
}
