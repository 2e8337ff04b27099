//! What the QR code holds: a prefix and a fingerprint (R-09), and how a phone reads it (R-40).

use alloc::borrow::ToOwned as _;
use alloc::{format, string::String};
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use crate::fingerprint::Fingerprint;

const DEFAULT_PREFIX: &str = "https://discord.com/ra/";
const HOSTS: [&str; 6] = [
    "discord.com",
    "ptb.discord.com",
    "canary.discord.com",
    "discordapp.com",
    "ptb.discordapp.com",
    "canary.discordapp.com",
];
const PATHS: [&str; 2] = ["/ra/", "/rp/"];

/// What a QR code's text begins with: a URL up to and including a slash.
///
/// `https` for any host, `http` for loopback hosts only; no user information, query, fragment or escapes.
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
}

impl fmt::Display for ScanPrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "scan prefix is not a plain url",
            Self::Scheme => "scan prefix is neither https nor http",
            Self::Plaintext => "scan prefix is http to a host that is not loopback",
            Self::NoSlash => "scan prefix does not end with a slash",
        })
    }
}

impl core::error::Error for ScanPrefixError {}

/// The text of a QR code.
///
/// ```
/// use ra_proto::ScanUrl;
///
/// let url: ScanUrl = "https://discordapp.com/rp/vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg".parse()?;
/// assert_eq!(url.fingerprint().to_string(), "vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg");
/// assert!("https://discord.com@evil.example/ra/vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg".parse::<ScanUrl>().is_err());
/// # Ok::<(), ra_proto::ScanUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanUrl {
    text: String,
    fingerprint: Fingerprint,
}

impl ScanUrl {
    /// The text to show for a session.
    #[must_use]
    pub fn new(prefix: &ScanPrefix, fingerprint: Fingerprint) -> Self {
        Self {
            text: format!("{prefix}{fingerprint}"),
            fingerprint,
        }
    }

    /// Reads a scanned text that begins as Discord's do or with `prefix`.
    ///
    /// # Errors
    /// As for [`FromStr`].
    pub fn parse_with(text: &str, prefix: &ScanPrefix) -> Result<Self, ScanUrlError> {
        Self::read(text, Some(prefix))
    }

    /// The text, scheme and host in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which session the phone is asked to approve.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    fn read(text: &str, prefix: Option<&ScanPrefix>) -> Result<Self, ScanUrlError> {
        let mut parts = Parts::split(text.trim())?;
        let cut = parts.path.rfind('/').map_or(0, |slash| slash + 1);
        let (path, fingerprint) = parts.path.split_at(cut);
        parts.path = path;
        let begin = parts.canonical();
        if prefix.is_none_or(|prefix| prefix.as_str() != begin) {
            parts.check_is_discord()?;
        }
        let fingerprint = fingerprint.parse().map_err(|_| ScanUrlError::Fingerprint)?;
        Ok(Self {
            text: format!("{begin}{fingerprint}"),
            fingerprint,
        })
    }
}

impl FromStr for ScanUrl {
    type Err = ScanUrlError;

    /// Reads a scanned text: `https`, one of Discord's hosts in any case of letters, `/ra/` or `/rp/`,
    /// 43 characters of fingerprint, and nothing else but white space around it (R-40).
    fn from_str(text: &str) -> Result<Self, ScanUrlError> {
        Self::read(text, None)
    }
}

impl fmt::Display for ScanUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a scanned text is not one to act upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanUrlError {
    /// Not a URL at all.
    NotAUrl,
    /// A character that has no business there: white space, control, backslash, percent escape, not ASCII.
    Character,
    /// A query follows.
    Query,
    /// A fragment follows.
    Fragment,
    /// User information before the host, which makes one host look like another.
    UserInfo,
    /// Not `https`.
    Scheme,
    /// A host that is not Discord's.
    Host,
    /// A port after the host.
    Port,
    /// A path that is not the login's.
    Path,
    /// Not 43 characters of base64url.
    Fingerprint,
}

impl fmt::Display for ScanUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "scanned text is not a url",
            Self::Character => "scanned url has a forbidden character",
            Self::Query => "scanned url has a query",
            Self::Fragment => "scanned url has a fragment",
            Self::UserInfo => "scanned url has user information before the host",
            Self::Scheme => "scanned url is not https",
            Self::Host => "scanned url has a foreign host",
            Self::Port => "scanned url has a port",
            Self::Path => "scanned url has another path than a login",
            Self::Fingerprint => "scanned url has no fingerprint of 43 base64url characters",
        })
    }
}

impl core::error::Error for ScanUrlError {}

/// A URL cut at its punctuation.
struct Parts<'t> {
    scheme: &'t str,
    host: &'t str,
    /// Digits without sign or leading zero; as text, since it is only compared.
    port: Option<&'t str>,
    /// Begins with a slash.
    path: &'t str,
}

impl<'t> Parts<'t> {
    fn split(text: &'t str) -> Result<Self, ScanUrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(ScanUrlError::NotAUrl)?;
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'%')
        {
            return Err(ScanUrlError::Character);
        }
        if rest.contains('#') {
            return Err(ScanUrlError::Fragment);
        }
        if rest.contains('?') {
            return Err(ScanUrlError::Query);
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(ScanUrlError::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        Ok(Self {
            scheme,
            host,
            port,
            path,
        })
    }

    fn check_is_discord(&self) -> Result<(), ScanUrlError> {
        if !self.scheme.eq_ignore_ascii_case("https") {
            return Err(ScanUrlError::Scheme);
        }
        if !HOSTS
            .iter()
            .any(|host| self.host.eq_ignore_ascii_case(host))
        {
            return Err(ScanUrlError::Host);
        }
        if self.port.is_some() {
            return Err(ScanUrlError::Port);
        }
        if !PATHS.contains(&self.path) {
            return Err(ScanUrlError::Path);
        }
        Ok(())
    }

    fn canonical(&self) -> String {
        let scheme = self.scheme.to_ascii_lowercase();
        let host = self.host.to_ascii_lowercase();
        let (colon, port) = self.port.map_or(("", ""), |port| (":", port));
        format!("{scheme}://{host}{colon}{port}{}", self.path)
    }
}

/// Cuts `host:port`; the host may be an IPv6 address in brackets.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), ScanUrlError> {
    let end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let (brackets, rest) = authority.split_at(end);
    let Some((name, port)) = rest.split_once(':') else {
        return Ok((authority, None));
    };
    let number = port
        .parse::<u16>()
        .ok()
        .filter(|&number| number > 0)
        .ok_or(ScanUrlError::Port)?;
    if format!("{number}") != port {
        return Err(ScanUrlError::Port);
    }
    let host_length = brackets.len() + name.len();
    Ok((authority.split_at(host_length).0, Some(port)))
}

/// Whether a host is loopback; `None` when it is no host.
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
