//! How a subcommand ends that does not bring what was asked for.

use crate::failure::Failure;

/// None is an error line but the last.
#[derive(Debug)]
pub(super) enum End {
    /// The person said no.
    Declined,
    /// Ctrl-C or SIGTERM.
    Cancelled,
    /// The same while something was under way that works once: nobody knows what became of it.
    CancelledUnanswered,
    /// Everything else.
    Failed(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
