//! SIGHUP as a future.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Requests to read the accounts again, caught from the moment this is made.
pub(super) struct Hangups {
    #[cfg(unix)]
    hangup: Signal,
}

impl Hangups {
    /// Starts to catch the signal; before, it ends the process at once.
    ///
    /// # Errors
    /// When the system lets nobody catch it.
    pub(super) fn catch() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next one; for ever on systems without.
    ///
    /// # Cancel safety
    /// Cancel safe: a signal that came meanwhile is seen by the next call.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        if self.hangup.recv().await.is_some() {
            return;
        }
        core::future::pending().await
    }
}
