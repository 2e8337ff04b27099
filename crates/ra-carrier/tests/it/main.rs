//! Tests of TLS and the network's configuration.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod environment;
mod handshakes;
mod roots;
