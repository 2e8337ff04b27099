//! Connections: name, TCP, a proxy if there is one, TLS. What both carriers stand on.

mod dial;
mod lookup;
mod tunnel;
mod wire;

use std::ffi::OsString;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use ra_carrier::rustls::ClientConfig;
use ra_carrier::{Target, TlsConfig, handshake_error, server_name};
use ra_http::{Proxies, ProxyVariableError, TransportError, TransportErrorKind};

use crate::stop::Stop;

pub(crate) use wire::Wire;

/// An open connection.
pub(crate) type Stream = ra_carrier::Stream<Wire>;

/// How connections are made: roots of trust, and which targets are reached through a proxy. Cheap to clone; clones share
/// the roots and TLS session tickets.
///
/// The rules are the same for both carriers: TLS everywhere, plaintext to this machine only (R-01). [`Proxies`] says
/// which target goes through which proxy; the environment is asked by [`Network::from_environment`] alone.
///
/// ```
/// use ra_blocking::{Network, Proxies, Proxy, TlsConfig};
///
/// let network = Network::default();
/// let proxy: Proxy = "socks5://127.0.0.1:1080".parse()?;
/// let behind_a_proxy = Network::new(TlsConfig::default(), proxy);
/// # Ok::<(), ra_blocking::ProxyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    tls: TlsConfig,
    /// Made once, when first needed: reading the platform's roots takes milliseconds.
    ready: OnceLock<Arc<ClientConfig>>,
    proxies: Proxies,
}

impl Network {
    /// Connections with this trust, through these proxies: [`Proxies::none`], one [`Proxy`](crate::Proxy), or what the
    /// environment says.
    ///
    /// ```
    /// use ra_blocking::{Network, Proxy, TlsConfig};
    ///
    /// let proxy: Proxy = "http://127.0.0.1:8888".parse()?;
    /// let through_a_proxy = Network::new(TlsConfig::default(), proxy);
    /// # Ok::<(), ra_blocking::ProxyError>(())
    /// ```
    #[must_use]
    pub fn new(tls: TlsConfig, proxies: impl Into<Proxies>) -> Self {
        Self(Arc::new(Inner {
            tls,
            proxies: proxies.into(),
            ready: OnceLock::new(),
        }))
    }

    /// Connections with this trust, through the proxies that the usual variables of the environment name.
    ///
    /// # Errors
    /// [`ProxyVariableError`] as of [`Proxies::from_environment`].
    ///
    /// ```
    /// use ra_blocking::{Network, TlsConfig};
    ///
    /// let network = Network::from_environment(TlsConfig::default())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_environment(tls: TlsConfig) -> Result<Self, ProxyVariableError> {
        let variable = |name: &'static str| -> Option<OsString> { std::env::var_os(name) };
        Ok(Self::new(tls, Proxies::from_environment(variable)?))
    }

    /// Whether TLS can be spoken at all. The drivers ask before anything is shown to a person.
    ///
    /// # Errors
    /// [`TransportErrorKind::Tls`] if there are no roots of trust or the configuration cannot be used.
    ///
    /// ```
    /// use ra_blocking::Network;
    ///
    /// if let Err(error) = Network::default().check_tls() {
    ///     eprintln!("no login from here: {error}");
    /// }
    /// ```
    pub fn check_tls(&self) -> Result<(), TransportError> {
        self.tls().map(drop)
    }

    /// Opens a connection to `target`, until `by` at the latest. What is done on it later ends by then too, until
    /// [`Wire::attend`].
    pub(crate) fn open(
        &self,
        target: &Target,
        by: Instant,
        stop: &Stop,
    ) -> Result<Stream, TransportError> {
        if !target.plaintext {
            // before anybody is connected to
            self.tls()?;
            server_name(&target.host)?;
        }
        let wire = self.tcp(target, by, stop)?;
        let mut stream = Stream::new(target, wire, || self.tls())?;
        if let Stream::Tls(tls) = &mut stream {
            tls.conn.complete_io(&mut tls.sock).map_err(|error| {
                if wire::is_timeout(&error) {
                    TransportError::new(TransportErrorKind::Timeout)
                } else {
                    handshake_error(error)
                }
            })?;
        }
        Ok(stream)
    }

    fn tcp(&self, target: &Target, by: Instant, stop: &Stop) -> Result<Wire, TransportError> {
        let reach = target.reach();
        match self.0.proxies.for_target(&target.host, target.port) {
            Some(proxy) => tunnel::connect(proxy, target, reach, by, stop),
            None => dial::dial(&target.host, target.port, reach, by, stop),
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

/// What a connection that breaks is called.
pub(crate) fn broken(error: std::io::Error) -> TransportError {
    if wire::is_timeout(&error) {
        TransportError::new(TransportErrorKind::Timeout)
    } else {
        TransportError::with_source(TransportErrorKind::Lost, error)
    }
}
