//! The scan URL in the QR code: a prefix and a fingerprint (R-09), and how a phone reads it (R-40).

mod parts;
mod prefix;

use alloc::{format, string::String};
use core::fmt;
use core::str::FromStr;

pub use prefix::{ScanPrefix, ScanPrefixError};

use crate::fingerprint::Fingerprint;
use parts::Parts;

const HOSTS: [&str; 6] = [
    "discord.com",
    "ptb.discord.com",
    "canary.discord.com",
    "discordapp.com",
    "ptb.discordapp.com",
    "canary.discordapp.com",
];
const PATHS: [&str; 2] = ["/ra/", "/rp/"];

/// The text of a QR code.
///
/// ```
/// use ra_proto::ScanUrl;
///
/// let url: ScanUrl = "https://discordapp.com/rp/vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg".parse()?;
/// assert_eq!(url.fingerprint().to_string(), "vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg");
/// let evil = "https://discord.com@evil.example/ra/vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";
/// assert!(evil.parse::<ScanUrl>().is_err());
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
        let mut text = parts.canonical();
        if prefix.is_none_or(|prefix| prefix.as_str() != text) {
            check_is_discord(&parts)?;
        }
        text.push_str(fingerprint); // it has but one text form
        let fingerprint = fingerprint.parse().map_err(|_| ScanUrlError::Fingerprint)?;
        Ok(Self { text, fingerprint })
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

fn check_is_discord(parts: &Parts<'_>) -> Result<(), ScanUrlError> {
    if !parts.scheme.eq_ignore_ascii_case("https") {
        return Err(ScanUrlError::Scheme);
    }
    if !HOSTS
        .iter()
        .any(|host| parts.host.eq_ignore_ascii_case(host))
    {
        return Err(ScanUrlError::Host);
    }
    if parts.port.is_some() {
        return Err(ScanUrlError::Port);
    }
    if !PATHS.contains(&parts.path) {
        return Err(ScanUrlError::Path);
    }
    Ok(())
}
