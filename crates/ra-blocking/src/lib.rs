//! Adapter to threads: carriers that move bytes, and drivers that run the machines of `ra-core` over them, without an
//! async runtime. The machines decide what to send, when to renew and when to give up.
//!
//! | type | what it is |
//! |---|---|
//! | [`Login`] | driver of the desktop: from nothing to the token |
//! | [`Approval`] | driver of the phone: from the scanned code to the person's decision |
//! | [`Canceller`] | ends either of them from any thread |
//! | [`HttpCarrier`] | carrier of any [`Endpoint`](ra_http::Endpoint) |
//! | [`Network`] | how connections are made: trusted roots, proxies |
//! | [`Keys`], [`KeyPool`] | session keys, made on worker threads |
//!
//! Every wait is bounded and every buffer capped. Plaintext goes to this machine only, whatever is configured,
//! and no redirect is followed.
//!
//! # Threads
//!
//! A driver runs in the thread that asks for its next event and acts only then; heartbeats are part of that, so ask
//! again soon after each event. Slow work runs on helper threads, at most one of each kind for a driver, and each wakes
//! the driver when it is done:
//!
//! | thread | does | ends |
//! |---|---|---|
//! | `ra-socket` | opens the socket, then waits for it to become readable | when the socket is closed |
//! | `ra-key` | makes one session key | when it is made |
//! | `ra-call` | one HTTP call | when it is answered or dropped |
//! | `ra-lookup` | resolves one name | when the system's resolver answers |
//!
//! Only the driver reads and writes the socket, and only what is there. Nothing polls, so a login that waits costs no
//! processor time. Closing a connection from outside wakes the thread that waits for it. Making a key and resolving a
//! name cannot be stopped: such a thread is left behind and ends by itself; at most 16 lookups run at once in a
//! process.
//!
//! # Logs of libraries
//!
//! Two libraries below log secrets through the `log` crate: `tungstenite` whole frames at `trace` and the text of the
//! peer's close at `debug`, `ureq_proto` every byte of requests and replies at `trace`. Keep these two targets at
//! `info`.
//!
//! # Features
//!
//! - `rustls-platform-verifier` (default): trust what the operating system trusts.
//! - `webpki-roots`: trust Mozilla's roots, compiled in. With both, the platform's are the default.
//! - `rustcrypto`, `aws-lc-rs`: passed on to `ra-crypto`. The backend that makes the keys is an argument.
//! - `tracing`: a span for each driver, one line a step at `info`, frames by op and length at `trace`, never their
//!   content.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod approval;
mod carrier;
mod io;
mod job;
mod keys;
mod login;
mod net;
mod notifier;
mod options;
mod socket;
mod stop;
mod ws;

pub use approval::Approval;
pub use carrier::HttpCarrier;
pub use keys::{KeyPool, Keys};
pub use login::Login;
pub use notifier::Canceller;
pub use options::LoginOptions;

pub use ra_carrier::{Network, RootCertificates, RootError, StartError, TlsConfig, rustls};
pub use ra_http::{Proxies, Proxy, ProxyError};
