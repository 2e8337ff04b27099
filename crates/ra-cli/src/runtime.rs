//! Starts a tokio runtime for a command.

use core::future::Future;
use std::io;

use tokio::runtime::{Builder, Runtime};

use crate::outcome::{Exit, Failure, Kind};

/// A runtime for one login: keys are generated on threads of their own.
pub(crate) fn one_thread() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// A runtime for a server.
pub(crate) fn all_threads() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

/// Runs the future to its end. Does not wait for workers that are still busy then, such as a key that nobody needs any
/// more or a name being resolved.
pub(crate) fn block_on(
    runtime: io::Result<Runtime>,
    future: impl Future<Output = Result<Exit, Failure>>,
) -> Result<Exit, Failure> {
    let runtime = runtime
        .map_err(|error| Failure::new(Kind::Local, format!("cannot start a runtime: {error}")))?;
    let ended = runtime.block_on(future);
    runtime.shutdown_background();
    ended
}
