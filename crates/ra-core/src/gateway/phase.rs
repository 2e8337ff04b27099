//! Phases of a gateway session.

use crate::machine::display_as_debug;

/// The phase of a gateway session.
///
/// ```
/// use ra_core::gateway::Phase;
///
/// assert_eq!(Phase::Scanned.to_string(), "Scanned");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// `hello` is out, the desktop's key is awaited.
    AwaitInit,
    /// The sealed nonce is out, the proof is awaited.
    AwaitProof,
    /// The fingerprint is out, a phone is awaited.
    AwaitScan,
    /// A phone has scanned, its owner's verdict is awaited.
    Scanned,
    /// Ended.
    Ended,
}

display_as_debug!(Phase);
