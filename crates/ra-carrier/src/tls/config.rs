//! TLS by rustls: an explicit provider, and roots of trust that the caller chooses.

use std::fmt;
use std::sync::Arc;

use ra_http::{TransportError, TransportErrorKind};
use rustls::client::WantsClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use crate::RootCertificates;

/// Choice of the trusted certificates.
///
/// The default is [`TlsConfig::platform`] where it is compiled in, else [`TlsConfig::webpki`]. With neither feature
/// there is no default trust: TLS fails before any connection, unless [`TlsConfig::only`], [`TlsConfig::custom`] or
/// extra roots bring it. Names and validity are checked whatever is chosen.
#[derive(Clone)]
pub struct TlsConfig {
    trust: Trust,
    /// Trusted in addition to `trust`.
    extra: Option<RootCertificates>,
}

#[derive(Clone)]
enum Trust {
    #[cfg(feature = "rustls-platform-verifier")]
    Platform,
    #[cfg(feature = "webpki-roots")]
    Webpki,
    Custom(Arc<ClientConfig>),
    /// Trusts nothing: the default if no roots are compiled in, and the base of [`TlsConfig::only`].
    Nothing,
}

impl TlsConfig {
    /// The operating system's trust: its store, its verifier where it has one. Where the store is files, as on Linux,
    /// the variables `SSL_CERT_FILE` and `SSL_CERT_DIR` name others in its place.
    #[cfg(feature = "rustls-platform-verifier")]
    #[must_use]
    pub const fn platform() -> Self {
        Self::trusting(Trust::Platform)
    }

    /// The roots that Mozilla ships, compiled in.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub const fn webpki() -> Self {
        Self::trusting(Trust::Webpki)
    }

    /// These roots and no others.
    #[must_use]
    pub const fn only(roots: RootCertificates) -> Self {
        Self {
            trust: Trust::Nothing,
            extra: Some(roots),
        }
    }

    /// A configuration of the caller's: own roots, client certificates, another provider. Its ALPN list is replaced.
    #[must_use]
    pub fn custom(config: impl Into<Arc<ClientConfig>>) -> Self {
        Self::trusting(Trust::Custom(config.into()))
    }

    /// The same trust and these roots too. A [`custom`](TlsConfig::custom) configuration is all the caller's: with
    /// extra roots it is refused by [`TlsConfig::client_config`].
    ///
    /// On Android the platform's verifier takes no roots beside its own and is refused in the same way.
    #[must_use]
    pub fn with_extra_roots(mut self, roots: RootCertificates) -> Self {
        match &mut self.extra {
            Some(extra) => extra.extend(roots),
            extra => *extra = Some(roots),
        }
        self
    }

    /// The configuration, for HTTP/1.1 (both carriers speak it). Reading the platform's roots takes milliseconds: keep
    /// it.
    ///
    /// # Errors
    /// [`TransportErrorKind::Tls`] if there are no roots of trust or what was chosen cannot be used together.
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        let mut config = match (&self.trust, &self.extra) {
            #[cfg(feature = "rustls-platform-verifier")]
            (Trust::Platform, extra) => platform(extra.as_ref())?,
            #[cfg(feature = "webpki-roots")]
            (Trust::Webpki, extra) => {
                let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
                trusting(roots, extra.as_ref())?
            }
            (Trust::Nothing, Some(extra)) => trusting(RootCertStore::empty(), Some(extra))?,
            (Trust::Custom(config), None) => ClientConfig::clone(config),
            (Trust::Custom(_), Some(_)) => {
                return Err(refused(
                    "a configuration of the caller's takes no extra roots",
                ));
            }
            (Trust::Nothing, None) => return Err(refused("there are no roots of trust")),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    const fn trusting(trust: Trust) -> Self {
        Self { trust, extra: None }
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
        Self::trusting(Trust::Nothing)
    }
}

impl fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trust = match &self.trust {
            #[cfg(feature = "rustls-platform-verifier")]
            Trust::Platform => "platform",
            #[cfg(feature = "webpki-roots")]
            Trust::Webpki => "webpki",
            Trust::Custom(_) => "custom",
            Trust::Nothing => "nothing",
        };
        match &self.extra {
            Some(extra) => write!(f, "TlsConfig({trust} + {} roots)", extra.len()),
            None => write!(f, "TlsConfig({trust})"),
        }
    }
}

#[cfg(feature = "rustls-platform-verifier")]
fn platform(extra: Option<&RootCertificates>) -> Result<ClientConfig, TransportError> {
    use rustls_platform_verifier::{BuilderVerifierExt as _, Verifier};
    let builder = builder()?;
    let Some(extra) = extra else {
        return Ok(finish(builder.with_platform_verifier().map_err(tls)?));
    };
    #[cfg(target_os = "android")]
    {
        let _ = (extra, builder);
        Err(refused("this platform takes no extra roots"))
    }
    #[cfg(not(target_os = "android"))]
    {
        let provider = builder.crypto_provider().clone();
        let verifier = Verifier::new_with_extra_roots(extra.iter(), provider).map_err(tls)?;
        // rustls' word for any verifier that is not its own: this is the platform's
        let builder = builder.dangerous();
        Ok(finish(
            builder.with_custom_certificate_verifier(Arc::new(verifier)),
        ))
    }
}

fn trusting(
    mut roots: RootCertStore,
    extra: Option<&RootCertificates>,
) -> Result<ClientConfig, TransportError> {
    for certificate in extra.into_iter().flat_map(RootCertificates::iter) {
        roots.add(certificate).map_err(tls)?;
    }
    Ok(finish(builder()?.with_root_certificates(roots)))
}

/// The provider is named here and never the process-wide default, which may be unset or somebody else's.
fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, TransportError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(tls)
}

fn finish(builder: ConfigBuilder<ClientConfig, WantsClientCert>) -> ClientConfig {
    builder.with_no_client_auth()
}

fn tls(error: rustls::Error) -> TransportError {
    TransportError::with_source(TransportErrorKind::Tls, error)
}

fn refused(why: &'static str) -> TransportError {
    TransportError::with_source(TransportErrorKind::Tls, why)
}
