//! Root certificates supplied by the caller.

use std::error::Error;
use std::fmt;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// Most certificates taken from one file.
const CERTIFICATES_MOST: usize = 1000;

/// Certificates of CAs that the caller trusts, at least one. Each is known to be a readable certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootCertificates(Vec<CertificateDer<'static>>);

/// Reason bytes are not [`RootCertificates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RootError {
    /// The file holds no certificate.
    None,
    /// A section is cut off or is not base64.
    Pem,
    /// A certificate cannot be read.
    #[non_exhaustive]
    Certificate {
        /// Number of the certificate, counted from 1.
        number: usize,
    },
    /// More than 1000 certificates.
    TooMany,
}

impl RootCertificates {
    /// The certificates in a PEM file's content. Sections of another kind are passed over.
    ///
    /// # Errors
    /// [`RootError`] unless all of its certificates can be read, and there is one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, RootError> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem)
            .take(CERTIFICATES_MOST + 1)
            .collect();
        Self::from_der(certificates.map_err(|_| RootError::Pem)?)
    }

    /// Reads certificates in DER.
    ///
    /// # Errors
    /// [`RootError`] unless all of them can be read, and there is one.
    pub fn from_der(
        certificates: impl IntoIterator<Item = impl Into<CertificateDer<'static>>>,
    ) -> Result<Self, RootError> {
        let certificates: Vec<_> = certificates
            .into_iter()
            .take(CERTIFICATES_MOST + 1)
            .map(Into::into)
            .collect();
        if certificates.is_empty() {
            return Err(RootError::None);
        }
        if certificates.len() > CERTIFICATES_MOST {
            return Err(RootError::TooMany);
        }
        let mut store = RootCertStore::empty();
        for (at, certificate) in certificates.iter().enumerate() {
            store
                .add(certificate.clone())
                .map_err(|_| RootError::Certificate { number: at + 1 })?;
        }
        Ok(Self(certificates))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = CertificateDer<'static>> {
        self.0.iter().cloned()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }
}

impl fmt::Display for RootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("there is no certificate in it"),
            Self::Pem => f.write_str("a section of it is no PEM"),
            Self::Certificate { number } => write!(f, "certificate {number} cannot be read"),
            Self::TooMany => write!(
                f,
                "there are more than {CERTIFICATES_MOST} certificates in it"
            ),
        }
    }
}

impl Error for RootError {}
