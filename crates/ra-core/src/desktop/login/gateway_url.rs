//! Where a gateway's socket is.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use ra_http::{BaseUrl, BaseUrlError};

/// The address of a gateway's socket: `wss` to any host, `ws` to loopback only (R-01). The version
/// parameter `v=2` is added when the address has none.
///
/// ```
/// use ra_core::desktop::login::GatewayUrl;
///
/// let url: GatewayUrl = "ws://127.0.0.1:4000".parse()?;
/// assert_eq!(url.to_string(), "ws://127.0.0.1:4000/?v=2");
/// assert!("ws://gateway.example/".parse::<GatewayUrl>().is_err());
/// # Ok::<(), ra_core::desktop::login::GatewayUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayUrl {
    text: String,
    plaintext: bool,
}

impl GatewayUrl {
    /// The address as text.
    ///
    /// ```
    /// use ra_core::desktop::login::GatewayUrl;
    ///
    /// let url: GatewayUrl = "wss://gateway.example/?v=2".parse()?;
    /// assert_eq!(url.as_str(), "wss://gateway.example/?v=2");
    /// # Ok::<(), ra_core::desktop::login::GatewayUrlError>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns true if the scheme is `ws`, which only loopback addresses may have.
    ///
    /// ```
    /// use ra_core::desktop::login::GatewayUrl;
    ///
    /// let url: GatewayUrl = "ws://127.0.0.1:4000/".parse()?;
    /// assert!(url.is_plaintext());
    /// # Ok::<(), ra_core::desktop::login::GatewayUrlError>(())
    /// ```
    #[must_use]
    pub fn is_plaintext(&self) -> bool {
        self.plaintext
    }
}

impl FromStr for GatewayUrl {
    type Err = GatewayUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        // the rules for hosts are those of the REST base: same parser, other scheme
        let as_http = match before.split_once("://") {
            Some(("wss", rest)) => format!("https://{rest}"),
            Some(("ws", rest)) => format!("http://{rest}"),
            _ => return Err(GatewayUrlError::Scheme),
        };
        let base: BaseUrl = as_http.parse()?;
        if !query.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
            return Err(GatewayUrlError::Query);
        }
        let plaintext = base.is_plaintext();
        let mut text = base.to_string().replacen("http", "ws", 1);
        if base.path().is_empty() {
            text.push('/');
        }
        text.push('?');
        text.push_str(query);
        if !query.split('&').any(|part| part.starts_with("v=")) {
            text.push_str(if query.is_empty() { "v=2" } else { "&v=2" });
        }
        Ok(Self { text, plaintext })
    }
}

impl fmt::Display for GatewayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why an address is not that of a gateway.
///
/// ```
/// use ra_core::desktop::login::{GatewayUrl, GatewayUrlError};
///
/// assert_eq!("https://gateway.example/".parse::<GatewayUrl>(), Err(GatewayUrlError::Scheme));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GatewayUrlError {
    /// Neither `ws://` nor `wss://`.
    Scheme,
    /// The query or a fragment is not allowed.
    Query,
    /// The rest of the address is not acceptable.
    Address(BaseUrlError),
}

impl From<BaseUrlError> for GatewayUrlError {
    fn from(error: BaseUrlError) -> Self {
        Self::Address(error)
    }
}

impl fmt::Display for GatewayUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the gateway address must start with wss:// (or ws:// on loopback)",
            Self::Query => "the gateway address has a query or fragment that is not allowed",
            Self::Address(_) => "the gateway address is not acceptable",
        })
    }
}

impl core::error::Error for GatewayUrlError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Address(e) => Some(e),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r01_addresses_that_are_taken() {
        for (given, kept) in [
            (
                "wss://remote-auth-gateway.discord.gg",
                "wss://remote-auth-gateway.discord.gg/?v=2",
            ),
            ("wss://h.example/?v=3", "wss://h.example/?v=3"),
            ("wss://http.example", "wss://http.example/?v=2"),
            (
                "wss://h.example:8443/deep/path?x=1",
                "wss://h.example:8443/deep/path?x=1&v=2",
            ),
            ("ws://localhost:1", "ws://localhost:1/?v=2"),
            ("ws://[::1]:9/", "ws://[::1]:9/?v=2"),
            ("ws://127.8.9.1:9/", "ws://127.8.9.1:9/?v=2"),
        ] {
            let url: GatewayUrl = given.parse().unwrap();
            assert_eq!(url.as_str(), kept);
            assert_eq!(url.is_plaintext(), given.starts_with("ws:"));
        }
    }

    #[test]
    fn r01_addresses_that_are_refused() {
        for given in [
            "",
            "h.example",
            "https://h.example",
            "ws://h.example/",
            "ws://128.0.0.1/",
            "ws://localhost.evil.example/",
            "ws://127.0.0.1@evil.example/",
            "wss://user@h.example/",
            "wss://h.example/?v=2#frag",
            "wss://h.example/?v=2 x",
            "wss://",
        ] {
            assert!(given.parse::<GatewayUrl>().is_err(), "{given}");
        }
    }
}
