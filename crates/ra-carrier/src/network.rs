//! Settings for connections: trusted roots and proxies.

use std::sync::{Arc, OnceLock};

use ra_http::{Proxies, Proxy, ProxyVariableError, TransportError};
use rustls::ClientConfig;

use crate::{Target, TlsConfig};

/// Settings for connections: trusted roots, and the targets that are reached through a proxy. Clones are cheap and
/// share the roots and TLS session tickets.
///
/// TLS is used everywhere; plaintext goes to this machine only (R-01). [`Proxies`] says which target goes through which
/// proxy. Only [`Network::from_environment`] reads the environment.
///
/// ```
/// use ra_carrier::{Network, TlsConfig};
/// use ra_http::Proxy;
///
/// let network = Network::default();
/// let proxy: Proxy = "socks5://127.0.0.1:1080".parse()?;
/// let behind_a_proxy = Network::new(TlsConfig::default(), proxy);
/// # Ok::<(), ra_http::ProxyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    tls: TlsConfig,
    /// Created at the first use, because reading the platform's roots takes milliseconds.
    client_config: OnceLock<Arc<ClientConfig>>,
    proxies: Proxies,
}

impl Network {
    /// Connections with these roots, through these proxies: a [`Proxy`], an `Option` of one, or [`Proxies`].
    #[must_use]
    pub fn new(tls: TlsConfig, proxies: impl Into<Proxies>) -> Self {
        Self(Arc::new(Inner {
            tls,
            proxies: proxies.into(),
            client_config: OnceLock::new(),
        }))
    }

    /// Connections with these roots, through the proxies that the environment of this process names; see
    /// [`Proxies::from_environment`] for the variables. They are read now and not again.
    ///
    /// # Errors
    /// [`ProxyVariableError`] if a variable names a proxy that cannot be used.
    pub fn from_environment(tls: TlsConfig) -> Result<Self, ProxyVariableError> {
        let proxies = Proxies::from_environment(std::env::var_os)?;
        Ok(Self::new(tls, proxies))
    }

    /// Checks that TLS can be used. The drivers check before they show anything to a person.
    ///
    /// # Errors
    /// [`TransportErrorKind::Tls`](ra_http::TransportErrorKind::Tls) if there are no trusted roots or the configuration
    /// cannot be used.
    pub fn check_tls(&self) -> Result<(), TransportError> {
        self.client_config().map(drop)
    }

    /// The TLS configuration, made at the first call.
    ///
    /// # Errors
    /// The errors of [`Network::check_tls`].
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        if let Some(ready) = self.0.client_config.get() {
            return Ok(ready.clone());
        }
        let made = self.0.tls.client_config()?;
        Ok(self.0.client_config.get_or_init(|| made).clone())
    }

    /// The proxy that leads to `target`, if one does.
    #[must_use]
    pub fn proxy_for(&self, target: &Target) -> Option<&Proxy> {
        self.0.proxies.for_target(&target.host, target.port)
    }
}
