//! Opens connections: TCP, a proxy if there is one, TLS. Both carriers use them.

mod dial;
mod proxy;
mod stream;

use std::sync::Arc;

use ra_carrier::{Target, TlsConfig, handshake_error, server_name};
use ra_http::{Proxies, ProxyVariableError, TransportError, TransportErrorKind};
use tokio_rustls::TlsConnector;

use dial::dial;

pub(crate) use stream::Stream;
pub use stream::{Connection, Dialer, Dialing};

/// Settings for connections: trusted roots, and the targets that are reached through a proxy. Clones are cheap and
/// share the roots and TLS session tickets.
///
/// TLS is used everywhere; plaintext goes to this machine only (R-01). [`Proxies`] says which target goes through which
/// proxy. Only [`Network::from_environment`] reads the environment.
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
pub struct Network {
    shared: ra_carrier::Network,
    /// In place of TCP and proxy.
    dialer: Option<Arc<dyn Dialer>>,
}

impl Network {
    /// Connections with these roots, through these proxies: a [`Proxy`](ra_http::Proxy), an `Option` of one, or
    /// [`Proxies`].
    #[must_use]
    pub fn new(tls: TlsConfig, proxies: impl Into<Proxies>) -> Self {
        ra_carrier::Network::new(tls, proxies).into()
    }

    /// Connections with these roots, through the proxies that the environment of this process names; see
    /// [`Proxies::from_environment`] for the variables. They are read now and not again.
    ///
    /// # Errors
    /// [`ProxyVariableError`] if a variable names a proxy that cannot be used.
    pub fn from_environment(tls: TlsConfig) -> Result<Self, ProxyVariableError> {
        ra_carrier::Network::from_environment(tls).map(Self::from)
    }

    /// The same network with connections of the embedder's making in place of TCP and of the proxy.
    #[must_use]
    pub fn with_dialer(mut self, dialer: Arc<dyn Dialer>) -> Self {
        self.dialer = Some(dialer);
        self
    }

    /// Checks that TLS can be used. The drivers check before they show anything to a person.
    ///
    /// # Errors
    /// [`TransportErrorKind::Tls`] if there are no trusted roots or the configuration cannot be used.
    pub fn check_tls(&self) -> Result<(), TransportError> {
        self.shared.check_tls()
    }

    pub(crate) fn shared(&self) -> &ra_carrier::Network {
        &self.shared
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
        let tls = TlsConnector::from(self.shared.client_config()?);
        let name = server_name(&target.host)?;
        let stream = tls
            .connect(name, tcp.await?)
            .await
            .map_err(handshake_error)?;
        Ok(Box::new(stream))
    }

    async fn tcp(&self, target: &Target) -> Result<Stream, TransportError> {
        let (host, port, reach) = (&target.host, target.port, target.reach());
        if let Some(dialer) = &self.dialer {
            let dialed = dialer.dial(host, port).await;
            return dialed
                .map_err(|error| TransportError::with_source(TransportErrorKind::Connect, error));
        }
        let stream = match self.shared.proxy_for(target) {
            Some(proxy) => proxy::connect(proxy, target, reach).await,
            None => dial(host, port, reach).await,
        }?;
        Ok(Box::new(stream))
    }
}

impl From<ra_carrier::Network> for Network {
    fn from(shared: ra_carrier::Network) -> Self {
        let dialer = None;
        Self { shared, dialer }
    }
}
