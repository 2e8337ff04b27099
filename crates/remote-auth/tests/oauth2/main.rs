//! OAuth2 over real sockets: against a server that was not written here, and over other carriers.
#![forbid(unsafe_code)]
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod discord;
mod oidc_provider;
