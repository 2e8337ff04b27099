//! A connection that hears no complaint about what it sends.

use std::io::{Error, ErrorKind, Read, Result, Write};

/// A connection whose failed write shows where it is read, after what the peer said before it hung up. What is written
/// after it is swallowed.
pub(super) struct Deaf<S> {
    pub(super) stream: S,
    failed: Failed,
}

enum Failed {
    No,
    Untold(Error),
    Told,
}

impl<S> Deaf<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            failed: Failed::No,
        }
    }

    /// What comes of a write, or of what a write left to do.
    fn written(&mut self, result: Result<usize>, swallowed: usize) -> Result<usize> {
        match result {
            // a connection that is still under way is not connected on some systems
            Err(error) if error.kind() == ErrorKind::NotConnected => {
                Err(ErrorKind::WouldBlock.into())
            }
            Err(error) if !is_wait(&error) => {
                self.failed = Failed::Untold(error);
                Ok(swallowed)
            }
            result => result,
        }
    }
}

impl<S: Read> Read for Deaf<S> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let read = loop {
            match self.stream.read(into) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        match read {
            Err(error) if is_wait(&error) => Err(error),
            ended @ (Ok(0) | Err(_)) => match std::mem::replace(&mut self.failed, Failed::Told) {
                Failed::Untold(earlier) => Err(earlier),
                _ => ended,
            },
            read => read,
        }
    }
}

impl<S: Write> Write for Deaf<S> {
    fn write(&mut self, from: &[u8]) -> Result<usize> {
        if !matches!(self.failed, Failed::No) {
            return Ok(from.len());
        }
        let written = loop {
            match self.stream.write(from) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                written => break written,
            }
        };
        self.written(written, from.len())
    }

    fn flush(&mut self) -> Result<()> {
        if !matches!(self.failed, Failed::No) {
            return Ok(());
        }
        let flushed = self.stream.flush().map(|()| 0);
        self.written(flushed, 0).map(drop)
    }
}

/// Whether it may go better later. What took too long on a connection that waits counts: its owner may try again.
fn is_wait(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
