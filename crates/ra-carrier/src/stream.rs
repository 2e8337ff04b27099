//! One stream type for connections with and without TLS.

use std::io::{Read, Result, Write};
use std::sync::Arc;

use ra_http::{TransportError, TransportErrorKind};
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::{Target, server_name};

/// A connection, with TLS if its target needs it. It blocks only where the underlying connection blocks.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stream<S: Read + Write> {
    /// Plaintext, to this machine only.
    Plain(S),
    /// TLS, to any machine.
    Tls(Box<StreamOwned<ClientConnection, S>>),
}

impl<S: Read + Write> Stream<S> {
    /// Makes a stream to `target` over this connection. Nothing is sent yet: the TLS handshake starts with the first
    /// bytes. `tls` is called only if the target needs TLS. Reading the platform's roots takes milliseconds, so keep
    /// the configuration for the next time.
    ///
    /// # Errors
    /// [`TransportErrorKind::Tls`] if the configuration cannot be used, and the errors of `tls`.
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use ra_carrier::{Stream, Target, TlsConfig};
    /// use ra_http::TransportError;
    ///
    /// fn secured(target: &Target, tcp: TcpStream) -> Result<Stream<TcpStream>, TransportError> {
    ///     Stream::new(target, tcp, || TlsConfig::default().client_config())
    /// }
    /// ```
    pub fn new(
        target: &Target,
        connection: S,
        tls: impl FnOnce() -> std::result::Result<Arc<ClientConfig>, TransportError>,
    ) -> std::result::Result<Self, TransportError> {
        if target.plaintext {
            return Ok(Self::Plain(connection));
        }
        let tls = ClientConnection::new(tls()?, server_name(&target.host)?)
            .map_err(|error| TransportError::with_source(TransportErrorKind::Tls, error))?;
        Ok(Self::Tls(Box::new(StreamOwned::new(tls, connection))))
    }

    /// Returns the underlying connection.
    ///
    /// ```
    /// use std::net::{SocketAddr, TcpStream};
    /// use ra_carrier::Stream;
    ///
    /// fn peer(stream: &mut Stream<TcpStream>) -> Option<SocketAddr> {
    ///     stream.connection_mut().peer_addr().ok()
    /// }
    /// ```
    pub fn connection_mut(&mut self) -> &mut S {
        match self {
            Self::Plain(connection) => connection,
            Self::Tls(stream) => &mut stream.sock,
        }
    }
}

impl<S: Read + Write> Read for Stream<S> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        match self {
            Self::Plain(connection) => connection.read(into),
            Self::Tls(stream) => stream.read(into),
        }
    }
}

impl<S: Read + Write> Write for Stream<S> {
    fn write(&mut self, from: &[u8]) -> Result<usize> {
        match self {
            Self::Plain(connection) => connection.write(from),
            Self::Tls(stream) => stream.write(from),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Plain(connection) => connection.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
