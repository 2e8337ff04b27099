//! Connections through a proxy.

use std::io::{self, Read as _, Write as _};
use std::time::Instant;

use ra_carrier::{Reach, Target, Tunnel};
use ra_http::{Proxy, TransportError, TransportErrorKind};

use super::dial::dial;
use super::failed_with;
use super::timed_stream::TimedStream;
use crate::stop::Stop;

/// Connects to `target` through `proxy`, which has to be within `reach`, until `by` at the latest.
pub(super) fn connect(
    proxy: &Proxy,
    target: &Target,
    reach: Reach,
    by: Instant,
    stop: &Stop,
) -> Result<TimedStream, TransportError> {
    let broken = |error: io::Error| failed_with(TransportErrorKind::Proxy, error);
    let mut stream =
        dial(proxy.host(), proxy.port(), reach, by, stop).map_err(|error| match error.kind() {
            TransportErrorKind::Timeout => error,
            _ => TransportError::with_source(TransportErrorKind::Proxy, error),
        })?;
    let (mut tunnel, mut received) = (Tunnel::new(proxy, target), Vec::new());
    while let Some(step) = tunnel.next(&received)? {
        stream.write_all(&step.send).map_err(broken)?;
        received.resize(step.read, 0);
        stream.read_exact(&mut received).map_err(broken)?;
    }
    Ok(stream)
}
