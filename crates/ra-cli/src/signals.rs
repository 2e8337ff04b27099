//! Signals as futures: Ctrl-C and SIGTERM ask to stop, SIGHUP asks to read files again.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::outcome::Failure;

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
    /// [`Kind::Local`](crate::outcome::Kind::Local) if the system refuses.
    pub(crate) fn catch() -> Result<Self, Failure> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt()).map_err(|error| refused(&error))?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate()).map_err(|error| refused(&error))?,
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

/// SIGHUP, caught from the moment this is made.
pub(crate) struct Sighup {
    #[cfg(unix)]
    signal: Signal,
}

impl Sighup {
    /// Starts to catch the signal; before, it ends the process at once.
    ///
    /// # Errors
    /// The errors of [`Stop::catch`].
    pub(crate) fn catch() -> Result<Self, Failure> {
        Ok(Self {
            #[cfg(unix)]
            signal: signal(SignalKind::hangup()).map_err(|error| refused(&error))?,
        })
    }

    /// Waits for the next signal; for ever on systems without SIGHUP.
    ///
    /// # Cancel safety
    /// Cancel safe, as [`Stop::requested`].
    pub(crate) async fn received(&mut self) {
        #[cfg(unix)]
        if self.signal.recv().await.is_some() {
            return;
        }
        core::future::pending().await
    }
}

#[cfg(unix)]
fn refused(error: &io::Error) -> Failure {
    Failure::local("cannot catch signals", error)
}
