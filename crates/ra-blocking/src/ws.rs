//! The WebSocket carrier: one socket of the desktop, over a connection that we opened ourselves.

use std::net::TcpStream;
use std::time::Instant;

use ra_carrier::Heard;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind};

use crate::net::{Network, Wire, broken};
use crate::stop::Stop;

/// An open WebSocket. Dropping it closes the connection.
pub(crate) type WebSocket = ra_carrier::WebSocket<Wire>;

/// Opens a socket: name, TCP, TLS where the address says `wss`, upgrade, all until `by` at the latest. From then on it
/// waits for nothing; the handle is for whoever waits until there is something to read.
pub(crate) fn open(
    network: &Network,
    request: &ConnectRequest,
    by: Instant,
    stop: &Stop,
) -> Result<(WebSocket, TcpStream), TransportError> {
    let mut socket = WebSocket::start(request, |target| network.open(target, by, stop))?;
    let lost = || TransportError::new(TransportErrorKind::Lost);
    match socket.poll() {
        Some(Heard::Opened) => {}
        Some(Heard::Failed(error)) => return Err(error),
        _ => return Err(lost()), // the connection waits by itself until now
    }
    let wire = socket.connection_mut().ok_or_else(lost)?;
    let handle = wire.attend().map_err(broken)?;
    Ok((socket, handle))
}
