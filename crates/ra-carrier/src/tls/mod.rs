//! The trusted certificates, as a [`rustls`] configuration.

mod config;
mod refusal;
mod roots;

pub use config::TlsConfig;
pub use refusal::Refusal;
pub use roots::{RootCertificates, RootError};

use std::io;

use ra_http::{TransportError, TransportErrorKind};
use rustls::pki_types::ServerName;

/// The name to check the peer's certificate for. `host` is a name or an address, an IPv6 address without brackets.
///
/// # Errors
/// [`TransportErrorKind::NotAllowed`] if it is neither.
pub fn server_name(host: &str) -> Result<ServerName<'static>, TransportError> {
    ServerName::try_from(host.to_owned())
        .map_err(|error| TransportError::with_source(TransportErrorKind::NotAllowed, error))
}

/// Converts a failed handshake: [`TransportErrorKind::Tls`] with a [`Refusal`] as its cause, or
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
