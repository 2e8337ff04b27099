//! A proxy as a value: address, protocol and credentials. Adapters open the connection.

mod bypass;
mod choice;

use core::{error::Error, fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::BaseUrl;

pub use choice::{Proxies, ProxyVariableError};

/// Limit of RFC 1929 for a user name or password, in bytes. Both schemes keep it.
const CREDENTIAL_MOST: usize = 255;

/// A proxy: `http://host:port` for `CONNECT`, `socks5://host:port` (or `socks5h://`, which means the same here), with
/// `user:password@` if it asks for them. Without a port it is 80 or 1080.
///
/// The proxy gets host names, never resolved addresses. TLS runs inside, so the proxy sees host names and sizes only.
/// Credentials are percent-decoded, wiped on drop, and shown by neither `Debug` nor errors.
///
/// ```
/// use ra_http::{Proxy, ProxyError};
///
/// let proxy: Proxy = "http://me:secret@proxy.example:3128".parse()?;
/// assert_eq!((proxy.host(), proxy.port()), ("proxy.example", 3128));
/// assert_eq!(format!("{proxy:?}"), "Proxy(http://proxy.example:3128)");
/// assert_eq!("ftp://proxy.example".parse::<Proxy>().err(), Some(ProxyError::Scheme));
/// # Ok::<(), ProxyError>(())
/// ```
#[derive(Clone)]
pub struct Proxy {
    scheme: ProxyScheme,
    host: String,
    port: u16,
    loopback: bool,
    credentials: Option<ProxyCredentials>,
}

/// Protocol of a [`Proxy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyScheme {
    /// HTTP/1.1 `CONNECT` (RFC 9110, section 9.3.6), itself without TLS.
    Http,
    /// SOCKS version 5 (RFC 1928), names resolved by the proxy.
    Socks5,
}

/// User name and password for a [`Proxy`], at most 255 bytes each, wiped on drop.
#[derive(Clone)]
pub struct ProxyCredentials {
    user: Zeroizing<String>,
    password: Zeroizing<String>,
}

/// Reason why a text is not a [`Proxy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyError {
    /// Not `scheme://host` with at most a slash after it.
    NotAUrl,
    /// A scheme other than `http`, `socks5` and `socks5h`.
    Scheme,
    /// A user name or password that is no percent-encoded UTF-8, is over 255 bytes or has control characters; no user
    /// name; or, with `http`, a user name with a colon.
    Credentials,
}

impl Proxy {
    /// The proxy's protocol.
    #[must_use]
    pub fn scheme(&self) -> ProxyScheme {
        self.scheme
    }

    /// The host in lower case, an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port; 80 or 1080 if the URL has none.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns true if the proxy runs on this machine, judged by its text.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The credentials, if the proxy asks for some.
    #[must_use]
    pub fn credentials(&self) -> Option<&ProxyCredentials> {
        self.credentials.as_ref()
    }
}

impl ProxyCredentials {
    /// The user name. Never empty.
    #[must_use]
    pub fn expose_user(&self) -> &str {
        &self.user
    }

    /// The password; it may be empty.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        &self.password
    }

    /// The value of `Proxy-Authorization` (RFC 7617). Mark a `HeaderValue` of it as sensitive.
    #[must_use]
    pub fn basic(&self) -> Zeroizing<String> {
        let pair = Zeroizing::new([self.expose_user(), ":", self.expose_password()].concat());
        let pair = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        Zeroizing::new(["Basic ", &pair].concat())
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let (scheme, rest) = text.split_once("://").ok_or(ProxyError::NotAUrl)?;
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (ProxyScheme::Http, 80),
            "socks5" | "socks5h" => (ProxyScheme::Socks5, 1080),
            _ => return Err(ProxyError::Scheme),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // The last `@` ends the credentials: passwords with an unescaped `@` are common, hosts with one do not exist.
        let (user_info, address) = match rest.rsplit_once('@') {
            Some((user_info, address)) => (Some(user_info), address),
            None => (None, rest),
        };
        // Hosts and ports follow the rules of every other address.
        let base: BaseUrl = format!("https://{address}")
            .parse()
            .map_err(|_| ProxyError::NotAUrl)?;
        if address.contains('/') {
            return Err(ProxyError::NotAUrl);
        }
        let after_address = address.rsplit(']').next().unwrap_or_default();
        let port = match after_address.contains(':') {
            true => base.port(),
            false => default_port,
        };
        Ok(Self {
            scheme,
            host: base.host().to_owned(),
            port,
            loopback: base.is_loopback(),
            credentials: user_info
                .map(|info| ProxyCredentials::read(scheme, info))
                .transpose()?,
        })
    }
}

impl ProxyCredentials {
    fn read(scheme: ProxyScheme, user_info: &str) -> Result<Self, ProxyError> {
        let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
        let read = |part| percent_decoded(part).ok_or(ProxyError::Credentials);
        let (user, password) = (read(user)?, read(password)?);
        // RFC 7617, section 2: the first colon ends the user name
        if user.is_empty() || (scheme == ProxyScheme::Http && user.contains(':')) {
            return Err(ProxyError::Credentials);
        }
        Ok(Self { user, password })
    }
}

/// Decodes percent-encoded text. The buffer is large enough from the start, so that growing leaves no copy behind.
fn percent_decoded(text: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high << 4 | low).ok()?
            }
            byte => byte,
        });
    }
    let text = core::str::from_utf8(&bytes).ok()?;
    (text.len() <= CREDENTIAL_MOST && !text.contains(char::is_control))
        .then(|| Zeroizing::new(text.to_owned()))
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            ProxyScheme::Http => "http",
            ProxyScheme::Socks5 => "socks5",
        };
        let (host, port) = (&self.host, self.port);
        match host.contains(':') {
            true => write!(f, "Proxy({scheme}://[{host}]:{port})"),
            false => write!(f, "Proxy({scheme}://{host}:{port})"),
        }
    }
}

impl fmt::Debug for ProxyCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyCredentials(..)")
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "the proxy is not of the form scheme://host:port",
            Self::Scheme => "the proxy's scheme is neither http nor socks5",
            Self::Credentials => "the proxy's user name or password cannot be sent",
        })
    }
}

impl Error for ProxyError {}
