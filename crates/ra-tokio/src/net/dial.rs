//! TCP: a host's addresses, tried one after the other without waiting for a dead one.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use ra_carrier::Reach;
use ra_http::{TransportError, TransportErrorKind};
use tokio::net::{TcpStream, lookup_host};

/// Delay before the next address is tried in parallel (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to a host. The caller bounds the time.
pub(super) async fn dial(host: &str, port: u16, reach: Reach) -> Result<TcpStream, TransportError> {
    let mut waiting = resolve(host, port, reach).await?;
    let mut attempts = FuturesUnordered::new();
    let mut refusal: Option<std::io::Error> = None;
    loop {
        if let Some(address) = waiting.pop_front() {
            attempts.push(TcpStream::connect(address));
        } else if attempts.is_empty() {
            return Err(match refusal {
                Some(error) => TransportError::with_source(TransportErrorKind::Connect, error),
                None => TransportError::new(TransportErrorKind::Resolve),
            });
        }
        let attempt = if waiting.is_empty() {
            attempts.next().await
        } else {
            match tokio::time::timeout(HEAD_START, attempts.next()).await {
                Ok(attempt) => attempt,
                Err(_) => continue,
            }
        };
        match attempt {
            Some(Ok(stream)) => {
                // frames are small and each is waited for
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Some(Err(error)) => refusal = Some(error),
            None => {}
        }
    }
}

async fn resolve(
    host: &str,
    port: u16,
    reach: Reach,
) -> Result<VecDeque<SocketAddr>, TransportError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(VecDeque::from([SocketAddr::new(address, port)]));
    }
    let found = lookup_host((host, port))
        .await
        .map_err(|error| TransportError::with_source(TransportErrorKind::Resolve, error))?;
    Ok(reach.order(found))
}
