//! `NO_PROXY`: the targets that are reached without a proxy.

use core::net::IpAddr;

/// The content of a `NO_PROXY` list. An entry that cannot be read matches nothing, so the proxy is used.
#[derive(Clone, Debug, Default)]
pub(super) struct Bypass {
    everything: bool,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    place: Place,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Place {
    /// A name and all names below it, in lower case.
    Domain(String),
    /// A network: the addresses that begin with these bits.
    Network(IpAddr, u8),
}

impl Bypass {
    /// Reads a list with commas or white space between its entries.
    pub(super) fn read(list: &str) -> Self {
        let entries = list
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|entry| !entry.is_empty());
        let mut bypass = Self::default();
        for entry in entries {
            if entry == "*" {
                bypass.everything = true;
            } else {
                bypass.entries.extend(Entry::read(entry));
            }
        }
        bypass
    }

    /// Returns true if this target is on the list. `host` is in lower case, an IPv6 address without brackets.
    pub(super) fn holds(&self, host: &str, port: u16) -> bool {
        let address = address(host);
        self.everything
            || self.entries.iter().any(|entry| {
                entry.port.is_none_or(|own| own == port)
                    && match (&entry.place, address) {
                        (Place::Network(network, bits), Some(address)) => {
                            shares(*network, address, *bits)
                        }
                        (Place::Domain(domain), None) => is_within(host, domain),
                        _ => false,
                    }
            })
    }
}

impl Entry {
    fn read(text: &str) -> Option<Self> {
        // An address without brackets has no port: all colons belong to the address.
        if let Some(place) = Place::network(text) {
            return Some(Self { place, port: None });
        }
        let (place, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']')?;
                (Place::network(address)?, port)
            }
            None => {
                let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
                (Place::network(host).or_else(|| Place::domain(host))?, port)
            }
        };
        let port = match port.strip_prefix(':') {
            Some(port) => Some(port.parse().ok()?),
            None if port.is_empty() => None,
            None => return None,
        };
        Some(Self { place, port })
    }
}

impl Place {
    /// An address, or `address/bits`.
    fn network(text: &str) -> Option<Self> {
        let (text, bits) = match text.split_once('/') {
            Some((text, bits)) => (text, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let written: IpAddr = text.parse().ok()?;
        let bits = bits.unwrap_or(if written.is_ipv4() { 32 } else { 128 });
        Some(match written.to_canonical() {
            // the bits of a mapped address are counted from the 97th
            network @ IpAddr::V4(_) if written.is_ipv6() => {
                Self::Network(network, bits.checked_sub(96)?)
            }
            network => Self::Network(network, bits),
        })
    }

    /// `name`, `.name` and `*.name` all mean the name and what is below it.
    fn domain(text: &str) -> Option<Self> {
        let text = text.strip_prefix('*').unwrap_or(text);
        let name = text.strip_prefix('.').unwrap_or(text);
        let name = name.strip_suffix('.').unwrap_or(name);
        let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        (!name.is_empty() && name.bytes().all(fine))
            .then(|| Self::Domain(name.to_ascii_lowercase()))
    }
}

fn address(host: &str) -> Option<IpAddr> {
    host.parse()
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Returns true if two addresses of one family have their first `bits` bits in common. `bits` never exceeds their
/// length.
fn shares(network: IpAddr, address: IpAddr, bits: u8) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            (network.to_bits() ^ address.to_bits()).leading_zeros() >= bits.into()
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            (network.to_bits() ^ address.to_bits()).leading_zeros() >= bits.into()
        }
        _ => false,
    }
}
