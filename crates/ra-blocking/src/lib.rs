//! Adapter to threads: carriers that move bytes and drivers that run the machines of `ra-core` over them, without an
//! async runtime. It decides nothing: what to send, when to renew and when to give up is the machines' to say.
//!
//! | type | what it is |
//! |---|---|
//! | [`Login`] | driver of the desktop: from nothing to the token |
//! | [`Approval`] | driver of the phone: from the scanned code to the person's decision |
//! | [`Canceller`] | ends either of them from any thread |
//! | [`HttpCarrier`] | carrier of any [`Endpoint`](ra_http::Endpoint) |
//! | [`Network`] | how connections are made: TLS, its roots, proxies |
//! | [`Keys`], [`KeyPool`] | session keys, made on worker threads |
//!
//! Every wait is bounded and every buffer capped. Plaintext goes to this machine only, whatever is configured, and
//! no redirect is followed.
//!
//! # Threads
//!
//! A driver runs in the thread that asks for its next event and acts only then; heartbeats are part of that, so ask
//! again soon after each event. What takes time of its own happens on helper threads, at most one of each kind for a
//! driver, and each wakes the driver when it is done:
//!
//! | thread | does | ends |
//! |---|---|---|
//! | `ra-socket` | opens the socket, then waits for it to become readable | when the socket is closed |
//! | `ra-key` | makes one session key | when it is made |
//! | `ra-call` | one HTTP call | when it is answered or dropped |
//! | `ra-lookup` | resolves one name | when the system's resolver answers |
//!
//! The driver alone reads and writes the socket, and only what is there: nothing polls, so a login that waits costs no
//! processor time. Closing a connection from outside wakes whoever waits for it. Making a key and resolving a name
//! cannot be broken off: such a thread is left behind and ends by itself; at most 16 lookups are under way in a process.
//!
//! # Logs of others
//!
//! What this crate stands on logs through the `log` crate, and shows secrets there: `tungstenite` whole frames at `trace`
//! and the text of the peer's close at `debug`, `ureq_proto` every byte of requests and replies at `trace`. Where such
//! lines are kept, keep these two targets at `info`.
//!
//! # Features
//!
//! - `rustls-platform-verifier` (default): trust what the operating system trusts.
//! - `webpki-roots`: trust Mozilla's roots, compiled in. With both, the platform's are the default.
//! - `rustcrypto`, `aws-lc-rs`: passed on to `ra-crypto`. Which backend makes the keys is an argument.
//! - `tracing`: a span for each driver, one line a step at `info`, frames by op and length at `trace`, never their
//!   content.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod bell;
mod carrier;
mod driver;
mod error;
mod job;
mod keys;
mod net;
mod stop;
mod ws;

pub use bell::Canceller;
pub use carrier::HttpCarrier;
pub use driver::approval::Approval;
pub use driver::login::Login;
pub use driver::options::LoginOptions;
pub use error::StartError;
pub use keys::{KeyPool, Keys};
pub use net::Network;

pub use ra_carrier::{RootCertificates, RootError, TlsConfig, rustls};
pub use ra_http::{Proxies, Proxy, ProxyError};
