//! Connections through a proxy.

use std::io;

use ra_carrier::{Reach, Target, Tunnel};
use ra_http::{Proxy, TransportError, TransportErrorKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::dial::dial;

/// Connects to `target` through `proxy`, which has to be within `reach`. The caller bounds the time.
pub(super) async fn connect(
    proxy: &Proxy,
    target: &Target,
    reach: Reach,
) -> Result<TcpStream, TransportError> {
    let mut stream = dial(proxy.host(), proxy.port(), reach)
        .await
        .map_err(|error| TransportError::with_source(TransportErrorKind::Proxy, error))?;
    let (mut tunnel, mut received) = (Tunnel::new(proxy, target), Vec::new());
    while let Some(step) = tunnel.next(&received)? {
        stream.write_all(&step.send).await.map_err(broken)?;
        received.resize(step.read, 0);
        stream.read_exact(&mut received).await.map_err(broken)?;
    }
    Ok(stream)
}

fn broken(error: io::Error) -> TransportError {
    TransportError::with_source(TransportErrorKind::Proxy, error)
}
