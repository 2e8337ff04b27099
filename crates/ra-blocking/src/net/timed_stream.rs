//! A TCP connection whose every wait is bounded.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How long a write may wait for room on a connection that is attended. Frames are small and far between: only a peer
/// that reads nothing at all makes one wait.
const ROOM_WITHIN: Duration = Duration::from_millis(50);

/// A connection. At first every read and write waits, until a fixed time; once [attended](Wire::attend), neither does.
#[derive(Debug)]
pub(crate) struct Wire {
    tcp: TcpStream,
    mode: Mode,
}

#[derive(Debug)]
enum Mode {
    /// Waits, until then.
    Until(Instant),
    /// Reads once after each time that somebody saw the connection become readable.
    Attended { readable: bool },
}

impl Wire {
    pub(super) fn new(tcp: TcpStream, by: Instant) -> Self {
        // frames are small and each is waited for
        let _ = tcp.set_nodelay(true);
        Self {
            tcp,
            mode: Mode::Until(by),
        }
    }

    /// From now on reads only what is there: nothing, with [`ErrorKind::WouldBlock`], until [`Wire::readable`] says so.
    /// The handle is for whoever waits for that.
    pub(crate) fn attend(&mut self) -> Result<TcpStream> {
        // a read finds something whenever it is tried: its limit would hit the waiting handle alone
        self.tcp.set_read_timeout(None)?;
        self.tcp.set_write_timeout(Some(ROOM_WITHIN))?;
        self.mode = Mode::Attended { readable: false };
        self.tcp.try_clone()
    }

    /// Somebody has seen that there is something to read, the end included.
    pub(crate) fn readable(&mut self) {
        if let Mode::Attended { readable } = &mut self.mode {
            *readable = true;
        }
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        match &mut self.mode {
            Mode::Until(by) => uninterrupted(|| {
                self.tcp.set_read_timeout(Some(left(*by)?))?;
                self.tcp.read(into).map_err(timed_out)
            }),
            Mode::Attended { readable } => {
                if !std::mem::take(readable) {
                    return Err(ErrorKind::WouldBlock.into());
                }
                uninterrupted(|| self.tcp.read(into))
            }
        }
    }
}

impl Write for Wire {
    fn write(&mut self, from: &[u8]) -> Result<usize> {
        match self.mode {
            Mode::Until(by) => uninterrupted(|| {
                self.tcp.set_write_timeout(Some(left(by)?))?;
                self.tcp.write(from).map_err(timed_out)
            }),
            Mode::Attended { .. } => match uninterrupted(|| self.tcp.write(from)) {
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    Err(ErrorKind::WouldBlock.into())
                }
                written => written,
            },
        }
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Whether a wait on a [`Wire`] took too long.
pub(super) fn is_timeout(error: &Error) -> bool {
    error.kind() == ErrorKind::TimedOut
}

/// How long there is until `by`: never zero, which the system takes for no limit at all.
fn left(by: Instant) -> Result<Duration> {
    let left = by.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(left.max(Duration::from_millis(1)))
}

/// Signals that the program handles may wake a wait early.
fn uninterrupted(mut attempt: impl FnMut() -> Result<usize>) -> Result<usize> {
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Systems differ in what they call a read or write that took too long.
fn timed_out(error: Error) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn pair(within: Duration) -> (Wire, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let by = Instant::now() + within;
        (Wire::new(ours, by), listener.accept().unwrap().0)
    }

    #[test]
    fn r19_a_read_waits_until_its_time_and_no_longer() {
        let (mut wire, mut peer) = pair(Duration::from_millis(30));
        peer.write_all(b"x").unwrap();
        assert_eq!(wire.read(&mut [0; 8]).unwrap(), 1);
        assert!(is_timeout(&wire.read(&mut [0]).unwrap_err()));
        // and what comes too late is not read any more
        peer.write_all(b"x").unwrap();
        assert!(is_timeout(&wire.read(&mut [0]).unwrap_err()));
        assert!(is_timeout(&wire.write(b"x").unwrap_err()));
    }

    #[test]
    fn r19_a_write_to_a_peer_that_does_not_read_ends_in_time() {
        let (mut wire, _peer) = pair(Duration::from_millis(100));
        let error = loop {
            if let Err(error) = wire.write(&[0; 65536]) {
                break error;
            }
        };
        assert!(is_timeout(&error));
    }

    #[test]
    fn an_attended_wire_reads_once_for_each_sight_and_never_waits() {
        let (mut wire, mut peer) = pair(Duration::from_secs(20));
        let handle = wire.attend().unwrap();
        let blocked = |wire: &mut Wire| wire.read(&mut [0]).unwrap_err().kind();
        assert_eq!(blocked(&mut wire), ErrorKind::WouldBlock);
        peer.write_all(b"ab").unwrap();
        assert_eq!(
            blocked(&mut wire),
            ErrorKind::WouldBlock,
            "nobody has seen it"
        );
        assert!(handle.peek(&mut [0]).unwrap() > 0);
        wire.readable();
        assert_eq!(wire.read(&mut [0]).unwrap(), 1);
        assert_eq!(blocked(&mut wire), ErrorKind::WouldBlock, "seen once");
        drop(peer);
        wire.readable();
        assert_eq!(wire.read(&mut [0; 8]).unwrap(), 1);
        handle.peek(&mut [0]).unwrap();
        wire.readable();
        assert_eq!(
            wire.read(&mut [0]).unwrap(),
            0,
            "the end is seen like anything else"
        );
    }

    #[test]
    fn an_attended_wire_without_room_says_so() {
        let (mut wire, _peer) = pair(Duration::from_secs(20));
        wire.attend().unwrap();
        let error = loop {
            if let Err(error) = wire.write(&[0; 65536]) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }
}
