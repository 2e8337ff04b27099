//! One type for a connection with TLS and one without.

use std::io::{Read, Result, Write};
use std::net::TcpStream;

use ra_carrier::rustls::{ClientConnection, StreamOwned};

use super::wire::Wire;

/// An open connection.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Wire),
    Tls(Box<StreamOwned<ClientConnection, Wire>>),
}

impl Stream {
    /// As of [`Wire::attend`].
    pub(crate) fn attend(&mut self) -> Result<TcpStream> {
        self.wire().attend()
    }

    /// As of [`Wire::readable`].
    pub(crate) fn readable(&mut self) {
        self.wire().readable();
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    fn wire(&mut self) -> &mut Wire {
        match self {
            Self::Plain(wire) => wire,
            Self::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(into),
            Self::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, from: &[u8]) -> Result<usize> {
        match self {
            Self::Plain(wire) => wire.write(from),
            Self::Tls(stream) => stream.write(from),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Plain(wire) => wire.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
