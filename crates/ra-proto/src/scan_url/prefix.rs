//! The prefix of a scan URL.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use super::parts::Parts;

const DEFAULT_PREFIX: &str = "https://discord.com/ra/";

/// A code of more characters has more and smaller squares, and every waiting session holds the prefix.
const MAX_BYTES: usize = 128;

/// The beginning of a QR code's text: a URL up to and including a slash.
///
/// `https` for any host, `http` for loopback hosts only; no user information, query, fragment or escapes; 128 bytes at
/// most.
///
/// ```
/// use ra_proto::ScanPrefix;
///
/// assert_eq!(ScanPrefix::default().as_str(), "https://discord.com/ra/");
/// assert!("https://login.example/ra/".parse::<ScanPrefix>().is_ok());
/// assert!("http://login.example/ra/".parse::<ScanPrefix>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanPrefix(String);

impl ScanPrefix {
    /// The prefix, scheme and host in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ScanPrefix {
    /// `https://discord.com/ra/`, which every living client uses (R-09).
    fn default() -> Self {
        Self(DEFAULT_PREFIX.to_owned())
    }
}

impl FromStr for ScanPrefix {
    type Err = ScanPrefixError;

    fn from_str(text: &str) -> Result<Self, ScanPrefixError> {
        if text.len() > MAX_BYTES {
            return Err(ScanPrefixError::TooLong);
        }
        let parts = Parts::split(text).map_err(|_| ScanPrefixError::Malformed)?;
        if !parts.path.ends_with('/') {
            return Err(ScanPrefixError::NoSlash);
        }
        if !is_path(parts.path) {
            return Err(ScanPrefixError::Malformed);
        }
        let loopback = is_loopback(parts.host).ok_or(ScanPrefixError::Malformed)?;
        match parts.scheme {
            scheme if scheme.eq_ignore_ascii_case("https") => {}
            scheme if scheme.eq_ignore_ascii_case("http") && loopback => {}
            scheme if scheme.eq_ignore_ascii_case("http") => {
                return Err(ScanPrefixError::Plaintext);
            }
            _ => return Err(ScanPrefixError::Scheme),
        }
        Ok(Self(parts.canonical()))
    }
}

impl fmt::Display for ScanPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be the prefix of scan URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanPrefixError {
    /// Not a plain URL, or one with user information, query, fragment, escapes or a strange host.
    Malformed,
    /// Neither `https` nor `http`.
    Scheme,
    /// `http` to a host that is not loopback.
    Plaintext,
    /// The path does not end with a slash.
    NoSlash,
    /// More than 128 bytes.
    TooLong,
}

impl fmt::Display for ScanPrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "scan prefix is not a plain url",
            Self::Scheme => "scan prefix is neither https nor http",
            Self::Plaintext => "scan prefix is http to a host that is not loopback",
            Self::NoSlash => "scan prefix does not end with a slash",
            Self::TooLong => "scan prefix is longer than 128 bytes",
        })
    }
}

impl core::error::Error for ScanPrefixError {}

/// Returns true if a host is loopback, and `None` if the text is no host.
fn is_loopback(host: &str) -> Option<bool> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        return Some(address.is_loopback());
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Some(address.is_loopback());
    }
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.split('.')
        .all(label)
        .then(|| host.eq_ignore_ascii_case("localhost"))
}

fn is_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes().all(plain)
        && !path
            .split('/')
            .any(|segment| segment == "." || segment == "..")
}
