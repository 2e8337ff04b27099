//! Reasons a driver or a key pool could not be started. Nothing has been sent or shown by then.

use std::{error::Error, fmt, io};

use ra_core::{Fault, Retry};
use ra_http::TransportError;

/// Reason something could not be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// `ra-tokio` was called outside of a tokio runtime.
    NoRuntime,
    /// TLS is needed and cannot be used: no trusted roots, or no usable configuration.
    Tls(TransportError),
    /// The operating system returned no random bytes.
    Entropy,
    /// The operating system did not start a thread.
    Thread(io::Error),
}

impl StartError {
    /// Returns the party at fault: the caller for a missing runtime, else this machine.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::NoRuntime => Fault::Caller,
            _ => Fault::Local,
        }
    }

    /// Returns whether to try again: never, because the same call would end the same way.
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
            Self::Thread(_) => "the system starts no thread",
        })
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Tls(error) => Some(error),
            Self::Thread(error) => Some(error),
            _ => None,
        }
    }
}
