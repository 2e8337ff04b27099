//! The gateway over real sockets on loopback, with clients that were not made for it: bare
//! WebSockets, bare HTTP, bare TCP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests, too, fail by panic

mod accounts;
mod bad_frames;
mod call_out;
mod captcha;
mod codes;
mod dialects;
mod drain;
#[cfg(feature = "redis")]
mod fleet;
mod handshake_tokens;
mod http_limits;
mod limits;
mod login;
mod logs;
mod metrics;
mod mfa;
mod readiness;
#[cfg(all(feature = "redis", unix))]
mod redis_reasons;
mod rest_errors;
mod storms;
mod support;
mod tickets;
#[cfg(feature = "tls")]
mod tls;
mod tolerance;
mod watched;
