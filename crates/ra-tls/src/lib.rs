//! TLS for adapters: which certificates are trusted, as a [`rustls`] configuration. No socket is opened here and no
//! file is read but the operating system's own store of roots, by its verifier.
//!
//! Certificates and names are always checked: there is no switch that turns it off. Who has a CA of their own adds it
//! to the roots ([`TlsConfig::with_extra_roots`]) or trusts nothing else ([`TlsConfig::only`]).
//!
//! ```
//! use ra_tls::{RootCertificates, RootError, TlsConfig};
//!
//! # fn configured(file: &[u8]) -> Result<TlsConfig, RootError> {
//! let roots = RootCertificates::from_pem(file)?; // the content of a PEM file
//! let tls = TlsConfig::default().with_extra_roots(roots);
//! # Ok(tls) }
//! # assert_eq!(configured(b"nothing").err(), Some(RootError::None));
//! ```
//!
//! # Features
//!
//! - `rustls-platform-verifier` (default): trust what the operating system trusts.
//! - `webpki-roots`: trust Mozilla's roots, compiled in. With both, the platform's are the default.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod refusal;
mod roots;

pub use config::TlsConfig;
pub use refusal::Refusal;
pub use roots::{RootCertificates, RootError};

use std::io;

use ra_http::{TransportError, TransportErrorKind};
use rustls::pki_types::ServerName;

pub use rustls;

/// The name to check the peer's certificate for. `host` is a name or an address, an IPv6 address without brackets.
///
/// # Errors
/// [`TransportErrorKind::NotAllowed`] if it is neither.
pub fn server_name(host: &str) -> Result<ServerName<'static>, TransportError> {
    ServerName::try_from(host.to_owned())
        .map_err(|error| TransportError::with_source(TransportErrorKind::NotAllowed, error))
}

/// What a failed handshake is called: [`TransportErrorKind::Tls`] with a [`Refusal`] as its cause, or
/// [`TransportErrorKind::Lost`] if the connection broke while TLS was being agreed on.
#[must_use]
pub fn handshake_error(error: io::Error) -> TransportError {
    let inner = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(refused) => {
            TransportError::with_source(TransportErrorKind::Tls, Refusal::from(refused))
        }
        None => TransportError::with_source(TransportErrorKind::Lost, error),
    }
}
