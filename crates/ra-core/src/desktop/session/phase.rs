//! Phases of a desktop session.

use crate::machine::display_as_debug;

/// The phase of a desktop session.
///
/// ```
/// use ra_core::desktop::session::Phase;
///
/// assert!(Phase::AwaitHello < Phase::AwaitVerdict); // in the order of a session
/// assert_eq!(Phase::AwaitScan.to_string(), "AwaitScan");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// The socket is open, `hello` is awaited.
    AwaitHello,
    /// Our key is out, the challenge is awaited.
    AwaitNonce,
    /// Our proof is out, the fingerprint is awaited.
    AwaitInit,
    /// The QR is on the screen, a phone is awaited.
    AwaitScan,
    /// Somebody has scanned, the verdict is awaited.
    AwaitVerdict,
    /// Ended.
    Ended,
}

display_as_debug!(Phase);
