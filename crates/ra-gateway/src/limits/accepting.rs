//! State of accepting: whether the last attempt failed for lack of system resources.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::base::lock::lock;

/// A failure counts for this long if nothing follows it. While it lasts, accepting fails again
/// after each pause.
const FAILING: Duration = Duration::from_secs(5);

/// Time of the last failure, if no connection was accepted since.
#[derive(Debug, Default)]
pub(crate) struct Accepting(Mutex<Option<Instant>>);

impl Accepting {
    /// Returns true if accepting failed a moment ago and has not succeeded since.
    pub(crate) fn is_failing(&self) -> bool {
        let failed = *lock(&self.0);
        failed.is_some_and(|at| at.elapsed() < FAILING)
    }

    pub(crate) fn failed(&self) {
        *lock(&self.0) = Some(Instant::now());
    }

    pub(crate) fn succeeded(&self) {
        *lock(&self.0) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn r55_a_failure_counts_until_a_connection_comes_or_for_a_while() {
        let accepting = Accepting::default();
        assert!(!accepting.is_failing());
        accepting.failed();
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(accepting.is_failing(), "before the next attempt");
        accepting.succeeded();
        assert!(!accepting.is_failing());
        accepting.failed();
        tokio::time::advance(FAILING).await;
        assert!(!accepting.is_failing());
    }
}
