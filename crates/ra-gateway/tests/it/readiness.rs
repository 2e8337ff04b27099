//! Readiness for load balancers: whether a node takes clients, and the reason if not.

use http::Request;
use serde_json::json;

use crate::support::*;

/// Returns the reason a node is not ready. Checks that its metrics report the same.
async fn why_not(host: &Host) -> Option<String> {
    let reply = get(host.address, "/readyz").await;
    let head = Request::head("/readyz").header("host", "gateway");
    let head = call(host.address, head.body(String::new()).unwrap()).await;
    assert_eq!((head.status, &*head.text), (reply.status, ""));
    if reply.status == 200 {
        assert_eq!(counted(host, "ready"), 1);
        assert_eq!(counted(host, "not_ready"), 0);
        return None;
    }
    assert_eq!(reply.status, 503);
    let body = reply.json();
    assert_eq!(body["ready"], false);
    let reason = body["reason"].as_str().unwrap().to_owned();
    assert_eq!(counted(host, "ready"), 0);
    Some(reason)
}

fn told(host: &Host, reason: &str) -> bool {
    counted(host, &format!("not_ready{{reason=\"{reason}\"}}")) == 1
        && counted(host, "not_ready") == 1
}

#[tokio::test]
async fn r55_a_node_with_as_many_sessions_as_it_may_have_is_not_ready() {
    let host = host(|config| config.limits.sessions = 1).await;
    assert_eq!(why_not(&host).await, None);
    let (desktop, _) = Desktop::ready(host.address, 1).await;
    assert_eq!(why_not(&host).await.as_deref(), Some("sessions"));
    assert!(told(&host, "sessions"));
    drop(desktop);
    host.sessions_fall_to(0).await;
    assert_eq!(why_not(&host).await, None);
}

#[tokio::test]
async fn r55_a_node_with_as_many_connections_as_it_may_have_is_not_ready_and_takes_sessions() {
    let host = host(|config| config.limits.connections = 4).await;
    assert_eq!(why_not(&host).await, None);
    until(|| counted(&host, "connections") == 0).await;
    let mut held = Vec::new();
    for there in 1..=4 {
        held.push(Tcp::connect(host.address).await);
        until(|| counted(&host, "connections") == there).await;
    }
    assert!(told(&host, "connections"));
    let reply = get(host.address, "/readyz").await;
    assert_eq!(
        (reply.status, &reply.json()["reason"]),
        (503, &json!("connections"))
    );
    // who comes nevertheless is let in
    held.push(Tcp::connect(host.address).await);
    Desktop::ready(host.address, 1).await;
    drop(held);
    until(|| counted(&host, "connections") == 0).await;
    assert_eq!(why_not(&host).await, None);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn r55_a_node_with_as_much_memory_as_it_may_have_is_not_ready() {
    let host = host(|config| config.limits.memory = Some(1)).await;
    assert_eq!(why_not(&host).await.as_deref(), Some("memory"));
    assert!(told(&host, "memory"));
}

#[tokio::test]
async fn r55_a_node_that_drains_is_not_ready_whatever_else_it_is() {
    let host = host(|config| config.limits.sessions = 1).await;
    let (_desktop, _) = Desktop::ready(host.address, 1).await;
    host.handle.drain();
    assert_eq!(why_not(&host).await.as_deref(), Some("draining"));
    assert!(told(&host, "draining"));
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn r56_a_node_without_its_redis_is_not_ready() {
    let Some(mut fleet) = fleet(1, |_| {}).await else {
        return;
    };
    assert_eq!(why_not(&fleet.nodes[0]).await, None);
    fleet.redis.kill();
    fleet.nodes_are_ready(false).await;
    let reason = why_not(&fleet.nodes[0]).await;
    assert_eq!(reason.as_deref(), Some("rendezvous"));
    assert!(told(&fleet.nodes[0], "rendezvous"));
    fleet.redis.revive().await;
    fleet.nodes_are_ready(true).await;
}
