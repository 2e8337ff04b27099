//! Events of the desktop, for the person at the screen.

use alloc::string::String;
use core::time::Duration;

#[cfg(feature = "http")]
use ra_http::CaptchaChallenge;
use ra_proto::{ScanUrl, User};

/// An event for the person at the screen. A [`Session`](super::Session) emits those of one socket, a `Login` all of
/// them.
///
/// ```
/// use ra_core::desktop::Event;
///
/// fn on_the_screen(event: &Event) -> Option<String> {
///     match event {
///         Event::Qr { url, expires_in } => Some(format!("draw {url}, valid for {} s", expires_in.as_secs())),
///         Event::User(user) => Some(format!("{} is deciding", user.username)),
///         Event::Renewing { reason, .. } => Some(format!("a new code follows ({})", reason.as_str())),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Show this as a QR code; it replaces the one before.
    Qr {
        /// The content of the code.
        url: ScanUrl,
        /// How long it is valid.
        expires_in: Duration,
    },
    /// Somebody has scanned the code: show who, before the verdict. Comes again for another scan (R-15).
    User(User),
    /// The service asks for a captcha: answer with `solve_captcha`, or `give_up_captcha`.
    #[cfg(feature = "http")]
    Captcha(CaptchaChallenge),
    /// The QR code shown is dead; another will follow.
    Renewing {
        /// Why.
        reason: RenewReason,
        /// How long until the next try starts.
        delay: Duration,
    },
    /// The gateway sent a frame with an op that this version does not know (R-03): the op's first 64 characters. At
    /// most 32 of these are reported per session.
    UnknownOp(String),
}

impl Event {
    /// The event in a few words, for logs. Nothing in it comes from a peer.
    #[must_use]
    pub const fn summary(&self) -> &'static str {
        match self {
            Self::Qr { .. } => "a code can be shown",
            Self::User(_) => "the code was scanned",
            #[cfg(feature = "http")]
            Self::Captcha(_) => "a captcha is asked for",
            Self::Renewing { .. } => "starting anew",
            Self::UnknownOp(_) => "the gateway said something unknown",
        }
    }
}

/// Reason why a login starts anew (R-21).
///
/// ```
/// use ra_core::desktop::RenewReason;
///
/// fn is_worth_a_line(reason: RenewReason) -> bool {
///     reason != RenewReason::Expired // a code that nobody has scanned is no news
/// }
/// ```
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
    ///
    /// ```
    /// use ra_core::desktop::RenewReason;
    ///
    /// assert_eq!(RenewReason::Dead.as_str(), "dead");
    /// ```
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
