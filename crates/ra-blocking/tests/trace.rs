//! What the adapter logs. A process of its own: a process has one listener.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "it/adapter.rs"]
mod adapter;

ra_testkit::adapter_trace_suite!(crate::adapter::Blocking);
