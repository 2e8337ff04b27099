//! Tests of the test kit, and tests that compare `docs/` with the code.
#![forbid(unsafe_code)]
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod docs;
#[cfg(feature = "net")]
mod fault_proxy;
mod oauth2_docs;
#[cfg(feature = "net")]
mod parity;
mod promises;
mod scenarios;
