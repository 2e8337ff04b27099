//! The adapter against real sockets on loopback: the suite of the test kit, and what is particular to tokio.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod adapter;
mod dropped_futures;
mod network_faults;
mod paused_clock;
mod runtime;
mod websocket;

use adapter::RealTime;

ra_testkit::adapter_suite!(crate::RealTime);

#[test]
fn every_scenario_on_the_real_clock() {
    ra_testkit::parity::every_scenario(RealTime);
}
