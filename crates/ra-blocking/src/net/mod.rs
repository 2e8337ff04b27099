//! Opens connections: name look-up, TCP, a proxy if there is one, TLS. Both carriers use them.

mod dial;
mod lookup;
mod timed_stream;
mod tunnel;

use std::io;
use std::time::{Duration, Instant};

use ra_carrier::{Network, Target, handshake_error, server_name};
use ra_http::{TransportError, TransportErrorKind};

use crate::stop::Stop;

pub(crate) use timed_stream::TimedStream;

/// An open connection.
pub(crate) type Stream = ra_carrier::Stream<TimedStream>;

/// Opens a connection to `target`, until `by` at the latest. What is done on it later ends by then too, until
/// [`TimedStream::watch`].
pub(crate) fn open(
    network: &Network,
    target: &Target,
    by: Instant,
    stop: &Stop,
) -> Result<Stream, TransportError> {
    if !target.plaintext {
        // before any connection
        network.client_config()?;
        server_name(&target.host)?;
    }
    let reach = target.reach();
    let tcp = match network.proxy_for(target) {
        Some(proxy) => tunnel::connect(proxy, target, reach, by, stop),
        None => dial::dial(&target.host, target.port, reach, by, stop),
    }?;
    let mut stream = Stream::new(target, tcp, || network.client_config())?;
    if let Stream::Tls(tls) = &mut stream {
        tls.conn.complete_io(&mut tls.sock).map_err(|error| {
            if timed_stream::is_timeout(&error) {
                TransportError::new(TransportErrorKind::Timeout)
            } else {
                handshake_error(error)
            }
        })?;
    }
    Ok(stream)
}

/// The error of a connection that breaks or takes too long.
pub(crate) fn broken(error: io::Error) -> TransportError {
    failed_with(TransportErrorKind::Lost, error)
}

fn failed_with(kind: TransportErrorKind, error: io::Error) -> TransportError {
    if timed_stream::is_timeout(&error) {
        TransportError::new(TransportErrorKind::Timeout)
    } else {
        TransportError::with_source(kind, error)
    }
}

/// When a time limit that begins now is over. A limit that no clock holds becomes a year.
pub(crate) fn deadline(timeout: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    let now = Instant::now();
    now.checked_add(timeout.min(YEAR)).unwrap_or(now)
}
