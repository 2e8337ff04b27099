//! A connection that reports a failed write at a later read.

use std::io::{Error, ErrorKind, Read, Result, Write};

/// A connection whose failed write is reported by a later read, after what the peer said before it hung up. Later
/// writes are dropped.
pub(super) struct DeferredWrite<S> {
    pub(super) stream: S,
    failed: Failed,
}

/// State of a failed write.
enum Failed {
    No,
    Unreported(Error),
    Reported,
}

impl<S> DeferredWrite<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            failed: Failed::No,
        }
    }

    /// The result of a write or a flush; a failure counts as `dropped` bytes written.
    fn written(&mut self, result: Result<usize>, dropped: usize) -> Result<usize> {
        match result {
            // some systems return this while the connection is still being opened
            Err(error) if error.kind() == ErrorKind::NotConnected => {
                Err(ErrorKind::WouldBlock.into())
            }
            Err(error) if !is_wait(&error) => {
                self.failed = Failed::Unreported(error);
                Ok(dropped)
            }
            result => result,
        }
    }
}

impl<S: Read> Read for DeferredWrite<S> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let read = loop {
            match self.stream.read(into) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        match read {
            Err(error) if is_wait(&error) => Err(error),
            ended @ (Ok(0) | Err(_)) => match std::mem::replace(&mut self.failed, Failed::Reported)
            {
                Failed::Unreported(earlier) => Err(earlier),
                _ => ended,
            },
            read => read,
        }
    }
}

impl<S: Write> Write for DeferredWrite<S> {
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

/// Returns whether a retry may succeed. The timeout of a blocking connection counts, because its owner may retry.
fn is_wait(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
