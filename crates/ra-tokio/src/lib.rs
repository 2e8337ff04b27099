//! Adapter to tokio: carriers that move bytes, and drivers that run the machines of `ra-core` over them. The machines
//! decide what to send, when to renew and when to give up.
//!
//! | type | what it is |
//! |---|---|
//! | [`Login`] | driver of the desktop: from nothing to the token |
//! | [`Approval`] | driver of the phone: from the scanned code to the person's decision |
//! | [`WebSocket`] | carrier of frames |
//! | [`HttpCarrier`] | carrier of any [`Endpoint`](ra_http::Endpoint) |
//! | [`Network`] | how both connect: TLS, its roots, a proxy |
//! | [`Keys`], [`KeyPool`] | session keys, made on blocking workers |
//!
//! Every wait is bounded and every buffer capped. Plaintext goes to this machine only, whatever is configured,
//! and no redirect is followed. Each `async fn` says under *Cancel safety* what dropping it loses; for the
//! drivers that is nothing. The runtime needs I/O and time enabled. Name resolution and key making run on its blocking
//! threads, and dropping a runtime waits for them.
//!
//! # Features
//!
//! - `rustls-platform-verifier` (default): trust what the operating system trusts.
//! - `webpki-roots`: trust Mozilla's roots, compiled in. With both, the platform's are the default.
//! - `rustcrypto`, `aws-lc-rs`: passed on to `ra-crypto`. The backend that makes the keys is an argument.
//! - `tracing`: a span for each driver, one line a step at `info`, frames by op and length at `trace`, never their
//!   content. Of the libraries below, only the WebSocket library logs content; [`WebSocket`] says how to keep that out.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod approval;
mod carrier;
mod io;
mod keys;
mod login;
mod net;
mod options;
mod socket;
mod ws;

pub use approval::Approval;
pub use carrier::HttpCarrier;
pub use keys::{KeyPool, Keys};
pub use login::Login;
pub use net::{Connection, Dialer, Dialing, Network};
pub use options::LoginOptions;
pub use ws::WebSocket;

pub use ra_carrier::{
    ReceivedText, RootCertificates, RootError, SocketEvent, StartError, TlsConfig, rustls,
};
pub use ra_http::{Proxies, Proxy, ProxyError, ProxyVariableError};
