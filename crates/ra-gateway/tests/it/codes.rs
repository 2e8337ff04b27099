//! Close codes that a desktop sees when a session ends.

use std::time::Duration;

use ra_testkit::FakeKey;

use crate::support::*;

#[tokio::test]
async fn r55_another_version_gets_4000() {
    let host = host(|_| {}).await;
    for path in ["/", "/?v=1", "/?v=3", "/?v=", "/?encoding=json", "/?x=2"] {
        let key = Box::new(FakeKey::new(1));
        let mut desktop = Desktop::connect_to(host.address, path, key).await.unwrap();
        assert_eq!(desktop.expect_close().await, 4000, "{path}");
    }
    let key = Box::new(FakeKey::new(1));
    let path = "/?encoding=json&v=2";
    Desktop::connect_to(host.address, path, key)
        .await
        .unwrap()
        .expect("hello")
        .await;
}

#[tokio::test]
async fn r55_a_session_that_is_over_gets_4003() {
    let host = host(|config| config.session.timeout = Duration::from_millis(300)).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let reply = try_scan(host.address, ALICE, &fingerprint).await;
    desktop.expect_user().await;
    assert_eq!(desktop.expect_close().await, 4003);
    // and nothing of it is left
    let late = decide(host.address, "finish", ALICE, &reply.json()).await;
    assert_eq!(late.refusal(), (404, 10056));
}

#[tokio::test]
async fn r55_a_missed_heartbeat_gets_4004() {
    let host = host(|config| {
        config.session.heartbeat_interval = Duration::from_millis(100);
        config.session.heartbeat_grace = Duration::from_millis(50);
    })
    .await;
    let (mut desktop, _) = Desktop::ready(host.address, 1).await;
    assert_eq!(desktop.expect_close().await, 4004);
}

#[tokio::test]
async fn r55_a_desktop_that_never_says_init_gets_4002() {
    let host = host(|config| config.session.handshake_within = Duration::from_millis(100)).await;
    let mut desktop = Desktop::connect(host.address).await;
    desktop.expect("hello").await;
    assert_eq!(desktop.expect_close().await, 4002);
    let mut silent = Desktop::connect(host.address).await;
    silent.challenge().await;
    assert_eq!(silent.expect_close().await, 4002);
}

#[tokio::test]
async fn r04_hello_says_what_is_configured() {
    let host = host(|config| {
        config.session.timeout = Duration::from_millis(350_000);
        config.session.heartbeat_interval = Duration::from_millis(1_234);
    })
    .await;
    let hello = Desktop::connect(host.address).await.expect("hello").await;
    assert_eq!(hello["timeout_ms"], 350_000);
    assert_eq!(hello["heartbeat_interval"], 1_234);
}
