//! Sessions and connections over a limit (R-55).

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use ra_gateway::{ClientHeader, Config, Origins, TrustedProxies};
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
        let accounts = Arc::new(Silent::default());
        let asked: Arc<Silent> = Arc::clone(&accounts);
        let host = host_of(accounts, |config| {
            config.limits.connections = connections;
            config.limits.connections_per_address = per_address;
            config.limits.accounts_within = Duration::from_secs(3600);
        })
        .await;
        // calls that are being answered keep their places
        let mut held = Vec::new();
        for _ in 0..2 {
            let body = json!({"fingerprint": "x"});
            let address = host.address;
            held.push(tokio::spawn(async move {
                drop(post(address, "", Some("a"), body).await);
            }));
        }
        until(|| asked.asked() == 2).await;
        let mut third = Tcp::connect(host.address).await;
        let answer = String::from_utf8(third.read_to_end().await).unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        assert!(answer.contains("\r\nretry-after: 5\r\n"), "{answer}");
        // a real client that asks first gets to read it as well
        assert_eq!(refused(&host).await.0.to_string(), status);
        held.iter().for_each(tokio::task::JoinHandle::abort);
        until(|| counted(&host, "connections") == 0).await;
    }
}

#[tokio::test]
async fn r55_calls_over_an_addresss_pace_get_429_with_discords_body() {
    let host = host(|config| config.limits.calls_per_address = 3).await;
    for _ in 0..3 {
        let reply = redeem(host.address, "x").await;
        assert_eq!(reply.status, 400);
    }
    let reply = redeem(host.address, "x").await;
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

#[tokio::test]
async fn r55_calls_over_an_accounts_pace_get_429_wherever_they_come_from() {
    let host = host(|config| config.limits.calls_per_account = 2).await;
    let body = || json!({"handshake_token": "x"});
    for path in ["finish", "cancel"] {
        let reply = post(host.address, path, Some(ALICE), body()).await;
        assert_eq!(reply.status, 404);
    }
    let reply = post(host.address, "cancel", Some(ALICE), body()).await;
    assert_eq!(reply.status, 429);
    assert!((1..=30).contains(&reply.retry_after()));
    let other = post(host.address, "cancel", Some(BOB), body()).await;
    assert_eq!(other.status, 404, "accounts do not share");
}

#[tokio::test]
async fn r55_scans_over_an_accounts_pace_get_429_and_show_nobody() {
    let host = host(|config| config.limits.scans_per_account = 1).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let body = || json!({ "fingerprint": fingerprint });
    let first = post(host.address, "", Some(ALICE), body()).await;
    assert_eq!(first.status, 200);
    assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
    let second = post(host.address, "", Some(ALICE), body()).await;
    assert_eq!(second.status, 429);
    assert!(second.retry_after() >= 1);
    // the first scan still stands
    let finish = post(host.address, "finish", Some(ALICE), first.json()).await;
    assert_eq!(finish.status, 204);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn r55_a_node_short_of_memory_takes_no_new_sessions() {
    let host = host(|config| config.limits.memory = Some(1)).await;
    let (status, wait) = refused(&host).await;
    assert_eq!(status, 503);
    assert!(wait >= 1);
    assert_eq!(get(host.address, "/readyz").await.status, 503);
    assert_eq!(get(host.address, "/healthz").await.status, 200);
    let call = redeem(host.address, "x").await;
    assert_eq!(call.status, 400, "logins under way go on");
}

/// Everybody here comes through a proxy on this machine.
fn behind_a_proxy(config: &mut Config) {
    let loopback = ["127.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
    config.trusted_proxies = TrustedProxies::new(loopback.to_vec(), ClientHeader::XForwardedFor);
}

/// Status of an upgrade with these further headers, and the socket.
async fn upgraded(host: &Host, headers: &str) -> (String, Tcp) {
    let (tcp, head) = Tcp::upgraded(host.address, headers).await;
    (head[9..12].to_owned(), tcp)
}

#[tokio::test]
async fn r55_behind_a_proxy_each_client_has_its_own_limits() {
    let host = host(|config| {
        behind_a_proxy(config);
        config.limits.sessions_per_address = 1;
        config.limits.calls_per_address = 1;
    })
    .await;
    let from = |client: &str| format!("X-Forwarded-For: 203.0.113.9, {client}\r\n");
    for client in ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"] {
        let (status, _held) = upgraded(&host, &from(client)).await;
        assert_eq!(status, "101", "{client}");
    }
    // the first again, what it makes up does not help it, and a /64 is one address
    for client in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::2"] {
        let (status, _) = upgraded(&host, &from(client)).await;
        assert_eq!(status, "429", "{client}");
    }
    let call_from = |client: &'static str| {
        let request = Request::post("/api/v9/users/@me/remote-auth/login")
            .header("host", "gateway")
            .header("x-forwarded-for", client);
        call(host.address, request.body("{}".to_owned()).unwrap())
    };
    assert_eq!(call_from("192.0.2.1").await.status, 400);
    assert_eq!(call_from("192.0.2.1").await.status, 429);
    assert_eq!(call_from("192.0.2.2").await.status, 400);
}

#[tokio::test]
async fn r55_behind_a_proxy_sockets_are_counted_by_client_and_given_back() {
    let host = host(|config| {
        behind_a_proxy(config);
        config.limits.connections_per_address = 1;
    })
    .await;
    let (first, held) = upgraded(&host, "X-Forwarded-For: 192.0.2.1\r\n").await;
    assert_eq!(first, "101");
    // the proxy's connections are not one client's
    let (other, _held) = upgraded(&host, "X-Forwarded-For: 192.0.2.2\r\n").await;
    assert_eq!(other, "101");
    let (second, _) = upgraded(&host, "X-Forwarded-For: 192.0.2.1\r\n").await;
    assert_eq!(second, "429");
    drop(held);
    host.sessions_fall_to(1).await;
    within(async {
        while upgraded(&host, "X-Forwarded-For: 192.0.2.1\r\n").await.0 != "101" {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn r55_nobody_may_name_another_address_without_a_trusted_proxy() {
    let host = host(|config| config.limits.sessions_per_address = 1).await;
    let headers = ["192.0.2.1", "192.0.2.2"]
        .map(|client| format!("X-Forwarded-For: {client}\r\nForwarded: for={client}\r\n"));
    assert_eq!(upgraded(&host, &headers[0]).await.0, "101");
    assert_eq!(upgraded(&host, &headers[1]).await.0, "429");
}

#[tokio::test]
async fn r55_where_origins_are_listed_others_get_403_and_no_session() {
    let host = host(|config| {
        config.origins = Origins::Only(vec!["https://discord.com".parse().unwrap()]);
    })
    .await;
    for origin in [
        "",
        "Origin: https://evil.example\r\n",
        "Origin: https://discord.com\r\nOrigin: https://evil.example\r\n",
    ] {
        assert_eq!(upgraded(&host, origin).await.0, "403", "{origin}");
    }
    assert_eq!(host.handle.sessions(), 0);
    let (status, _held) = upgraded(&host, "Origin: https://discord.com\r\n").await;
    assert_eq!(status, "101");
}
