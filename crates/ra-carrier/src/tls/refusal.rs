//! Reasons a handshake failed, in our own words. The texts of rustls quote the peer's certificate, which is not trusted
//! yet.

use core::error::Error;
use core::fmt;

use rustls::CertificateError;

/// Reason a TLS handshake failed. Holds no data from the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The certificate is for other names.
    Name,
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// No trusted CA has issued the certificate.
    Issuer,
    /// The certificate has been revoked.
    Revoked,
    /// The certificate is a CA's, is for something else, or makes no sense.
    Certificate,
    /// The two sides share no version, cipher or extension.
    Incompatible,
    /// The peer ended the handshake.
    Alert,
    /// The peer does not speak TLS, or breaks its rules.
    Broken,
    /// This side failed.
    Local,
}

impl From<&rustls::Error> for Refusal {
    fn from(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(error) => Self::from(error),
            rustls::Error::NoCertificatesPresented => Self::Certificate,
            rustls::Error::PeerIncompatible(_) | rustls::Error::NoApplicationProtocol => {
                Self::Incompatible
            }
            rustls::Error::AlertReceived(_) => Self::Alert,
            rustls::Error::InvalidMessage(_)
            | rustls::Error::InappropriateMessage { .. }
            | rustls::Error::InappropriateHandshakeMessage { .. }
            | rustls::Error::PeerMisbehaved(_)
            | rustls::Error::PeerSentOversizedRecord
            | rustls::Error::DecryptError => Self::Broken,
            _ => Self::Local,
        }
    }
}

impl From<&CertificateError> for Refusal {
    fn from(error: &CertificateError) -> Self {
        match error {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::Name
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::Issuer,
            CertificateError::Revoked => Self::Revoked,
            _ => Self::Certificate,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "the certificate is for other names",
            Self::Expired => "the certificate has expired",
            Self::NotYetValid => "the certificate is not valid yet",
            Self::Issuer => "the certificate's issuer is not trusted",
            Self::Revoked => "the certificate has been revoked",
            Self::Certificate => {
                "the certificate is a CA's, is for something else, or makes no sense"
            }
            Self::Incompatible => "no version or cipher that both accept",
            Self::Alert => "the peer refused",
            Self::Broken => "what came is no TLS",
            Self::Local => "TLS failed on this side",
        })
    }
}

impl Error for Refusal {}
