//! Ctrl-C and SIGTERM as one future.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Requests to stop, caught from the moment this is made.
pub(crate) struct Stop {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl Stop {
    /// Starts to catch the signals; before, they end the process at once.
    ///
    /// # Errors
    /// When the system lets nobody catch them.
    pub(crate) fn catch() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next request.
    ///
    /// # Cancel safety
    /// Cancel safe: a signal that came meanwhile is seen by the next call.
    pub(crate) async fn requested(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            // nothing can be caught: never stop
            core::future::pending::<()>().await;
        }
    }
}
