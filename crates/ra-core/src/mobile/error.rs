//! Errors of an approval.

use core::fmt;

use ra_http::HttpError;

use crate::{Fault, Retry};

/// Reason why an approval failed.
///
/// ```
/// use ra_core::mobile::MobileError;
///
/// assert_eq!(MobileError::TooLate.to_string(), "the decision came too late");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum MobileError {
    /// The service did not take the fingerprint.
    Create(HttpError),
    /// The approval did not get through.
    Finish(HttpError),
    /// The refusal did not get through: the device finds out when its code expires.
    Cancel(HttpError),
    /// The second factor could not be checked.
    Mfa(HttpError),
    /// Too many wrong codes.
    MfaFailed,
    /// The person took longer than the handshake token lives.
    TooLate,
}

impl MobileError {
    /// The party that caused the error.
    ///
    /// ```
    /// use ra_core::Fault;
    /// use ra_core::mobile::MobileError;
    ///
    /// assert_eq!(MobileError::MfaFailed.fault(), Fault::Caller);
    /// ```
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Create(e) | Self::Finish(e) | Self::Cancel(e) | Self::Mfa(e) => e.fault(),
            Self::MfaFailed | Self::TooLate => Fault::Caller,
        }
    }

    /// Advice on trying again.
    ///
    /// ```
    /// use ra_core::Retry;
    /// use ra_core::mobile::MobileError;
    ///
    /// assert_eq!(MobileError::TooLate.retry(), Retry::NewSession);
    /// ```
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Create(e) | Self::Finish(e) | Self::Cancel(e) | Self::Mfa(e) => e.retry(),
            Self::MfaFailed | Self::TooLate => Retry::NewSession,
        }
    }

    /// The HTTP failure behind it, if there is one.
    ///
    /// ```
    /// use ra_core::mobile::MobileError;
    ///
    /// fn status(error: &MobileError) -> Option<u16> {
    ///     error.http()?.status().map(|status| status.as_u16())
    /// }
    /// # assert_eq!(status(&MobileError::TooLate), None);
    /// ```
    #[must_use]
    pub fn http(&self) -> Option<&HttpError> {
        match self {
            Self::Create(e) | Self::Finish(e) | Self::Cancel(e) | Self::Mfa(e) => Some(e),
            Self::MfaFailed | Self::TooLate => None,
        }
    }
}

impl fmt::Display for MobileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create(_) => "the service did not take the code",
            Self::Finish(_) => "the approval did not get through",
            Self::Cancel(_) => "the refusal did not get through",
            Self::Mfa(_) => "the second factor could not be checked",
            Self::MfaFailed => "too many wrong codes for the second factor",
            Self::TooLate => "the decision came too late",
        })
    }
}

impl core::error::Error for MobileError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.http().map(|e| e as _)
    }
}
