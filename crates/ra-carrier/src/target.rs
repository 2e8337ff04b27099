//! Target of a connection, and the rule that plaintext stays on this machine (R-01).

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use http::Uri;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind};

/// Most addresses of one host that are tried.
const ADDRESSES_MOST: usize = 8;

/// The host and port at the other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Host name in lower case, or an address; IPv6 addresses have no brackets.
    pub host: String,
    /// Port, never 0.
    pub port: u16,
    /// Whether the connection is plaintext. Only true on this machine.
    pub plaintext: bool,
}

impl Target {
    /// Reads where `uri` points. `secure` and `plain` are the two schemes that may stand there.
    ///
    /// # Errors
    /// [`TransportErrorKind::NotAllowed`]: another scheme, credentials, port 0, or plaintext to another machine.
    pub fn of(uri: &Uri, secure: &str, plain: &str) -> Result<Self, TransportError> {
        Self::read(uri, secure, plain)
            .ok_or_else(|| TransportError::new(TransportErrorKind::NotAllowed))
    }

    /// Reads the target of a login's socket.
    ///
    /// # Errors
    /// The errors of [`Target::of`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use ra_carrier::Target;
    /// use ra_core::desktop::login::ConnectRequest;
    ///
    /// let url = "wss://remote-auth-gateway.discord.gg/?v=2";
    /// let request = ConnectRequest::new(url, "https://discord.com", "my-desktop/1.0", Duration::from_secs(15));
    /// let target = Target::of_socket(&request)?;
    /// assert_eq!((target.host.as_str(), target.port), ("remote-auth-gateway.discord.gg", 443));
    /// # Ok::<(), ra_http::TransportError>(())
    /// ```
    pub fn of_socket(request: &ConnectRequest) -> Result<Self, TransportError> {
        let uri: Result<Uri, _> = request.url.parse();
        let uri = uri.map_err(|_| TransportError::new(TransportErrorKind::NotAllowed))?;
        Self::of(&uri, "wss", "ws")
    }

    fn read(uri: &Uri, secure: &str, plain: &str) -> Option<Self> {
        let plaintext = match uri.scheme_str()? {
            scheme if scheme == secure => false,
            scheme if scheme == plain => true,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let host = authority
            .host()
            .trim_matches(['[', ']'])
            .to_ascii_lowercase();
        let port = match authority.port() {
            Some(port) => Some(port.as_u16()).filter(|port| *port != 0)?,
            None if plaintext => 80,
            None => 443,
        };
        let target = Self {
            host,
            port,
            plaintext,
        };
        (!target.plaintext || target.is_loopback()).then_some(target)
    }

    /// Returns the addresses its name may resolve to.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.plaintext {
            Reach::Loopback
        } else {
            Reach::Anywhere
        }
    }

    /// Returns whether the target is this machine, judged by its written form alone.
    fn is_loopback(&self) -> bool {
        let address = self
            .host
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback());
        address || self.host == "localhost"
    }
}

/// Addresses that a name may resolve to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Any address that the resolver returns.
    Anywhere,
    /// This machine only: `localhost` may resolve to anything, and what goes there is plaintext (R-01).
    Loopback,
}

impl Reach {
    /// The addresses within reach, the two families in turn, beginning with the resolver's first choice.
    #[must_use]
    pub fn order(self, found: impl IntoIterator<Item = SocketAddr>) -> VecDeque<SocketAddr> {
        let allowed = |address: &SocketAddr| self == Self::Anywhere || address.ip().is_loopback();
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &str) -> Option<(String, u16, bool)> {
        let target = Target::of(&uri.parse().unwrap(), "wss", "ws").ok()?;
        Some((target.host, target.port, target.plaintext))
    }

    #[test]
    fn hosts_and_ports_are_read() {
        assert_eq!(
            of("wss://Gateway.Example/?v=2"),
            Some(("gateway.example".into(), 443, false))
        );
        assert_eq!(
            of("wss://h.example:8443"),
            Some(("h.example".into(), 8443, false))
        );
        assert_eq!(
            of("wss://[2001:db8::1]:1/"),
            Some(("2001:db8::1".into(), 1, false))
        );
        assert_eq!(of("ws://[::1]/"), Some(("::1".into(), 80, true)));
        assert_eq!(of("ws://localhost:9/"), Some(("localhost".into(), 9, true)));
        assert_eq!(of("ws://127.3.2.1:9/"), Some(("127.3.2.1".into(), 9, true)));
    }

    #[test]
    fn r01_what_goes_in_plaintext_resolves_to_this_machine_only() {
        let reach = |uri: &str| {
            Target::of(&uri.parse().unwrap(), "wss", "ws")
                .unwrap()
                .reach()
        };
        assert_eq!(reach("ws://localhost/"), Reach::Loopback);
        assert_eq!(reach("wss://localhost/"), Reach::Anywhere);
        assert_eq!(reach("wss://gateway.example/"), Reach::Anywhere);
    }

    #[test]
    fn r01_plaintext_to_another_machine_and_tricks_are_refused() {
        for bad in [
            "ws://gateway.example/",
            "ws://10.0.0.1/",
            "ws://[::ffff:127.0.0.1]/",
            "ws://127.1/",
            "ws://localhost.example/",
            "ws://localhost@gateway.example/",
            "wss://user@gateway.example/",
            "wss://gateway.example:0/",
            "https://gateway.example/",
            "http://127.0.0.1/",
            "/path",
            "gateway.example:443",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    fn ordered(found: &[&str], reach: Reach) -> Vec<String> {
        let found = found.iter().map(|text| text.parse().unwrap());
        reach.order(found).iter().map(ToString::to_string).collect()
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
