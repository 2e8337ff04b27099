//! Takes connections from a listener, whatever the system says.

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

use crate::base::lock::lock;
use crate::shared::Shared;

/// How long to wait when the system has nothing to give: at first, and at most. Sessions end all the
/// time, and with each a file is free again.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long a failure counts if nothing comes after it: while it lasts, there is another one at
/// least at each pause.
const FAILING: Duration = Duration::from_secs(5);

/// Too many open files in this process, and in the whole system; alike on all Unix systems.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// Why a connection could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exhausted {
    /// This process may not have more files open.
    Files,
    /// The system has no more files to give.
    SystemFiles,
    /// Anything else, memory for one.
    Other,
}

impl From<&io::Error> for Exhausted {
    fn from(error: &io::Error) -> Self {
        match error.raw_os_error() {
            Some(EMFILE) if cfg!(unix) => Self::Files,
            Some(ENFILE) if cfg!(unix) => Self::SystemFiles,
            _ => Self::Other,
        }
    }
}

/// Whether the system had a connection to give when one was to be taken last.
#[derive(Debug, Default)]
pub(crate) struct Accepting(Mutex<Option<Instant>>);

impl Accepting {
    /// Whether none could be taken a moment ago, and none was since.
    pub(crate) fn is_failing(&self) -> bool {
        let failed = *lock(&self.0);
        failed.is_some_and(|at| at.elapsed() < FAILING)
    }

    fn failed(&self) {
        *lock(&self.0) = Some(Instant::now());
    }

    fn succeeded(&self) {
        *lock(&self.0) = None;
    }
}

/// Connections, one after the other.
pub(crate) struct Accept<'a> {
    listener: &'a TcpListener,
    shared: &'a Shared,
    pause: Duration,
}

impl<'a> Accept<'a> {
    pub(crate) fn new(listener: &'a TcpListener, shared: &'a Shared) -> Self {
        Self {
            listener,
            shared,
            pause: FIRST_PAUSE,
        }
    }

    /// The next connection. While there is none to be had, it is counted, told and waited for.
    pub(crate) async fn next(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(accepted) => {
                    self.pause = FIRST_PAUSE;
                    self.shared.accepting.succeeded();
                    return accepted;
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    self.shared.accepting.failed();
                    self.shared.metrics.not_accepted((&error).into());
                    sleep(self.pause).await;
                    self.pause = longer(self.pause);
                }
            }
        }
    }
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).min(LONGEST_PAUSE)
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn r55_the_numbers_are_those_of_this_system() {
        use rustix::io::Errno;

        for (errno, expected) in [
            (Errno::MFILE, Exhausted::Files),
            (Errno::NFILE, Exhausted::SystemFiles),
            (Errno::NOMEM, Exhausted::Other),
        ] {
            assert_eq!(Exhausted::from(&io::Error::from(errno)), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn r55_a_failure_counts_until_a_connection_comes_or_for_a_while() {
        let accepting = Accepting::default();
        assert!(!accepting.is_failing());
        accepting.failed();
        tokio::time::advance(LONGEST_PAUSE).await;
        assert!(accepting.is_failing(), "before the next attempt");
        accepting.succeeded();
        assert!(!accepting.is_failing());
        accepting.failed();
        tokio::time::advance(FAILING).await;
        assert!(!accepting.is_failing());
    }

    #[test]
    fn r55_pauses_grow_and_have_an_end() {
        let pauses = std::iter::successors(Some(FIRST_PAUSE), |pause| Some(longer(*pause)));
        let pauses: Vec<u128> = pauses.take(10).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000]);
    }
}
