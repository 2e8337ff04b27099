//! Sessions and connections over a limit (R-55).

use std::time::Duration;

use ra_testkit::FakeKey;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Error;

use crate::support::*;

/// Status and `Retry-After` of a refused upgrade.
async fn refused(host: &Host) -> (u16, u64) {
    let connecting = Desktop::connect_to(host.address, "/?v=2", Box::new(FakeKey::new(1)));
    match connecting.await {
        Err(Error::Http(response)) => {
            let wait = response.headers()["retry-after"]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            (response.status().as_u16(), wait)
        }
        Err(other) => panic!("refused by {other}"),
        Ok(_) => panic!("let in"),
    }
}

#[tokio::test]
async fn r55_sessions_over_the_nodes_limit_get_503_until_one_ends() {
    let host = host(|config| config.limits.sessions = 2).await;
    let first = Desktop::connect(host.address).await;
    let _second = Desktop::connect(host.address).await;
    let (status, wait) = refused(&host).await;
    assert_eq!(status, 503);
    assert!(wait >= 1);
    drop(first);
    host.sessions_fall_to(1).await;
    Desktop::connect(host.address).await.expect("hello").await;
}

#[tokio::test]
async fn r55_sessions_over_an_addresss_pace_get_429() {
    let host = host(|config| config.limits.sessions_per_address = 2).await;
    for _ in 0..2 {
        Desktop::connect(host.address).await;
    }
    let (status, wait) = refused(&host).await;
    assert_eq!(status, 429);
    assert!((1..=30).contains(&wait), "{wait}");
}

#[tokio::test]
async fn r55_connections_over_a_limit_are_told_and_closed() {
    for (connections, per_address, status) in [(100, 2, "429"), (2, 100, "503")] {
        let host = host(|config| {
            config.limits.connections = connections;
            config.limits.connections_per_address = per_address;
        })
        .await;
        let held = [
            Desktop::connect(host.address).await,
            Desktop::connect(host.address).await,
        ];
        let mut third = Tcp::connect(host.address).await;
        let answer = String::from_utf8(third.read_to_end().await).unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        assert!(answer.contains("\r\nretry-after: 5\r\n"), "{answer}");
        // a real client that asks first gets to read it as well
        assert_eq!(refused(&host).await.0.to_string(), status);
        drop(held);
        host.sessions_fall_to(0).await;
    }
}

#[tokio::test]
async fn r55_calls_over_an_addresss_pace_get_429_with_discords_body() {
    let host = host(|config| config.limits.calls_per_address = 3).await;
    for _ in 0..3 {
        let reply = post(host.address, "login", None, json!({"ticket": "x"})).await;
        assert_eq!(reply.status, 400);
    }
    let reply = post(host.address, "login", None, json!({"ticket": "x"})).await;
    assert_eq!(reply.status, 429);
    assert!(reply.retry_after() >= 1);
    assert!(reply.json()["retry_after"].as_f64().unwrap() > 0.0);
    assert_eq!(reply.json()["global"], false);
    assert_eq!(
        get(host.address, "/healthz").await.status,
        200,
        "health is not a call"
    );
}

#[tokio::test]
async fn r55_a_desktop_that_never_reads_is_dropped() {
    let host = host(|config| config.limits.write_within = Duration::from_millis(200)).await;
    let (mut tcp, _) = Tcp::upgraded(host.address, "").await;
    let heartbeats = masked(0x81, br#"{"op":"heartbeat"}"#).repeat(1_000);
    // it takes what fits into the system's buffers and not a frame more: at some point it no
    // longer reads, and then it is gone
    let gone = within(async {
        loop {
            if tcp.0.write_all(&heartbeats).await.is_err() {
                return true;
            }
        }
    });
    assert!(gone.await);
    host.sessions_fall_to(0).await;
}

#[tokio::test]
async fn r55_a_desktop_that_reads_late_keeps_its_session() {
    let host = host(|config| {
        config.limits.write_within = Duration::from_secs(3);
        config.session.timeout = Duration::from_secs(6);
    })
    .await;
    let (mut tcp, _) = Tcp::upgraded(host.address, "").await;
    let heartbeats = masked(0x81, br#"{"op":"heartbeat"}"#).repeat(1_000);
    // until the gateway takes no more, since nobody takes its answers
    let patience = Duration::from_millis(700);
    let mut at = 0;
    while let Ok(written) = tokio::time::timeout(patience, tcp.0.write(&heartbeats[at..])).await {
        at = (at + written.unwrap()) % heartbeats.len();
    }
    // it has not lost count, it does not remember the stall: the session lives out its time
    assert_eq!(tcp.read_close().await, 4003);
}
