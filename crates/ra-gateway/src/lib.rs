//! The gateway's role over real sockets: a server that desktops connect to, phones call and hosts
//! embed. It adds sockets, a clock and randomness to `ra_core::gateway`; it never decides whose
//! login is approved, and it keeps no token.
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
//! Limits for an address count the peer, or whom [`TrustedProxies`] name.
//!
//! What the gateway holds is bounded ([`Limits`]) and short-lived ([`Lifetimes`]): a handshake token
//! decides one login of its account once, a ticket is exchanged once and its token is sealed to the
//! key that it was made for. Secrets handed out are kept as SHA-256 digests.
//!
//! Where the protocol leaves room, this gateway
//!
//! * reads `temporary_token` and does not honour it: how long a token lives is the accounts' business;
//! * takes an MFA token again until it expires (five minutes), for its account only;
//! * asks whoever exchanges a ticket for no authorization: only the holder of the key can open the answer;
//! * finds the newest socket only if one key has proven itself on two, and closes the older with 4003;
//! * keeps answering calls while it drains, since that is how sessions come to their end.
//!
//! One node keeps all of it in memory. With the feature `redis` several nodes serve one fleet
//! ([`BackplaneConfig`]): a socket on one of them, each call on any.
//!
//! [`Gateway`] has an example; [`accounts`] tells where accounts come from.
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
