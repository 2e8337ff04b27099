//! The redirect URI.

use core::net::SocketAddr;
use core::{error::Error, fmt, str::FromStr};

use http::Uri;

/// A redirect URI: absolute, without a fragment (S-04). `https`, `http`, or a private-use scheme such as
/// `com.example.app:/callback` (O-120).
///
/// ```
/// use oauth2_discord::authorize::RedirectUri;
///
/// assert_eq!(RedirectUri::new("https://nicememe.website")?.as_str(), "https://nicememe.website");
/// assert!(RedirectUri::new("com.example.app:/callback")?.is_custom_scheme());
/// assert!(RedirectUri::new("/callback").is_err());
/// # Ok::<(), oauth2_discord::authorize::RedirectUriError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RedirectUri(String);

/// Reason a text is not a [`RedirectUri`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RedirectUriError {
    /// No scheme, or nothing after it.
    NotAbsolute,
    /// A scheme that runs or shows its content, such as `javascript:`.
    Scheme,
    /// `http` or `https` without a proper host, or with a user name before it.
    Host,
    /// `#` and what follows.
    Fragment,
    /// A character that a URI cannot contain.
    Character,
    /// An address of another machine where a loopback address was asked for, or port 0.
    NotLoopback,
}

impl RedirectUri {
    /// Takes a URI as it is registered for the application.
    ///
    /// # Errors
    /// The text is not a URI, or a redirect must not lead there.
    pub fn new(text: impl Into<String>) -> Result<Self, RedirectUriError> {
        let text = text.into();
        if !text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&b))
        {
            return Err(RedirectUriError::Character);
        }
        if text.contains('#') {
            return Err(RedirectUriError::Fragment);
        }
        let (scheme, rest) = text.split_once(':').ok_or(RedirectUriError::NotAbsolute)?;
        let starts_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        let goes_on_well = scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        if !starts_well || !goes_on_well || rest.is_empty() {
            return Err(RedirectUriError::NotAbsolute);
        }
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" if rest.starts_with("//") => check_host(&text)?,
            "http" | "https" => return Err(RedirectUriError::Host),
            "javascript" | "data" | "vbscript" | "file" | "blob" | "about" | "view-source" => {
                return Err(RedirectUriError::Scheme);
            }
            _ => {}
        }
        Ok(Self(text))
    }

    /// The URI of a listener on this machine, for a native application (S-19): `http://127.0.0.1:PORT` and `path`, or
    /// the same with `[::1]`. Bind the listener to port 0 first and pass the address that it got.
    ///
    /// # Errors
    /// [`RedirectUriError::NotLoopback`], or `path` is not valid.
    ///
    /// ```
    /// # use oauth2_discord::authorize::RedirectUri;
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let uri = RedirectUri::loopback(listener.local_addr()?, "/callback")?;
    /// assert!(uri.is_loopback());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn loopback(address: SocketAddr, path: &str) -> Result<Self, RedirectUriError> {
        if !address.ip().is_loopback() || address.port() == 0 {
            return Err(RedirectUriError::NotLoopback);
        }
        if !path.starts_with('/') {
            return Err(RedirectUriError::NotAbsolute);
        }
        Self::new(format!("http://{address}{path}"))
    }

    /// The text, exactly as in the authorize URL and in the exchange (S-08).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scheme as written.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// Whether the scheme is neither `http` nor `https`.
    #[must_use]
    pub fn is_custom_scheme(&self) -> bool {
        !self.scheme().eq_ignore_ascii_case("https") && !self.is_plaintext()
    }

    /// Whether it leads to a loopback address over `http`. `localhost` does not count: it may resolve to another
    /// machine (S-19).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let address = host.parse::<core::net::IpAddr>();
        self.is_plaintext() && address.is_ok_and(|address| address.is_loopback())
    }

    pub(crate) fn is_plaintext(&self) -> bool {
        self.scheme().eq_ignore_ascii_case("http")
    }

    pub(crate) fn host(&self) -> String {
        let uri: Option<Uri> = self.0.parse().ok();
        uri.and_then(|uri| uri.host().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Whether a callback came to this URI (S-26): same scheme, host, port and path, and the same query before the
    /// parameters that were added. A default port may be left out, and so may the `/` of an empty path.
    ///
    /// ```
    /// # use oauth2_discord::authorize::RedirectUri;
    /// let uri = RedirectUri::new("https://nicememe.website")?;
    /// assert!(uri.is_of("https://nicememe.website/?code=abc&state=def"));
    /// assert!(!uri.is_of("https://evil.example/?code=abc&state=def"));
    /// # Ok::<(), oauth2_discord::authorize::RedirectUriError>(())
    /// ```
    #[must_use]
    pub fn is_of(&self, callback: &str) -> bool {
        let (own, own_query) = split(&self.0);
        let (other, other_query) = split(callback);
        let query_kept = own_query.is_empty()
            || other_query
                .strip_prefix(own_query)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('&'));
        normal(own) == normal(other) && query_kept
    }
}

fn check_host(text: &str) -> Result<(), RedirectUriError> {
    let uri: Uri = text.parse().map_err(|_| RedirectUriError::Host)?;
    let authority = uri.authority().ok_or(RedirectUriError::Host)?;
    let fine = !authority.host().is_empty() && !authority.as_str().contains('@');
    fine.then_some(()).ok_or(RedirectUriError::Host)
}

/// Splits a URI into the part before the query and the query.
fn split(uri: &str) -> (&str, &str) {
    let uri = uri.split('#').next().unwrap_or_default();
    uri.split_once('?').unwrap_or((uri, ""))
}

/// Returns the form that browsers use: scheme and host in lower case, no default port, `/` for an empty path.
fn normal(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return uri.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let (scheme, authority) = (scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
    let default = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let authority = authority.strip_suffix(default).unwrap_or(&authority);
    format!("{scheme}://{authority}{path}")
}

impl FromStr for RedirectUri {
    type Err = RedirectUriError;

    fn from_str(text: &str) -> Result<Self, RedirectUriError> {
        Self::new(text)
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RedirectUriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAbsolute => "the redirect URI is not absolute",
            Self::Scheme => "the redirect URI has a scheme that leads nowhere",
            Self::Host => "the redirect URI has no proper host",
            Self::Fragment => "the redirect URI has a fragment",
            Self::Character => "the redirect URI has a character that URIs cannot contain",
            Self::NotLoopback => "the address is not a loopback address with a port",
        })
    }
}

impl Error for RedirectUriError {}
