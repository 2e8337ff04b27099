//! Phases of a login.

use core::fmt;

use crate::desktop::session;

/// The phase of a login.
///
/// ```
/// use ra_core::desktop::login::Phase;
///
/// assert_eq!(Phase::AwaitCaptcha.to_string(), "AwaitCaptcha");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Socket and key are under way.
    Opening,
    /// In a session of this phase.
    InSession(session::Phase),
    /// Between two tries.
    Waiting,
    /// The person has approved, the ticket is being exchanged.
    Exchanging,
    /// A captcha waits for the person.
    AwaitCaptcha,
    /// Ended.
    Ended,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InSession(phase) => write!(f, "{phase}"),
            phase => write!(f, "{phase:?}"),
        }
    }
}
