//! Address of the client: the peer of the socket, or the address that a trusted proxy names.

mod header;
mod network;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::HeaderMap;

pub use network::{IpNetwork, IpNetworkError};

/// Proxies that are believed when they say who their client is (R-55). With none, which is the
/// default, no header is read: anybody can send one.
///
/// The rightmost address that is not a trusted proxy's counts: each proxy adds whom it has heard
/// from at the right, so what stands further left may be made up. If an entry cannot be read, the
/// hop that wrote it counts as the client; without the header, the peer does.
///
/// ```
/// use ra_gateway::{ClientHeader, TrustedProxies};
///
/// let networks = vec!["10.0.0.0/8".parse()?, "fd00::/8".parse()?];
/// let proxies = TrustedProxies::new(networks, ClientHeader::XForwardedFor);
/// # let _ = proxies;
/// # Ok::<(), ra_gateway::IpNetworkError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<IpNetwork>,
    header: ClientHeader,
}

/// Header in which trusted proxies name their client. The other header is not read: proxies pass it
/// on as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientHeader {
    /// `X-Forwarded-For: 192.0.2.1, 10.0.0.1`
    #[default]
    XForwardedFor,
    /// `Forwarded: for=192.0.2.1;proto=https, for="[2001:db8::1]:4711"` (RFC 7239)
    Forwarded,
}

impl TrustedProxies {
    /// Believes what comes from these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNetwork>, header: ClientHeader) -> Self {
        Self { networks, header }
    }

    /// Returns true if this is the address of a trusted proxy.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }

    /// Returns the client that sent these headers; `peer` is the other end of the socket.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let lines = headers.get_all(self.header.name());
        // from the right; the last line was added last
        let lines: Vec<_> = lines.iter().collect();
        let mut client = peer;
        for line in lines.into_iter().rev() {
            let Some(hops) = self.header.hops(line) else {
                return client;
            };
            for hop in hops.into_iter().rev() {
                let Some(hop) = hop else { return client };
                client = hop;
                if !self.trusts(client) {
                    return client;
                }
            }
        }
        client
    }
}

impl ClientHeader {
    /// The header's name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }

    /// The addresses of a line in order, `None` for those that cannot be read; `None` at all if the
    /// line cannot be taken apart.
    fn hops(self, line: &http::HeaderValue) -> Option<Vec<Option<IpAddr>>> {
        let line = line.to_str().ok()?;
        match self {
            Self::XForwardedFor => Some(header::x_forwarded_for(line)),
            Self::Forwarded => header::forwarded(line),
        }
    }
}

impl FromStr for ClientHeader {
    type Err = ClientHeaderError;

    fn from_str(name: &str) -> Result<Self, ClientHeaderError> {
        let known = [Self::XForwardedFor, Self::Forwarded];
        let named = known
            .into_iter()
            .find(|h| name.eq_ignore_ascii_case(h.name()));
        named.ok_or(ClientHeaderError)
    }
}

/// Not the name of a header that could say who a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientHeaderError;

impl fmt::Display for ClientHeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected X-Forwarded-For or Forwarded")
    }
}

impl std::error::Error for ClientHeaderError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(header: ClientHeader) -> TrustedProxies {
        let networks = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"];
        let networks = networks.map(|network| network.parse().unwrap());
        TrustedProxies::new(networks.to_vec(), header)
    }

    /// The client that `peer` names by these lines.
    fn client(header: ClientHeader, peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header.name(), line.parse().unwrap());
        }
        let client = proxies(header).client(peer.parse().unwrap(), &headers);
        client.to_string()
    }

    fn x_forwarded_for(peer: &str, lines: &[&str]) -> String {
        client(ClientHeader::XForwardedFor, peer, lines)
    }

    #[test]
    fn r55_nobody_is_believed_but_trusted_proxies() {
        assert_eq!(x_forwarded_for("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        let nobody = TrustedProxies::default();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "198.51.100.1".parse().unwrap());
        let peer = "127.0.0.1".parse().unwrap();
        assert_eq!(nobody.client(peer, &headers), peer);
    }

    #[test]
    fn r55_the_rightmost_that_is_no_proxy_counts() {
        for (lines, expected) in [
            (&["198.51.100.1"][..], "198.51.100.1"),
            (&["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            (&["1.1.1.1,198.51.100.1 ,\t10.0.0.2"], "198.51.100.1"),
            (
                &["1.1.1.1", "198.51.100.1", "10.0.0.2, 10.0.0.3"],
                "198.51.100.1",
            ),
            (&["127.0.0.1, 198.51.100.1"], "198.51.100.1"),
            (&["10.0.0.9, 10.0.0.2"], "10.0.0.9"), // all are proxies: the first of them
            (&["2001:db8::1"], "2001:db8::1"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["198.51.100.1:4711"], "198.51.100.1"),
            (&["::ffff:198.51.100.1"], "198.51.100.1"),
            (&["1.1.1.1, ::ffff:10.0.0.2"], "1.1.1.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(x_forwarded_for("10.0.0.1", lines), expected, "{lines:?}");
        }
        assert_eq!(x_forwarded_for("::ffff:10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
    }

    #[test]
    fn r55_what_cannot_be_read_counts_as_the_hop_that_wrote_it() {
        for line in [
            "unknown",
            "",
            "1.1.1.1, ",
            "300.1.1.1",
            "1.1.1.1, x",
            "1.1.1.1;",
            "fe80::1%eth0",
            "\"1.1.1.1\"",
            "1.1.1.1:x",
            "[::1",
        ] {
            assert_eq!(x_forwarded_for("10.0.0.1", &[line]), "10.0.0.1", "{line:?}");
        }
        // the inner proxy can be read, the outer one wrote nonsense
        assert_eq!(
            x_forwarded_for("10.0.0.1", &["1.1.1.1, unknown, 10.0.0.2"]),
            "10.0.0.2"
        );
        // what stands left of the client is its own affair
        assert_eq!(
            x_forwarded_for("10.0.0.1", &["nonsense\", 1.1.1.1"]),
            "1.1.1.1"
        );
    }

    #[test]
    fn r55_forwarded_is_read_as_the_rfc_has_it() {
        let forwarded = |lines: &[&str]| client(ClientHeader::Forwarded, "10.0.0.1", lines);
        for (lines, expected) in [
            (&["for=198.51.100.1"][..], "198.51.100.1"),
            (
                &["For=\"198.51.100.1:80\";Proto=https;by=10.0.0.1"],
                "198.51.100.1",
            ),
            (&["proto=http; FOR=\"[2001:db8::1]:4711\""], "2001:db8::1"),
            (&["for=\"[2001:db8::1]\", for=10.0.0.2"], "2001:db8::1"),
            (
                &["for=1.1.1.1, for=198.51.100.1;host=\"a,b;for=2.2.2.2\""],
                "198.51.100.1",
            ),
            (&["for=1.1.1.1", "for=198.51.100.1"], "198.51.100.1"),
            (&["for=\"1.1\\.1.1\""], "1.1.1.1"),
        ] {
            assert_eq!(forwarded(lines), expected, "{lines:?}");
        }
        // hidden, missing, twice, or not of this grammar: the proxy itself
        for line in [
            "for=unknown",
            "for=_hidden",
            "proto=https",
            "",
            "for=1.1.1.1;for=2.2.2.2",
            "for=2001:db8::1",
            "for=1.1.1.1,",
            "for",
            "1.1.1.1",
        ] {
            assert_eq!(forwarded(&[line]), "10.0.0.1", "{line:?}");
        }
    }

    #[test]
    fn r55_an_open_quote_does_not_swallow_what_the_proxy_adds() {
        // each client's line as it came, and what the proxy adds behind it
        for (sent, added) in [
            ("for=\"1.1.1.1", "for=198.51.100.1"),
            ("for=\"1.1.1.1\\", "for=198.51.100.1"),
            ("for=1.1.1.1;x=\"", "for=198.51.100.1"),
            ("for=1.1.1.1;x=\"", "for=\"[2001:db8::1]\""),
        ] {
            let line = format!("{sent}, {added}");
            let made_up = client(ClientHeader::Forwarded, "10.0.0.1", &[&line]);
            assert_eq!(made_up, "10.0.0.1", "{line}");
        }
    }

    #[test]
    fn r55_the_other_header_is_not_read() {
        let mut headers = HeaderMap::new();
        headers.insert("forwarded", "for=1.1.1.1".parse().unwrap());
        let peer = "10.0.0.1".parse().unwrap();
        let client = proxies(ClientHeader::XForwardedFor).client(peer, &headers);
        assert_eq!(client, peer);
    }
}
