//! The adapter against real sockets on loopback: servers that behave, and servers that do not.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod approval;
mod gateway;
mod http;
mod keys;
mod login;
mod login_faults;
mod network_faults;
mod parity;
mod proxy;
mod real_proxies;
mod start;
mod support;
mod tls;
mod websocket;
mod websocket_faults;
