//! The gateway's role over real sockets: a server that desktops connect to, phones call and hosts
//! embed. It adds sockets, a clock and randomness to `ra_core::gateway`. It never decides whether a
//! login is approved, and it stores no open token.
//!
//! ```text
//! desktop ── GET /?v=2 (WebSocket) ─────────────┐
//!         ── POST …/remote-auth/login ────────┐ │
//! phone   ── POST …/remote-auth ────────────┐ │ │
//!         ── POST …/finish, …/cancel ─────┐ │ │ │
//!         ── POST /mfa/finish ──────────┐ │ │ │ │
//!                                       ▼ ▼ ▼ ▼ ▼
//!                            Gateway ── Accounts (yours, or an HTTP call-out)
//! ```
//!
//! One listener serves all of it, plus `/healthz` and `/readyz`. REST calls live under `/api/vN/`
//! for any N. Errors carry Discord's statuses and codes.
//!
//! Limits for an address count the peer, or the client that [`TrustedProxies`] name.
//!
//! The gateway's state is bounded ([`Limits`]) and short-lived ([`Lifetimes`]). A handshake token
//! decides one login of its account, once. A ticket is exchanged once, and its token is sealed to
//! the desktop's key. Secrets that were handed out are stored as SHA-256 digests.
//!
//! Where the protocol leaves room, this gateway
//!
//! * ignores `temporary_token`: the accounts decide how long a token lives;
//! * accepts an MFA token again until it expires (five minutes), for its account only;
//! * needs no authorization for a ticket exchange: only the holder of the key can open the answer;
//! * closes the older of two sockets that proved the same key with 4003;
//! * answers calls while it drains, so that sessions can end.
//!
//! One node keeps this state in memory. With the feature `redis` several nodes serve one fleet
//! ([`BackplaneConfig`]): a socket on one of them, each call on any.
//!
//! # Log
//!
//! Events go to `tracing` with the target `ra_gateway`; the field `event` has their name. They hold
//! numbers and words of the gateway's own, no name, id, address, key, ticket or token.
//!
//! # Floors
//!
//! Modules import from those below them only: `gateway`, `handle`, `shared`, `config`; `server`
//! (bytes), `api` (calls), `backplane` (how nodes meet), `session` (connected desktops), `accounts`
//! and `limits`, `observe` (reasons, metrics, log), `base` (clock, lock, randomness).
//!
//! [`Gateway`] has an example; [`accounts`] describes where accounts come from.
#![forbid(unsafe_code)]

pub mod accounts;
mod api;
mod backplane;
mod base;
mod config;
mod gateway;
mod handle;
mod limits;
mod observe;
mod server;
mod session;
mod shared;

#[cfg(feature = "aws-lc-rs")]
pub use ra_crypto::AwsLc;

pub use accounts::{Accounts, Captcha};
#[cfg(feature = "redis")]
pub use backplane::redis::{Redis, RedisUnavailable, RedisUrlError};
pub use base::entropy::EntropySource;
pub use config::{BackplaneConfig, Config, Lifetimes};
pub use gateway::Gateway;
pub use handle::Handle;
pub use limits::Limits;
pub use limits::origin::{Origin, OriginError, Origins};
pub use limits::peer_addr::{
    ClientHeader, ClientHeaderError, IpNetwork, IpNetworkError, TrustedProxies,
};
#[cfg(feature = "tls")]
pub use server::tls::{Tls, TlsError, TlsValidity};
