//! What carriers have in common, whatever moves their bytes: where a connection may go, which certificates are trusted
//! (as a [`rustls`] configuration), what is said to proxies, the WebSocket over a connection that somebody else has opened,
//! a clock, and what is logged. No connection is opened here and no file is read but the operating system's own store of
//! roots, by its verifier.
//!
//! Certificates and names are always checked: there is no switch that turns it off. Who has a CA of their own adds it
//! to the roots ([`TlsConfig::with_extra_roots`]) or trusts nothing else ([`TlsConfig::only`]).
//!
//! ```
//! use ra_carrier::{RootCertificates, RootError, TlsConfig};
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
//! - `tracing`: log lines, one a step.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
mod stream;
mod target;
mod tls;
pub mod trace;
mod tunnel;
mod ws;

pub use clock::Clock;
pub use rustls;
pub use stream::Stream;
pub use target::{Reach, Target};
pub use tls::{Refusal, RootCertificates, RootError, TlsConfig, handshake_error, server_name};
pub use tunnel::{Step, Tunnel};
pub use ws::{Heard, ReceivedText, WebSocket};
