//! Connections: TCP, a proxy if there is one, TLS. What both carriers stand on.

mod dial;
mod proxy;
mod stream;

use std::sync::{Arc, OnceLock};

use ra_carrier::rustls::ClientConfig;
use ra_carrier::{Target, TlsConfig, handshake_error, server_name};
use ra_http::{Proxies, ProxyVariableError, TransportError, TransportErrorKind};
use tokio_rustls::TlsConnector;

use dial::dial;

pub(crate) use stream::Stream;
pub use stream::{Connection, Dialer, Dialing};

/// How connections are made: roots of trust, and which targets are reached through a proxy. Cheap to clone; clones share
/// the roots and TLS session tickets.
///
/// The rules are the same for both carriers: TLS everywhere, plaintext to this machine only (R-01). [`Proxies`] says
/// which target goes through which proxy; the environment is asked by [`Network::from_environment`] alone.
///
/// ```
/// use ra_tokio::{Network, Proxy, TlsConfig};
///
/// let network = Network::default();
/// let proxy: Proxy = "socks5://127.0.0.1:1080".parse()?;
/// let behind_a_proxy = Network::new(TlsConfig::default(), proxy);
/// # Ok::<(), ra_tokio::ProxyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Inner>);

#[derive(Clone, Debug, Default)]
struct Inner {
    tls: TlsConfig,
    /// Made once, when first needed: reading the platform's roots takes milliseconds.
    ready: OnceLock<Arc<ClientConfig>>,
    proxies: Proxies,
    /// In place of TCP and proxy.
    dialer: Option<Arc<dyn Dialer>>,
}

impl Network {
    /// Connections with these roots, through these proxies: a [`Proxy`](ra_http::Proxy), an `Option` of one, or
    /// [`Proxies`].
    ///
    /// ```
    /// use ra_tokio::{Network, Proxy, TlsConfig};
    ///
    /// let proxy: Proxy = "http://127.0.0.1:8888".parse()?;
    /// let through_a_proxy = Network::new(TlsConfig::default(), proxy);
    /// let direct = Network::new(TlsConfig::default(), None);
    /// # Ok::<(), ra_tokio::ProxyError>(())
    /// ```
    #[must_use]
    pub fn new(tls: TlsConfig, proxies: impl Into<Proxies>) -> Self {
        Self(Arc::new(Inner {
            tls,
            proxies: proxies.into(),
            ready: OnceLock::new(),
            dialer: None,
        }))
    }

    /// Connections with these roots, through the proxy that the environment of this process names, if any; the
    /// variables are those of [`Proxies::from_environment`]. They are read now and not again.
    ///
    /// # Errors
    /// [`ProxyVariableError`] if a variable names a proxy that cannot be used.
    ///
    /// ```
    /// use ra_tokio::{Network, TlsConfig};
    ///
    /// let network = Network::from_environment(TlsConfig::default())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_environment(tls: TlsConfig) -> Result<Self, ProxyVariableError> {
        let proxies = Proxies::from_environment(std::env::var_os)?;
        Ok(Self::new(tls, proxies))
    }

    /// The same network with connections of the embedder's making in place of TCP and of the proxy.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_tokio::{Dialer, Network};
    ///
    /// fn through(tunnel: impl Dialer + 'static) -> Network {
    ///     Network::default().with_dialer(Arc::new(tunnel))
    /// }
    /// ```
    #[must_use]
    pub fn with_dialer(self, dialer: Arc<dyn Dialer>) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        inner.dialer = Some(dialer);
        Self(Arc::new(inner))
    }

    /// Whether TLS can be spoken at all. The drivers ask before anything is shown to a person.
    ///
    /// # Errors
    /// [`TransportErrorKind::Tls`] if there are no roots of trust or the configuration cannot be used.
    ///
    /// ```
    /// use ra_tokio::Network;
    ///
    /// if let Err(error) = Network::default().check_tls() {
    ///     eprintln!("no login from here: {error}");
    /// }
    /// ```
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
            return tcp.await;
        }
        let tls = TlsConnector::from(self.tls()?);
        let name = server_name(&target.host)?;
        let stream = tls
            .connect(name, tcp.await?)
            .await
            .map_err(handshake_error)?;
        Ok(Box::new(stream))
    }

    async fn tcp(&self, target: &Target) -> Result<Stream, TransportError> {
        let (host, port, reach) = (&target.host, target.port, target.reach());
        if let Some(dialer) = &self.0.dialer {
            let dialed = dialer.dial(host, port).await;
            return dialed
                .map_err(|error| TransportError::with_source(TransportErrorKind::Connect, error));
        }
        let stream = match self.0.proxies.for_target(host, port) {
            Some(proxy) => proxy::connect(proxy, target, reach).await,
            None => dial(host, port, reach).await,
        }?;
        Ok(Box::new(stream))
    }

    fn tls(&self) -> Result<Arc<ClientConfig>, TransportError> {
        if let Some(ready) = self.0.ready.get() {
            return Ok(ready.clone());
        }
        let made = self.0.tls.client_config()?;
        Ok(self.0.ready.get_or_init(|| made).clone())
    }
}
