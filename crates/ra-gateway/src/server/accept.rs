//! Accepts connections, and goes on when the system runs out of files.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::observe::reason::Refusal;
use crate::shared::Shared;

/// First and longest pause after the system had no free file. Sessions end all the time, and each
/// frees a file.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Too many open files in this process, and in the whole system; alike on all Unix systems.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// Reason the system had no connection to give.
fn refusal(error: &io::Error) -> Refusal {
    match error.raw_os_error() {
        Some(EMFILE) if cfg!(unix) => Refusal::NoFiles,
        Some(ENFILE) if cfg!(unix) => Refusal::NoSystemFiles,
        _ => Refusal::NotAccepted,
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
                    self.shared.metrics.refused(refusal(&error));
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
            (Errno::MFILE, Refusal::NoFiles),
            (Errno::NFILE, Refusal::NoSystemFiles),
            (Errno::NOMEM, Refusal::NotAccepted),
        ] {
            assert_eq!(refusal(&io::Error::from(errno)), expected);
        }
    }

    #[test]
    fn r55_pauses_grow_and_have_an_end() {
        let pauses = std::iter::successors(Some(FIRST_PAUSE), |pause| Some(longer(*pause)));
        let pauses: Vec<u128> = pauses.take(10).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000]);
    }
}
