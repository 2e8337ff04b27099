//! Networks in CIDR notation.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// A network such as `10.0.0.0/8` or `fd00::/8`, or one address. An IPv4 network may be written as
/// IPv6: `::ffff:10.0.0.0/104`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpNetwork(IpNet);

impl IpNetwork {
    /// Returns true if the address is in this network. An IPv4 address that is written as IPv6
    /// counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for IpNetwork {
    type Err = IpNetworkError;

    fn from_str(text: &str) -> Result<Self, IpNetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().map_err(|_| IpNetworkError::Malformed)?;
        let address = written.to_canonical();
        // the first 96 bits of an IPv4 address as IPv6 say that it is one
        let mapped = if address == written { 0 } else { 96 };
        let digits = prefix.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let network = match (prefix, digits) {
            (None, _) => IpNet::from(address),
            (Some(_), digits) => digits
                .and_then(|digits| digits.parse::<u8>().ok()?.checked_sub(mapped))
                .and_then(|prefix| IpNet::new(address, prefix).ok())
                .ok_or(IpNetworkError::Malformed)?,
        };
        match network.prefix_len() {
            0 => Err(IpNetworkError::Everybody),
            _ => Ok(Self(network)),
        }
    }
}

/// Reason a text is no network to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IpNetworkError {
    /// Not an address, or not one with a prefix length.
    Malformed,
    /// A prefix of length 0: everybody would be believed.
    Everybody,
}

impl fmt::Display for IpNetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "expected an address or a network such as 10.0.0.0/8",
            Self::Everybody => "a network of everybody cannot be trusted",
        })
    }
}

impl std::error::Error for IpNetworkError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r55_networks_contain_what_they_should() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.1.2.3/8", "10.0.0.1", "9.255.255.255"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("192.0.2.6/31", "192.0.2.7", "192.0.2.8"),
            ("0.0.0.0/1", "127.0.0.1", "128.0.0.1"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("2001:db8::/65", "2001:db8::1", "2001:db8:0:0:8000::"),
            ("::1", "::1", "::2"),
            ("10.0.0.0/8", "::ffff:10.0.0.1", "::ffff:11.0.0.1"),
            ("::/1", "::1", "0.0.0.1"),
            ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("::ffff:192.0.2.7", "::ffff:192.0.2.7", "::ffff:192.0.2.6"),
            ("::ffff:10.0.0.0/104", "10.255.0.1", "11.0.0.1"),
            ("::ffff:c000:206/127", "192.0.2.7", "192.0.2.8"),
        ] {
            let network: IpNetwork = network.parse().unwrap();
            assert!(
                network.contains(inside.parse().unwrap()),
                "{network:?} {inside}"
            );
            assert!(
                !network.contains(outside.parse().unwrap()),
                "{network:?} {outside}"
            );
        }
    }

    #[test]
    fn r55_what_is_no_network_is_refused() {
        for bad in [
            "",
            "/",
            "10.0.0.0/",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
            "localhost",
            "::ffff:10.0.0.0/95",
            "::ffff:10.0.0.0/8",
            "::ffff:10.0.0.0/129",
            "fe80::1%1",
            " 10.0.0.1",
        ] {
            assert_eq!(
                bad.parse::<IpNetwork>(),
                Err(IpNetworkError::Malformed),
                "{bad}"
            );
        }
        for all in ["0.0.0.0/0", "::/0", "10.0.0.0/00", "::ffff:0.0.0.0/96"] {
            assert_eq!(
                all.parse::<IpNetwork>(),
                Err(IpNetworkError::Everybody),
                "{all}"
            );
        }
    }
}
