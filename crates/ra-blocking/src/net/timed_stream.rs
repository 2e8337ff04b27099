//! A TCP connection whose every wait is bounded.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How long a write may wait for room on a watched connection. Frames are small and rare, so only a peer that reads
/// nothing at all makes a write wait.
const ROOM_WITHIN: Duration = Duration::from_millis(50);

/// A TCP connection. At first every read and write waits, until a fixed time; once [watched](TimedStream::watch),
/// neither does.
#[derive(Debug)]
pub(crate) struct TimedStream {
    tcp: TcpStream,
    mode: Mode,
}

#[derive(Debug)]
enum Mode {
    /// Reads and writes wait until this time.
    Until(Instant),
    /// Reads take what is there once each time the watcher has seen something.
    Watched { readable: bool },
}

impl TimedStream {
    pub(super) fn new(tcp: TcpStream, by: Instant) -> Self {
        // frames are small and each is waited for
        let _ = tcp.set_nodelay(true);
        Self {
            tcp,
            mode: Mode::Until(by),
        }
    }

    /// From now on reads answer [`ErrorKind::WouldBlock`] until [`TimedStream::readable`] is called. The watcher waits
    /// on the handle that this returns.
    pub(crate) fn watch(&mut self) -> Result<TcpStream> {
        // a read is only tried when something is there: a limit would hit only the watcher
        self.tcp.set_read_timeout(None)?;
        self.tcp.set_write_timeout(Some(ROOM_WITHIN))?;
        self.mode = Mode::Watched { readable: false };
        self.tcp.try_clone()
    }

    /// The watcher has seen something to read, which may be the end.
    pub(crate) fn readable(&mut self) {
        if let Mode::Watched { readable } = &mut self.mode {
            *readable = true;
        }
    }
}

impl Read for TimedStream {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        match &mut self.mode {
            Mode::Until(by) => uninterrupted(|| {
                self.tcp.set_read_timeout(Some(left(*by)?))?;
                self.tcp.read(into).map_err(timed_out)
            }),
            Mode::Watched { readable } => {
                if !std::mem::take(readable) {
                    return Err(ErrorKind::WouldBlock.into());
                }
                uninterrupted(|| self.tcp.read(into))
            }
        }
    }
}

impl Write for TimedStream {
    fn write(&mut self, from: &[u8]) -> Result<usize> {
        match self.mode {
            Mode::Until(by) => uninterrupted(|| {
                self.tcp.set_write_timeout(Some(left(by)?))?;
                self.tcp.write(from).map_err(timed_out)
            }),
            Mode::Watched { .. } => match uninterrupted(|| self.tcp.write(from)) {
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

/// Returns whether a wait on a [`TimedStream`] timed out.
pub(super) fn is_timeout(error: &Error) -> bool {
    error.kind() == ErrorKind::TimedOut
}

/// The time left until `by`. Never zero, which the system takes for no limit at all.
fn left(by: Instant) -> Result<Duration> {
    let left = by.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(left.max(Duration::from_millis(1)))
}

/// Tries again when a signal that the program handles wakes a wait early.
fn uninterrupted(mut attempt: impl FnMut() -> Result<usize>) -> Result<usize> {
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Systems use one of two error kinds for a read or write that took too long.
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

    fn pair(within: Duration) -> (TimedStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let by = Instant::now() + within;
        (TimedStream::new(ours, by), listener.accept().unwrap().0)
    }

    #[test]
    fn r19_a_read_waits_until_its_time_and_no_longer() {
        let (mut stream, mut peer) = pair(Duration::from_millis(30));
        peer.write_all(b"x").unwrap();
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 1);
        assert!(is_timeout(&stream.read(&mut [0]).unwrap_err()));
        // and what comes too late is not read any more
        peer.write_all(b"x").unwrap();
        assert!(is_timeout(&stream.read(&mut [0]).unwrap_err()));
        assert!(is_timeout(&stream.write(b"x").unwrap_err()));
    }

    #[test]
    fn r19_a_write_to_a_peer_that_does_not_read_ends_in_time() {
        let (mut stream, _peer) = pair(Duration::from_millis(100));
        let error = loop {
            if let Err(error) = stream.write(&[0; 65536]) {
                break error;
            }
        };
        assert!(is_timeout(&error));
    }

    #[test]
    fn a_watched_stream_reads_once_for_each_sight_and_never_waits() {
        let (mut stream, mut peer) = pair(Duration::from_secs(20));
        let handle = stream.watch().unwrap();
        let blocked = |stream: &mut TimedStream| stream.read(&mut [0]).unwrap_err().kind();
        assert_eq!(blocked(&mut stream), ErrorKind::WouldBlock);
        peer.write_all(b"ab").unwrap();
        assert_eq!(
            blocked(&mut stream),
            ErrorKind::WouldBlock,
            "nobody has seen it"
        );
        assert!(handle.peek(&mut [0]).unwrap() > 0);
        stream.readable();
        assert_eq!(stream.read(&mut [0]).unwrap(), 1);
        assert_eq!(blocked(&mut stream), ErrorKind::WouldBlock, "seen once");
        drop(peer);
        stream.readable();
        assert_eq!(stream.read(&mut [0; 8]).unwrap(), 1);
        handle.peek(&mut [0]).unwrap();
        stream.readable();
        assert_eq!(
            stream.read(&mut [0]).unwrap(),
            0,
            "the end is seen like anything else"
        );
    }

    #[test]
    fn a_watched_stream_without_room_says_so() {
        let (mut stream, _peer) = pair(Duration::from_secs(20));
        stream.watch().unwrap();
        let error = loop {
            if let Err(error) = stream.write(&[0; 65536]) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }
}
