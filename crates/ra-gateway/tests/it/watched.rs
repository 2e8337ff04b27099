//! Draining leaves readiness probes time to see that a node is not ready any more.

use std::time::Duration;

use crate::support::*;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn r55_who_asks_whether_a_node_is_ready_sees_that_it_drains() {
    let host = host(|config| {
        config.drain_within = HOUR;
        config.drain_least = HOUR;
    })
    .await;
    assert_eq!(get(host.address, "/readyz").await.status, 200);
    host.handle.drain();
    // there is nothing to wait for, but each of these finds somebody who listens
    for _ in 0..50 {
        assert_eq!(get(host.address, "/readyz").await.status, 503);
    }
    assert!(!host.running.is_finished());
    host.handle.shut_down();
    within(host.running).await.unwrap();
}

#[tokio::test]
async fn r55_a_node_that_nobody_watches_does_not_wait_for_anybody() {
    let host = host(|config| {
        config.drain_within = HOUR;
        config.drain_least = HOUR;
    })
    .await;
    get(host.address, "/healthz").await;
    host.handle.drain();
    // asking now is too late
    within(host.running).await.unwrap();
}

#[tokio::test]
async fn r55_what_a_watched_node_waits_has_an_end() {
    for (within_ms, least_ms) in [(3_600_000, 200), (200, 3_600_000)] {
        let host = host(|config| {
            config.drain_within = Duration::from_millis(within_ms);
            config.drain_least = Duration::from_millis(least_ms);
        })
        .await;
        get(host.address, "/readyz").await;
        host.handle.drain();
        within(host.running).await.unwrap();
    }
}

#[tokio::test]
async fn r55_who_asks_first_during_a_drain_sees_it_as_often() {
    let host = host(|config| {
        config.drain_within = HOUR;
        config.drain_least = HOUR;
    })
    .await;
    let (desktop, _) = Desktop::ready(host.address, 1).await;
    host.handle.drain();
    assert_eq!(get(host.address, "/readyz").await.status, 503);
    drop(desktop);
    // the session ends, and each of these finds somebody who listens
    for _ in 0..10_000 {
        assert_eq!(get(host.address, "/readyz").await.status, 503);
        if host.handle.sessions() == 0 {
            break;
        }
    }
    assert_eq!(host.handle.sessions(), 0);
    for _ in 0..50 {
        assert_eq!(get(host.address, "/readyz").await.status, 503);
    }
    assert!(!host.running.is_finished());
    host.handle.shut_down();
    within(host.running).await.unwrap();
}
