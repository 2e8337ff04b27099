//! TLS by rustls: an explicit provider, and roots of trust that the caller chooses.

use std::fmt;
use std::sync::Arc;

use ra_http::{TransportError, TransportErrorKind};
use rustls::client::WantsClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, ConfigBuilder, WantsVerifier};

/// Which certificates are trusted.
///
/// The default is [`TlsConfig::platform`] where it is compiled in, else [`TlsConfig::webpki`]. With neither feature
/// there is no default trust: TLS fails before any connection, unless [`TlsConfig::custom`] brings it.
#[derive(Clone)]
pub struct TlsConfig(Roots);

#[derive(Clone)]
enum Roots {
    #[cfg(feature = "rustls-platform-verifier")]
    Platform,
    #[cfg(feature = "webpki-roots")]
    Webpki,
    Custom(Arc<ClientConfig>),
    #[allow(dead_code, reason = "the default where no roots are compiled in")]
    Missing,
}

impl TlsConfig {
    /// The operating system's trust: its store, its verifier where it has one.
    #[cfg(feature = "rustls-platform-verifier")]
    #[must_use]
    pub const fn platform() -> Self {
        Self(Roots::Platform)
    }

    /// The roots that Mozilla ships, compiled in.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub const fn webpki() -> Self {
        Self(Roots::Webpki)
    }

    /// A configuration of the caller's: own roots, client certificates, another provider. Its ALPN list is replaced.
    #[must_use]
    pub fn custom(config: impl Into<Arc<ClientConfig>>) -> Self {
        Self(Roots::Custom(config.into()))
    }

    pub(super) fn client_config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        let mut config = match &self.0 {
            #[cfg(feature = "rustls-platform-verifier")]
            Roots::Platform => platform()?,
            #[cfg(feature = "webpki-roots")]
            Roots::Webpki => webpki()?,
            Roots::Custom(config) => ClientConfig::clone(config),
            Roots::Missing => return Err(TransportError::new(TransportErrorKind::Tls)),
        };
        // both carriers speak HTTP/1.1
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl Default for TlsConfig {
    #[allow(
        unreachable_code,
        reason = "which line is the last one depends on features"
    )]
    fn default() -> Self {
        #[cfg(feature = "rustls-platform-verifier")]
        return Self::platform();
        #[cfg(feature = "webpki-roots")]
        return Self::webpki();
        Self(Roots::Missing)
    }
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            #[cfg(feature = "rustls-platform-verifier")]
            Roots::Platform => "TlsConfig(platform)",
            #[cfg(feature = "webpki-roots")]
            Roots::Webpki => "TlsConfig(webpki)",
            Roots::Custom(_) => "TlsConfig(custom)",
            Roots::Missing => "TlsConfig(missing)",
        })
    }
}

#[cfg(feature = "rustls-platform-verifier")]
fn platform() -> Result<ClientConfig, TransportError> {
    use rustls_platform_verifier::BuilderVerifierExt as _;
    Ok(finish(builder()?.with_platform_verifier().map_err(tls)?))
}

#[cfg(feature = "webpki-roots")]
fn webpki() -> Result<ClientConfig, TransportError> {
    let roots: rustls::RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    Ok(finish(builder()?.with_root_certificates(roots)))
}

/// The provider is named here and never the process-wide default, which may be unset or somebody else's.
#[allow(dead_code, reason = "without roots there is nothing to build")]
fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, TransportError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(tls)
}

#[allow(dead_code, reason = "without roots there is nothing to build")]
fn finish(builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> ClientConfig {
    builder.with_no_client_auth()
}

#[allow(dead_code, reason = "without roots there is nothing to build")]
fn tls(error: rustls::Error) -> TransportError {
    TransportError::with_source(TransportErrorKind::Tls, error)
}
