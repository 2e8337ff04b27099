//! How a device flow fails, and how a caller can be wrong.

use core::{error::Error, fmt};

use ra_http::HttpError;

/// Why a device flow ended without a decision.
#[derive(Debug)]
#[non_exhaustive]
pub enum DeviceError {
    /// The codes have expired: ask for new ones (O-133).
    Expired,
    /// A poll was refused for good, its answer cannot be read, or no poll gets through as things are set up (TLS, an
    /// address that is not allowed); [`error::advice`](crate::error::advice) knows what to do (O-135).
    Refused(HttpError),
}

/// A command came when the machine could not take it. Depends on the caller's own calls only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misuse {
    /// The flow has ended.
    Ended,
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "the device code has expired",
            Self::Refused(_) => "the service refused to answer for the device code",
        })
    }
}

impl Error for DeviceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Expired => None,
        }
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "the device flow has ended",
        })
    }
}

impl Error for Misuse {}
