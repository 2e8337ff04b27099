//! What the project's own tests, fuzz targets and benches share: a fast key, entropy from a seed,
//! the vectors, and a whole world (desktop × gateway × phone) on a virtual clock. Never published.
#![forbid(unsafe_code)]
// test code: what cannot happen here is a failed test
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod entropy;
mod fake_key;
pub mod real;
#[cfg(feature = "tls")]
pub mod tls;
pub mod vectors;
pub mod world;

pub use entropy::{NoEntropy, SeededEntropy};
pub use fake_key::{Fake, FakeKey};
