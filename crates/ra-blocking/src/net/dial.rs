//! TCP: a host's addresses, tried one after the other without waiting long for a dead one.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ra_carrier::Reach;
use ra_http::{TransportError, TransportErrorKind};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::lookup::lookup;
use super::timed_stream::TimedStream;
use crate::stop::Stop;

/// How long one address may take while there are others: long enough for one lost packet to be sent again, short enough
/// that a family without a route does not use up the time. The last address has the rest.
const ONE_ADDRESS_WITHIN: Duration = Duration::from_secs(2);

/// Connects to a host, until `by` at the latest.
pub(super) fn dial(
    host: &str,
    port: u16,
    reach: Reach,
    by: Instant,
    stop: &Stop,
) -> Result<TimedStream, TransportError> {
    let mut waiting = reach.order(lookup(host, port, by, stop)?);
    let mut refusal = TransportError::new(TransportErrorKind::Resolve);
    while let Some(address) = waiting.pop_front() {
        let left = by.saturating_duration_since(Instant::now());
        if left.is_zero() || stop.is_stopped() {
            return Err(TransportError::new(TransportErrorKind::Timeout));
        }
        let within = if waiting.is_empty() {
            left
        } else {
            left.min(ONE_ADDRESS_WITHIN)
        };
        match connect(address, within, stop) {
            Ok(tcp) => return Ok(TimedStream::new(tcp.into(), by)),
            Err(error) => {
                let kind = match error.kind() {
                    io::ErrorKind::TimedOut if waiting.is_empty() => TransportErrorKind::Timeout,
                    _ => TransportErrorKind::Connect,
                };
                refusal = TransportError::with_source(kind, error);
            }
        }
    }
    Err(refusal)
}

fn connect(address: SocketAddr, within: Duration, stop: &Stop) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if !stop.watch(socket.try_clone()?) {
        return Err(io::ErrorKind::Interrupted.into());
    }
    socket.connect_timeout(&SockAddr::from(address), within)?;
    Ok(socket)
}
