//! The end of a gateway.

use std::time::Duration;

use ra_testkit::FakeKey;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

use crate::support::*;

#[tokio::test]
async fn r55_a_draining_gateway_lets_logins_finish_and_takes_no_new_ones() {
    let host = host(|_| {}).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    host.handle.drain();
    host.handle.drain();
    let ready = get(host.address, "/readyz").await;
    assert_eq!(ready.status, 503);
    assert_eq!(get(host.address, "/healthz").await.status, 200);
    match Desktop::connect_to(host.address, "/?v=2", Box::new(FakeKey::new(2))).await {
        Err(Error::Http(response)) => {
            assert_eq!(response.status(), 503);
            assert!(response.headers().contains_key("retry-after"));
        }
        _ => panic!("a draining gateway took a session"),
    }
    let ticket = approve(host.address, &mut desktop, &fingerprint).await;
    // the socket has gone, the ticket still counts
    assert_eq!(desktop.exchange(host.address, &ticket).await, "alice-token");
    drop(desktop);
    within(host.running).await.unwrap();
    assert!(
        TcpStream::connect(host.address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn r54_the_last_ticket_ends_the_draining_even_if_its_connection_stays() {
    const HOUR: Duration = Duration::from_secs(3600);
    let host = host(|config| {
        config.drain_within = HOUR;
        config.limits.linger = HOUR;
        config.limits.head_within = HOUR;
        config.limits.http_within = HOUR;
    })
    .await;
    let (desktop, ticket) = approved(host.address, 1).await;
    host.handle.drain();
    let mut kept = Tcp::connect(host.address).await;
    // the connections of the calls above have ended by then, and said so
    for _ in 0..50 {
        kept.send(b"GET /readyz HTTP/1.1\r\nHost: gateway\r\n\r\n")
            .await;
        assert!(kept.read_answer().await.starts_with("HTTP/1.1 503 "));
    }
    let body = json!({ "ticket": ticket }).to_string();
    let length = body.len();
    let head = "POST /api/v9/users/@me/remote-auth/login HTTP/1.1\r\nHost: gateway\r\n";
    kept.send(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes())
        .await;
    assert!(kept.read_answer().await.starts_with("HTTP/1.1 200 "));
    // nothing but the ticket's end can have told the gateway: this connection and the desktop's stay
    kept.read_to_end().await;
    drop((kept, desktop));
    within(host.running).await.unwrap();
}

#[tokio::test]
async fn an_idle_gateway_drains_at_once() {
    let host = host(|config| config.drain_within = Duration::from_secs(3600)).await;
    get(host.address, "/healthz").await;
    host.handle.drain();
    within(host.running).await.unwrap();
}

#[tokio::test]
async fn draining_has_an_end_and_tells_the_rest_to_come_back() {
    let host = host(|config| config.drain_within = Duration::from_millis(200)).await;
    let (mut desktop, _) = Desktop::ready(host.address, 1).await;
    host.handle.drain();
    assert_eq!(desktop.expect_close().await, 1001);
    drop(desktop);
    within(host.running).await.unwrap();
}

#[tokio::test]
async fn shutting_down_closes_sessions_and_connections() {
    let host = host(|_| {}).await;
    let (mut desktop, _) = Desktop::ready(host.address, 1).await;
    let mut idle = Tcp::connect(host.address).await;
    let mut used = Tcp::connect(host.address).await;
    used.send(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        .await;
    used.read_head().await;
    host.handle.shut_down();
    assert_eq!(desktop.expect_close().await, 1001);
    assert_eq!(idle.read_to_end().await, b"");
    assert_eq!(used.read_to_end().await, b"");
    drop((desktop, idle, used));
    within(host.running).await.unwrap();
}

#[tokio::test]
async fn shutting_down_waits_for_no_idle_connection() {
    let host = host(|config| {
        config.limits.linger = Duration::from_secs(3600);
        config.limits.head_within = Duration::from_secs(3600);
    })
    .await;
    let mut used = Tcp::connect(host.address).await;
    used.send(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        .await;
    used.read_head().await;
    host.handle.shut_down();
    assert_eq!(used.read_to_end().await, b"");
    drop(used);
    within(host.running).await.unwrap();
}

#[tokio::test]
async fn dropping_the_gateway_closes_its_sessions() {
    let host = host(|_| {}).await;
    let (mut desktop, _) = Desktop::ready(host.address, 1).await;
    host.running.abort();
    assert_eq!(desktop.expect_close().await, 1001);
}

#[tokio::test]
async fn r55_a_drain_tells_how_many_sessions_and_tickets_it_waits_for() {
    let (kept, _guard) = Kept::start();
    let host = host(|config| {
        config.drain_within = Duration::from_secs(3600);
    })
    .await;
    let (waiting, _) = Desktop::ready(host.address, 1).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 2).await;
    let reply = try_scan(host.address, ALICE, &fingerprint).await;
    desktop.expect_user().await;
    assert_eq!(counted(&host, "tickets"), 0);
    post(host.address, "finish", Some(ALICE), reply.json()).await;
    let ticket = desktop.expect_ticket().await;
    host.sessions_fall_to(1).await;
    assert_eq!(counted(&host, "tickets"), 1);
    host.handle.drain();
    kept.line("draining sessions=1 tickets=1").await;
    drop(waiting);
    host.sessions_fall_to(0).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(6)).await;
    tokio::time::resume();
    kept.line("draining sessions=0 tickets=1").await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, "alice-token");
    within(host.running).await.unwrap();
    kept.line("closing sessions=0 tickets=0").await;
}
