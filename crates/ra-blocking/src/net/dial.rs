//! TCP: a host's addresses, tried one after the other without waiting long for a dead one.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ra_http::{TransportError, TransportErrorKind};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::lookup::lookup;
use super::wire::Wire;
use crate::stop::Stop;

/// How long an address is waited for while there are others: long enough for one lost packet to be sent again, short
/// enough that a family without a route does not use up the time. The last address has what is left.
const TURN: Duration = Duration::from_secs(2);
/// More addresses of one host than this are not tried.
const ADDRESSES_MOST: usize = 8;

/// Which addresses a name may resolve to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Anywhere,
    /// This machine only: `localhost` may resolve to anything, and what goes there is plaintext.
    Loopback,
}

/// Connects to a host, until `by` at the latest.
pub(super) fn dial(
    host: &str,
    port: u16,
    reach: Reach,
    by: Instant,
    stop: &Stop,
) -> Result<Wire, TransportError> {
    let mut waiting = order(lookup(host, port, by, stop)?, reach);
    let mut refusal = TransportError::new(TransportErrorKind::Resolve);
    while let Some(address) = waiting.pop_front() {
        let left = by.saturating_duration_since(Instant::now());
        if left.is_zero() || stop.is_stopped() {
            return Err(TransportError::new(TransportErrorKind::Timeout));
        }
        let within = if waiting.is_empty() {
            left
        } else {
            left.min(TURN)
        };
        match connect(address, within, stop) {
            Ok(tcp) => return Ok(Wire::new(tcp.into(), by)),
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

/// Those within reach, the two families in turn, beginning with the resolver's first choice.
fn order(found: impl IntoIterator<Item = SocketAddr>, reach: Reach) -> VecDeque<SocketAddr> {
    let allowed = |address: &SocketAddr| reach == Reach::Anywhere || address.ip().is_loopback();
    let found: Vec<SocketAddr> = found.into_iter().filter(allowed).collect();
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
