//! Tests of the adapter's log lines. They need a process of their own, because a process has one log listener.
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
