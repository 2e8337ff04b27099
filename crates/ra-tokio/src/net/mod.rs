//! Connections: TCP, a proxy if there is one, TLS. What both carriers stand on.

mod dial;
mod proxy;
mod stream;
mod target;
mod tls;

use std::sync::{Arc, OnceLock};

use ra_http::{TransportError, TransportErrorKind};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use dial::dial;

pub use proxy::{Proxy, ProxyError};
pub use tls::TlsConfig;

pub(crate) use stream::Stream;
pub(crate) use target::Target;

/// How connections are made: roots of trust, and the proxy if there is one. Cheap to clone; clones share the roots and
/// TLS session tickets.
///
/// The rules are the same for both carriers: TLS everywhere, plaintext to this machine only (R-01), and nothing taken
/// from the environment. A proxy on another machine is passed by on the way to this one.
///
/// ```
/// use ra_tokio::{Network, TlsConfig};
///
/// let network = Network::default();
/// let behind_a_proxy = Network::new(TlsConfig::default(), Some("socks5://127.0.0.1:1080".parse()?));
/// # Ok::<(), ra_tokio::ProxyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    tls: TlsConfig,
    /// Made once, when first needed: reading the platform's roots takes milliseconds.
    ready: OnceLock<Arc<ClientConfig>>,
    proxy: Option<Proxy>,
}

impl Network {
    /// Connections with these roots, through this proxy.
    #[must_use]
    pub fn new(tls: TlsConfig, proxy: Option<Proxy>) -> Self {
        Self(Arc::new(Inner {
            tls,
            proxy,
            ready: OnceLock::new(),
        }))
    }

    /// Whether TLS can be spoken at all. The drivers ask before anything is shown to a person.
    ///
    /// # Errors
    /// [`TransportErrorKind::Tls`] if there are no roots of trust or the configuration cannot be used.
    pub fn check_tls(&self) -> Result<(), TransportError> {
        self.tls().map(drop)
    }

    /// Opens a connection to `target`. The caller bounds the time it may take.
    ///
    /// # Cancel safety
    /// Dropping the future closes what was opened so far.
    pub(crate) async fn open(&self, target: &Target) -> Result<Stream, TransportError> {
        let tcp = self.tcp(target);
        if target.plaintext {
            return Ok(Stream::Plain(tcp.await?));
        }
        let tls = TlsConnector::from(self.tls()?);
        let name = ServerName::try_from(target.host.clone())
            .map_err(|error| TransportError::with_source(TransportErrorKind::NotAllowed, error))?;
        let stream = tls.connect(name, tcp.await?).await.map_err(tls_error)?;
        Ok(Stream::Tls(Box::new(stream)))
    }

    async fn tcp(&self, target: &Target) -> Result<TcpStream, TransportError> {
        let reach = target.reach();
        match &self.0.proxy {
            Some(proxy) if proxy.is_loopback() || !target.is_loopback() => {
                proxy.connect(&target.host, target.port, reach).await
            }
            _ => dial(&target.host, target.port, reach).await,
        }
    }

    fn tls(&self) -> Result<Arc<ClientConfig>, TransportError> {
        if let Some(ready) = self.0.ready.get() {
            return Ok(ready.clone());
        }
        let made = self.0.tls.client_config()?;
        Ok(self.0.ready.get_or_init(|| made).clone())
    }
}

/// What rustls refuses comes as invalid data; the rest is the connection breaking while TLS was being agreed on.
fn tls_error(error: std::io::Error) -> TransportError {
    let kind = match error.kind() {
        std::io::ErrorKind::InvalidData => TransportErrorKind::Tls,
        _ => TransportErrorKind::Lost,
    };
    TransportError::with_source(kind, error)
}
