//! Shared parts of the adapters for tokio and for threads: the drivers that run the machines of `ra-core`, the allowed
//! targets of connections, trusted certificates as a [`rustls`] configuration, handshakes with proxies, a WebSocket
//! over any connection, and a clock. This crate opens no connection. The only files it reads are the operating system's
//! root certificates, through its verifier.
//!
//! Certificates and names are always checked, and no option turns this off. To trust your own CA, add it to the roots
//! ([`TlsConfig::with_extra_roots`]) or trust nothing else ([`TlsConfig::only`]).
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

pub mod call;
mod clock;
pub mod driver;
mod key_threads;
mod network;
mod start_error;
mod stream;
mod target;
mod tls;
mod tunnel;
mod ws;

pub use clock::Clock;
pub use key_threads::{PoolPlan, cores};
pub use network::Network;
pub use rustls;
pub use start_error::StartError;
pub use stream::Stream;
pub use target::{Reach, Target};
pub use tls::{Refusal, RootCertificates, RootError, TlsConfig, handshake_error, server_name};
pub use tunnel::{Step, Tunnel};
pub use ws::{ReceivedText, SocketEvent, WebSocket};
