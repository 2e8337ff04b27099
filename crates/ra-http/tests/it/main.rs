//! Tests of the public interface: base URLs, proxies and refused calls.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod base_url;
mod proxy;
mod refusals;
