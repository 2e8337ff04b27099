//! TLS towards clients, with certificates that can be replaced while it runs.

mod validity;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::server::stream::Stream;
pub use validity::TlsValidity;

/// More than this is no chain.
const CERTIFICATES_MOST: usize = 16;
/// Most bytes that TLS may buffer for a client that does not read.
const WAITING_BYTES: usize = 16 * 1024;

/// Certificates of a gateway: a chain and the key of its first certificate. TLS 1.2 and 1.3,
/// HTTP/1.1. Clones share them: [`replace`](Self::replace) changes all clones.
#[derive(Clone)]
pub struct Tls(Arc<RwLock<Shown>>);

#[derive(Clone)]
struct Shown {
    config: Arc<ServerConfig>,
    validity: TlsValidity,
}

/// Reason certificates and a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsError {
    /// There is no certificate.
    NoCertificate,
    /// The certificates are no PEM, cannot be read, or are more than 16.
    Certificate,
    /// There is no private key.
    NoKey,
    /// The private key is no PEM, or of a kind that cannot be used.
    Key,
    /// The private key is encrypted: there is nobody who could be asked for its passphrase.
    EncryptedKey,
    /// The key is not that of the first certificate.
    Mismatch,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCertificate => "there is no certificate in it",
            Self::Certificate => "the certificates cannot be read",
            Self::NoKey => "there is no private key in it",
            Self::Key => "the private key cannot be used",
            Self::EncryptedKey => {
                "the private key is encrypted: it has to be one without a passphrase"
            }
            Self::Mismatch => "the private key is not that of the certificate",
        })
    }
}

impl std::error::Error for TlsError {}

impl Tls {
    /// Reads certificates, the host's own first, and its key (PKCS #8, PKCS #1 or SEC1) from the
    /// contents of PEM files. Sections of other kinds are skipped, so one file may hold both.
    ///
    /// # Errors
    /// [`TlsError`] if they cannot be used, together or at all.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        Ok(Self(Arc::new(RwLock::new(shown(certificates, key)?))))
    }

    /// Returns the validity of the current certificates: their times, and whether they name a host.
    /// Invalid certificates are still served; the host program decides what to do about them.
    #[must_use]
    pub fn validity(&self) -> TlsValidity {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .validity
    }

    /// Shows these from the next connection on. Connections that there are keep what they were shown.
    ///
    /// # Errors [`TlsError`] as in [`from_pem`](Self::from_pem); the old certificates stay in use.
    pub fn replace(&self, certificates: &[u8], key: &[u8]) -> Result<(), TlsError> {
        let new = shown(certificates, key)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Runs the TLS handshake with a client. On failure it returns the connection, so that the
    /// client can read the alert.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Result<Stream, TcpStream> {
        let current = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let accepted = TlsAcceptor::from(current.config).accept_with(stream, |connection| {
            connection.set_buffer_limit(Some(WAITING_BYTES));
        });
        match accepted.into_fallible().await {
            Ok(tls) => Ok(Stream::Tls(Box::new(tls))),
            Err((_, stream)) => Err(stream),
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(..)")
    }
}

fn shown(certificates: &[u8], key: &[u8]) -> Result<Shown, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates)
        .take(CERTIFICATES_MOST + 1)
        .collect();
    let chain = chain.map_err(|_| match is_encrypted(certificates) {
        true => TlsError::EncryptedKey,
        false => TlsError::Certificate,
    })?;
    match chain.len() {
        0 => return Err(TlsError::NoCertificate),
        1..=CERTIFICATES_MOST => {}
        _ => return Err(TlsError::Certificate),
    }
    let private = PrivateKeyDer::from_pem_slice(key).map_err(|why| match why {
        _ if is_encrypted(key) => TlsError::EncryptedKey,
        PemError::NoItemsFound => TlsError::NoKey,
        _ => TlsError::Key,
    })?;
    let validity = TlsValidity::of(&chain)?;
    // the provider is named here and never the process-wide default, which may be somebody else's
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError::Key)?;
    let config = builder
        .with_no_client_auth()
        .with_single_cert(chain, private);
    let mut config = config.map_err(|why| match why {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch,
        rustls::Error::InvalidCertificate(_) => TlsError::Certificate,
        _ if is_encrypted(key) => TlsError::EncryptedKey,
        _ => TlsError::Key,
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let config = Arc::new(config);
    Ok(Shown { config, validity })
}

/// Returns true if the key is encrypted: as PKCS #8, or the older way with headers.
fn is_encrypted(key: &[u8]) -> bool {
    let signs: [&[u8]; 2] = [b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"DEK-Info:"];
    let has = |sign: &[u8]| key.windows(sign.len()).any(|part| part == sign);
    signs.into_iter().any(has)
}

#[cfg(test)]
mod tests;
