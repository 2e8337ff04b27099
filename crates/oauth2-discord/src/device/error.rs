//! Failures of a device flow, and misuse by the caller.

use core::{error::Error, fmt};

use ra_http::HttpError;

/// Reason a device flow ended without a decision.
#[derive(Debug)]
#[non_exhaustive]
pub enum DeviceError {
    /// The codes have expired: ask for new ones (O-133).
    Expired,
    /// A poll was refused permanently, its answer cannot be read, or no poll can get through (TLS, a forbidden
    /// address); [`error::advice`](crate::error::advice) gives advice (O-135).
    Refused(HttpError),
}

/// A command in the wrong state. It depends only on the caller's own calls.
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
