//! Opens the desktop's WebSocket.

use std::net::TcpStream;
use std::time::Instant;

use ra_carrier::{Network, SocketEvent};
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind};

use crate::net::{self, TimedStream, broken};
use crate::stop::Stop;

/// An open WebSocket. Dropping it closes the connection.
pub(crate) type WebSocket = ra_carrier::WebSocket<TimedStream>;

/// Opens a socket: name, TCP, TLS where the address says `wss`, upgrade, all until `by` at the latest. From then on it
/// does not wait; a watcher waits on the handle for something to read.
pub(crate) fn open(
    network: &Network,
    request: &ConnectRequest,
    by: Instant,
    stop: &Stop,
) -> Result<(WebSocket, TcpStream), TransportError> {
    let mut socket = WebSocket::start(request, |target| net::open(network, target, by, stop))?;
    let lost = || TransportError::new(TransportErrorKind::Lost);
    match socket.poll() {
        Some(SocketEvent::Opened) => {}
        Some(SocketEvent::Failed(error)) => return Err(error),
        _ => return Err(lost()), // the connection waits by itself until now
    }
    let connection = socket.connection_mut().ok_or_else(lost)?;
    let handle = connection.watch().map_err(broken)?;
    Ok((socket, handle))
}
