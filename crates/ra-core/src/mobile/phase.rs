//! Phases of a phone's approval.

use crate::machine::display_as_debug;

/// How far an approval is.
///
/// ```
/// use ra_core::mobile::Phase;
///
/// assert_eq!(Phase::AwaitDecision.to_string(), "AwaitDecision");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The service is being asked about the fingerprint.
    Creating,
    /// The person decides.
    AwaitDecision,
    /// The yes is under way.
    Finishing,
    /// The person answers the second factor.
    AwaitMfa,
    /// The second factor is being checked.
    AnsweringMfa,
    /// The no is under way.
    Cancelling,
    /// Ended.
    Ended,
}

display_as_debug!(Phase);
