//! Proxies: HTTP `CONNECT` and SOCKS5, named by the caller. TLS runs inside, so that a proxy sees host names and
//! nothing else; with SOCKS5 too, names are resolved by the proxy.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};

use http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::base64::encode_standard;
use tokio::net::TcpStream;
use tower_service::Service;
use zeroize::Zeroizing;

use super::dial::{Reach, dial};

/// A proxy: `http://host:port` for `CONNECT` or `socks5://host:port`, with `user:password@` if it asks for them.
/// Neither `Debug` nor errors show the credentials.
///
/// ```
/// use ra_tokio::{Proxy, ProxyError};
///
/// let proxy: Proxy = "http://me:secret@proxy.example:3128".parse()?;
/// assert_eq!(format!("{proxy:?}"), "Proxy(http://proxy.example:3128)");
/// assert_eq!("ftp://proxy.example".parse::<Proxy>().err(), Some(ProxyError::Scheme));
/// # Ok::<(), ProxyError>(())
/// ```
#[derive(Clone)]
pub struct Proxy {
    kind: Kind,
    host: String,
    port: u16,
    loopback: bool,
    credentials: Option<(Zeroizing<String>, Zeroizing<String>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Http,
    Socks5,
}

/// Why a text is no [`Proxy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyError {
    /// Not `scheme://host` with at most a slash after it.
    NotAUrl,
    /// A scheme other than `http`, `socks5` and `socks5h`.
    Scheme,
    /// A user name or password that is no UTF-8, is over 255 bytes, or, with `http`, a user name with a colon.
    Credentials,
}

impl Proxy {
    /// Whether the proxy runs on this machine, judged by what is written.
    pub(super) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Connects to `host` through the proxy, which has to be within `reach`. The caller bounds the time.
    pub(super) async fn connect(
        &self,
        host: &str,
        port: u16,
        reach: Reach,
    ) -> Result<TcpStream, TransportError> {
        let (target, via) = (uri(host, port)?, uri(&self.host, self.port)?);
        let dial = Dial {
            host: self.host.clone(),
            port: self.port,
            reach,
        };
        let connected = match self.kind {
            Kind::Http => {
                let mut tunnel = Tunnel::new(via, dial);
                if let Some(header) = self.basic() {
                    tunnel = tunnel.with_auth(header?);
                }
                tunnel.call(target).await.map_err(proxy)
            }
            Kind::Socks5 => {
                let mut socks = SocksV5::new(via, dial);
                if let Some((user, password)) = &self.credentials {
                    socks = socks.with_auth(user.to_string(), password.to_string());
                }
                socks.call(target).await.map_err(proxy)
            }
        };
        connected.map(TokioIo::into_inner)
    }

    fn basic(&self) -> Option<Result<HeaderValue, TransportError>> {
        let (user, password) = self.credentials.as_ref()?;
        let pair = Zeroizing::new(format!("{}:{}", user.as_str(), password.as_str()));
        let header = Zeroizing::new(format!("Basic {}", encode_standard(pair.as_bytes())));
        Some(HeaderValue::try_from(header.as_str()).map_err(proxy))
    }
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let (scheme, rest) = text.split_once("://").ok_or(ProxyError::NotAUrl)?;
        let (kind, default_port) = match scheme {
            "http" => (Kind::Http, 80),
            "socks5" | "socks5h" => (Kind::Socks5, 1080),
            _ => return Err(ProxyError::Scheme),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user_info, address) = match rest.rsplit_once('@') {
            Some((user_info, address)) => (Some(user_info), address),
            None => (None, rest),
        };
        // the rules for hosts and ports are those of every other address
        let base: ra_http::BaseUrl = format!("https://{address}")
            .parse()
            .map_err(|_| ProxyError::NotAUrl)?;
        if !base.path().is_empty() {
            return Err(ProxyError::NotAUrl);
        }
        let written = address
            .rsplit(']')
            .next()
            .is_some_and(|after| after.contains(':'));
        Ok(Self {
            kind,
            host: base.host().to_owned(),
            loopback: base.is_loopback(),
            port: if written { base.port() } else { default_port },
            credentials: user_info.map(|info| credentials(kind, info)).transpose()?,
        })
    }
}

fn credentials(
    kind: Kind,
    user_info: &str,
) -> Result<(Zeroizing<String>, Zeroizing<String>), ProxyError> {
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    let decode = |part| match percent_decode_str(part).decode_utf8() {
        Ok(text) if text.len() <= 255 => Ok(Zeroizing::new(text.into_owned())),
        _ => Err(ProxyError::Credentials),
    };
    let (user, password) = (decode(user)?, decode(password)?);
    if user.is_empty() || (kind == Kind::Http && user.contains(':')) {
        return Err(ProxyError::Credentials);
    }
    Ok((user, password))
}

fn uri(host: &str, port: u16) -> Result<Uri, TransportError> {
    let authority = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    Uri::builder()
        .scheme("https")
        .authority(authority)
        .path_and_query("/")
        .build()
        .map_err(|error| TransportError::with_source(TransportErrorKind::NotAllowed, error))
}

fn proxy(error: impl Into<Box<dyn Error + Send + Sync>>) -> TransportError {
    TransportError::with_source(TransportErrorKind::Proxy, error)
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            Kind::Http => "http",
            Kind::Socks5 => "socks5",
        };
        let (open, close) = if self.host.contains(':') {
            ("[", "]")
        } else {
            ("", "")
        };
        write!(
            f,
            "Proxy({scheme}://{open}{}{close}:{})",
            self.host, self.port
        )
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

/// The connection to the proxy itself, as the tunnels want it.
struct Dial {
    host: String,
    port: u16,
    reach: Reach,
}

impl Service<Uri> for Dial {
    type Response = TokioIo<TcpStream>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (host, port, reach) = (self.host.clone(), self.port, self.reach);
        Box::pin(async move { dial(&host, port, reach).await.map(TokioIo::new) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Proxy {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_and_default_ports_are_read() {
        for (text, shown) in [
            ("http://proxy.example", "Proxy(http://proxy.example:80)"),
            (
                "http://proxy.example:3128/",
                "Proxy(http://proxy.example:3128)",
            ),
            ("socks5://127.0.0.1", "Proxy(socks5://127.0.0.1:1080)"),
            ("socks5h://127.0.0.1:443", "Proxy(socks5://127.0.0.1:443)"),
            ("socks5://[::1]", "Proxy(socks5://[::1]:1080)"),
            ("socks5://[::1]:9", "Proxy(socks5://[::1]:9)"),
        ] {
            assert_eq!(format!("{:?}", parsed(text)), shown);
        }
    }

    #[test]
    fn credentials_are_decoded_and_never_shown() {
        let proxy = parsed("http://can%40ary:can:ary%3A@proxy.example");
        let (user, password) = proxy.credentials.as_ref().unwrap();
        assert_eq!((user.as_str(), password.as_str()), ("can@ary", "can:ary:"));
        assert!(!format!("{proxy:?}").contains("ary"));
        let header = proxy.basic().unwrap().unwrap();
        assert_eq!(header, "Basic Y2FuQGFyeTpjYW46YXJ5Og==");
        assert!(parsed("socks5://proxy.example").credentials.is_none());
    }

    #[test]
    fn what_is_no_proxy_is_refused() {
        use ProxyError::*;
        let long = format!("socks5://{}@proxy.example", "u".repeat(256));
        for (text, reason) in [
            ("", NotAUrl),
            ("proxy.example:3128", NotAUrl),
            ("http://", NotAUrl),
            ("http://proxy.example/path", NotAUrl),
            ("http://proxy.example?x", NotAUrl),
            ("http://proxy.example:0", NotAUrl),
            ("https://proxy.example", Scheme),
            ("socks4://proxy.example", Scheme),
            ("http://@proxy.example", Credentials),
            ("http://%ff@proxy.example", Credentials),
            ("http://a%3Ab:c@proxy.example", Credentials),
            (&long, Credentials),
        ] {
            assert_eq!(text.parse::<Proxy>().err(), Some(reason), "{text}");
        }
    }
}
