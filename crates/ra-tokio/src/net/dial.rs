//! TCP: a host's addresses, tried one after the other without waiting for a dead one.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use ra_http::{TransportError, TransportErrorKind};
use tokio::net::{TcpStream, lookup_host};

/// How long an address is waited for before the next one is tried beside it (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);
/// More addresses of one host than this are not tried.
const ADDRESSES_MOST: usize = 8;

/// Which addresses a name may resolve to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Anywhere,
    /// This machine only: `localhost` may resolve to anything, and what goes there is plaintext.
    Loopback,
}

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
    Ok(order(found, reach))
}

/// Those within reach, the two families in turn, beginning with the resolver's first choice.
fn order(found: impl Iterator<Item = SocketAddr>, reach: Reach) -> VecDeque<SocketAddr> {
    let allowed = |address: &SocketAddr| reach == Reach::Anywhere || address.ip().is_loopback();
    let found: Vec<SocketAddr> = found.filter(allowed).collect();
    let first_is_v4 = found.first().is_some_and(SocketAddr::is_ipv4);
    let (mut ours, mut others): (VecDeque<_>, VecDeque<_>) = found
        .into_iter()
        .partition(|address| address.is_ipv4() == first_is_v4);
    let mut ordered = VecDeque::new();
    while let Some(address) = ours.pop_front().or_else(|| others.pop_front()) {
        ordered.push_back(address);
        ordered.extend(others.pop_front());
    }
    ordered.truncate(ADDRESSES_MOST);
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(found: &[&str], reach: Reach) -> Vec<String> {
        let found = found.iter().map(|text| text.parse().unwrap());
        order(found, reach)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn families_take_turns_and_the_resolver_chooses_the_first() {
        let found = ["[::2]:1", "[::3]:1", "[::4]:1", "1.1.1.1:1"];
        assert_eq!(
            ordered(&found, Reach::Anywhere),
            ["[::2]:1", "1.1.1.1:1", "[::3]:1", "[::4]:1"]
        );
        assert_eq!(
            ordered(&["1.1.1.1:1", "[::2]:1"], Reach::Anywhere),
            ["1.1.1.1:1", "[::2]:1"]
        );
        let many = vec!["1.1.1.1:1"; 20];
        assert_eq!(ordered(&many, Reach::Anywhere).len(), ADDRESSES_MOST);
    }

    #[test]
    fn r01_a_name_for_this_machine_goes_nowhere_else() {
        let found = ["10.0.0.1:1", "127.0.0.1:1", "[::2]:1", "[::1]:1"];
        assert_eq!(ordered(&found, Reach::Loopback), ["127.0.0.1:1", "[::1]:1"]);
        assert_eq!(ordered(&["10.0.0.1:1"], Reach::Loopback), [""; 0]);
    }
}
