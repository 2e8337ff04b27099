//! The adapter against real sockets on loopback: the suite of the test kit, and what is particular to threads.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod adapter;
mod cancel;
mod network_faults;
mod threads;
mod whole;

use adapter::Blocking;

ra_testkit::adapter_suite!(crate::Blocking);

#[test]
fn every_scenario_on_threads() {
    ra_testkit::parity::every_scenario(Blocking);
}

#[test]
fn drivers_and_carriers_cross_threads() {
    fn moves<T: Send + 'static>() {}
    fn shared<T: Send + Sync + 'static>() {}
    moves::<ra_blocking::Login>();
    moves::<ra_blocking::Approval>();
    shared::<ra_blocking::Canceller>();
    shared::<ra_blocking::HttpCarrier>();
    shared::<ra_blocking::Network>();
    shared::<ra_blocking::KeyPool>();
    shared::<ra_blocking::StartError>();
}

/// Without time, a call connects nowhere, however near the peer is.
#[test]
fn a_call_without_time_is_a_timeout() {
    use ra_testkit::parity::peers::{answering, json};
    let address = answering(json("200 OK", "{}"));
    let request = ::http::Request::get(format!("http://{address}/")).body(ra_http::Body::empty());
    let carrier = ra_blocking::HttpCarrier::new(ra_blocking::Network::default());
    let sent = carrier.send(request.unwrap(), std::time::Duration::ZERO);
    let timeout = ra_http::TransportErrorKind::Timeout;
    assert_eq!(sent.unwrap_err().kind(), timeout);
}
