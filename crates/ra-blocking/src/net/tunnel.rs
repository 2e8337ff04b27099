//! Connections through a proxy.

use std::io::{Read as _, Write as _};
use std::time::Instant;

use ra_carrier::{Reach, Target, Tunnel};
use ra_http::{Proxy, TransportError, TransportErrorKind};

use super::dial::dial;
use super::wire::{Wire, is_timeout};
use crate::stop::Stop;

/// Connects to `target` through `proxy`, which has to be within `reach`, until `by` at the latest.
pub(super) fn connect(
    proxy: &Proxy,
    target: &Target,
    reach: Reach,
    by: Instant,
    stop: &Stop,
) -> Result<Wire, TransportError> {
    let mut wire =
        dial(proxy.host(), proxy.port(), reach, by, stop).map_err(|error| match error.kind() {
            TransportErrorKind::Timeout => error,
            _ => TransportError::with_source(TransportErrorKind::Proxy, error),
        })?;
    let (mut tunnel, mut heard) = (Tunnel::new(proxy, target), Vec::new());
    while let Some(step) = tunnel.next(&heard)? {
        wire.write_all(&step.send).map_err(broken)?;
        heard.resize(step.read, 0);
        wire.read_exact(&mut heard).map_err(broken)?;
    }
    Ok(wire)
}

fn broken(error: std::io::Error) -> TransportError {
    if is_timeout(&error) {
        TransportError::new(TransportErrorKind::Timeout)
    } else {
        TransportError::with_source(TransportErrorKind::Proxy, error)
    }
}
