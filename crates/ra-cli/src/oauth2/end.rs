//! How a subcommand ends that does not bring what was asked for.

use crate::failure::Failure;

/// Neither is an error line of the first two.
#[derive(Debug)]
pub(super) enum End {
    /// The person said no.
    Declined,
    /// Ctrl-C or SIGTERM.
    Cancelled,
    /// Everything else.
    Failed(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
