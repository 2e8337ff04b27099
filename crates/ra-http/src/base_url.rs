//! The API's base URL: `https` anywhere, plaintext to this machine only (R-01).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::{error::Error, fmt, str::FromStr};

use http::{Uri, uri::PathAndQuery};

use ra_types::UrlParts;

use crate::HttpError;

/// Keeps a base URL with a path below it within the 64 KiB that [`Uri`] takes.
const MAX_BYTES: usize = 16 * 1024;

/// A validated base URL, such as `https://discord.com/api/v9`.
///
/// The scheme is `https`, or `http` if the host is `localhost`, in 127.0.0.0/8, or `[::1]`. There is no user name, no
/// query and no fragment.
///
/// ```
/// use ra_http::{BaseUrl, BaseUrlError};
///
/// let base: BaseUrl = "https://discord.com/api/v9/".parse()?;
/// assert_eq!(base.to_string(), "https://discord.com/api/v9");
/// assert_eq!(base.join("/users/@me/remote-auth")?, "https://discord.com/api/v9/users/@me/remote-auth");
/// assert_eq!("http://192.168.0.1/api".parse::<BaseUrl>(), Err(BaseUrlError::Plaintext));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    text: String,
    path_at: usize,
    host: String,
    port: u16,
    plaintext: bool,
}

/// Reason why a text is not a [`BaseUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// No `scheme://host` at all, a character that no URL has, or more than 16 KiB.
    NotAUrl,
    /// A scheme other than `https` and `http`.
    Scheme,
    /// `user@` or `user:password@` before the host.
    UserInfo,
    /// A host that is neither a name nor an address.
    Host,
    /// A port that is no number from 1 to 65535.
    Port,
    /// There is a query (`?`).
    Query,
    /// There is a fragment (`#`).
    Fragment,
    /// `http` to another machine (R-01).
    Plaintext,
}

impl BaseUrl {
    /// The URL of `path` below the base. `path` starts with `/` and may bear a query.
    ///
    /// # Errors
    /// [`HttpErrorKind::BadRequest`](crate::HttpErrorKind::BadRequest) if `path` is not of this form.
    pub fn join(&self, path: &str) -> Result<Uri, HttpError> {
        if !path.starts_with('/') || path.contains('#') {
            return Err(HttpError::bad_request("path"));
        }
        Uri::try_from(format!("{}{path}", self.text)).map_err(|_| HttpError::bad_request("path"))
    }

    /// The host in lower case, an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port; 443 or 80 if the URL has none.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path, without a slash at its end: empty for `https://discord.com/`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text.get(self.path_at..).unwrap_or_default()
    }

    /// Returns true if the scheme is `http`. Then [`BaseUrl::is_loopback`] is true as well.
    #[must_use]
    pub fn is_plaintext(&self) -> bool {
        self.plaintext
    }

    /// Returns true if the host is this machine, judged by its text and not by resolving it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        if text.len() > MAX_BYTES {
            return Err(BaseUrlError::NotAUrl);
        }
        let parts = UrlParts::split(text).ok_or(BaseUrlError::NotAUrl)?;
        let plaintext = match parts.scheme.to_ascii_lowercase().as_str() {
            "https" => false,
            "http" => true,
            _ => return Err(BaseUrlError::Scheme),
        };
        if text.bytes().any(|b| !b.is_ascii_graphic() || b == b'\\') {
            return Err(BaseUrlError::NotAUrl);
        }
        if parts.fragment.is_some() {
            return Err(BaseUrlError::Fragment);
        }
        if parts.query.is_some() {
            return Err(BaseUrlError::Query);
        }
        if parts.user_info.is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        let host = read_host(parts.host)?;
        let port = parts.port.map(read_port).transpose()?;
        let default_port = if plaintext { 80 } else { 443 };
        let port = port.unwrap_or(default_port);
        if plaintext && !is_loopback(&host) {
            return Err(BaseUrlError::Plaintext);
        }
        let path = parts.path.trim_end_matches('/');
        if !path.is_empty() && PathAndQuery::try_from(path).is_err() {
            return Err(BaseUrlError::NotAUrl);
        }
        let mut text = format!("{}://", if plaintext { "http" } else { "https" });
        text += &if host.contains(':') {
            format!("[{host}]")
        } else {
            host.clone()
        };
        if port != default_port {
            text += &format!(":{port}");
        }
        let path_at = text.len();
        text += path;
        Ok(Self {
            text,
            path_at,
            host,
            port,
            plaintext,
        })
    }
}

/// The host as [`BaseUrl::host`] returns it.
fn read_host(host: &str) -> Result<String, BaseUrlError> {
    let Some(address) = host.strip_prefix('[') else {
        return name_or_v4(host);
    };
    let address = address
        .strip_suffix(']')
        .and_then(|a| a.parse::<Ipv6Addr>().ok());
    address.map(|a| a.to_string()).ok_or(BaseUrlError::Host)
}

fn read_port(port: &str) -> Result<u16, BaseUrlError> {
    let is_number = port.bytes().all(|b| b.is_ascii_digit()); // `parse` would take a sign
    let port = port.parse().ok().filter(|&port| is_number && port != 0);
    port.ok_or(BaseUrlError::Port)
}

fn name_or_v4(name: &str) -> Result<String, BaseUrlError> {
    let label_is_fine = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if name.len() > 253 || !name.split('.').all(label_is_fine) {
        return Err(BaseUrlError::Host);
    }
    // Resolvers read `127.1`, `0x7f.1` and `2130706433` as addresses; a URL that means an address says so plainly.
    let last = name.rsplit('.').next().unwrap_or_default();
    let numeric = last.starts_with(|c: char| c.is_ascii_digit())
        && (last.bytes().all(|b| b.is_ascii_digit())
            || last.starts_with("0x")
            || last.starts_with("0X"));
    if numeric && name.parse::<Ipv4Addr>().is_err() {
        return Err(BaseUrlError::Host);
    }
    Ok(name.to_ascii_lowercase())
}

/// Returns true if a host is this machine, judged by its text: lower case, without brackets.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.text)
    }
}

impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "not a URL",
            Self::Scheme => "the scheme is neither https nor http",
            Self::UserInfo => "a user name before the host is not allowed",
            Self::Host => "the host is neither a name nor an address",
            Self::Port => "the port is no number from 1 to 65535",
            Self::Query => "a query is not allowed",
            Self::Fragment => "a fragment is not allowed",
            Self::Plaintext => "plaintext is allowed to this machine only",
        })
    }
}

impl Error for BaseUrlError {}
