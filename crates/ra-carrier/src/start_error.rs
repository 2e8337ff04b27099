//! Why a driver or a pool could not be started. Nothing was sent and nothing shown to anybody by then.

use std::{error::Error, fmt};

use ra_core::{Fault, Retry};
use ra_http::TransportError;

/// Why something could not be started.
///
/// ```
/// use ra_crypto::RustCrypto;
/// use ra_tokio::{Keys, Login, LoginOptions, StartError};
///
/// let outside_of_a_runtime = Login::start(LoginOptions::new(Keys::new(RustCrypto)));
/// assert!(matches!(outside_of_a_runtime, Err(StartError::NoRuntime)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// There is no tokio runtime here.
    NoRuntime,
    /// TLS is needed and cannot be spoken: no roots of trust, no usable configuration.
    Tls(TransportError),
    /// The operating system gives no random bytes.
    Entropy,
}

impl StartError {
    /// Whose fault it is: the caller's for a missing runtime, else this machine's.
    ///
    /// ```
    /// use ra_core::Fault;
    /// use ra_tokio::StartError;
    ///
    /// assert_eq!(StartError::NoRuntime.fault(), Fault::Caller);
    /// ```
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::NoRuntime => Fault::Caller,
            Self::Tls(_) | Self::Entropy => Fault::Local,
        }
    }

    /// What now: the same call would end the same way.
    ///
    /// ```
    /// use ra_core::Retry;
    /// use ra_tokio::StartError;
    ///
    /// assert_eq!(StartError::NoRuntime.retry(), Retry::Never);
    /// ```
    #[must_use]
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRuntime => "there is no tokio runtime here",
            Self::Tls(_) => "no secure connection could be made from this machine",
            Self::Entropy => "the system gives no random bytes",
        })
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Tls(error) => Some(error),
            _ => None,
        }
    }
}
