//! The test kit of the project's tests, fuzz targets and benches: a fast key, entropy from a seed, test vectors, a
//! world (desktop, gateway, phone) on a virtual clock, suites for adapters, and a server with Discord's OAuth2
//! answers. Never published.
#![forbid(unsafe_code)]
// test code: what cannot happen here is a failed test
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

#[cfg(feature = "accounts")]
pub mod accounts;
#[cfg(feature = "accounts")]
pub mod captcha;
pub mod differential;
pub mod discord;
mod entropy;
mod fake_key;
#[cfg(feature = "net")]
pub mod fault_proxy;
#[cfg(feature = "logs")]
pub mod logs;
#[cfg(feature = "net")]
pub mod net;
pub mod oidc_provider;
#[cfg(feature = "net")]
pub mod parity;
pub mod real;
pub mod scenarios;
pub mod service;
#[cfg(feature = "tls")]
pub mod tls;
pub mod vectors;
pub mod world;

pub use entropy::{NoEntropy, SeededEntropy};
pub use fake_key::{Fake, FakeKey, FakeOr};

/// Compiles the examples of the pages that are not part of any crate.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/embedding.md")]
    struct Embedding;
    #[doc = include_str!("../../remote-auth/README.md")]
    struct Facade;
}
