//! Metrics for operators.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::*;

/// Each sample by its name and labels.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let name = name.strip_prefix("ra_gateway_").unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

fn now(host: &Host) -> BTreeMap<String, f64> {
    samples(&host.handle.metrics())
}

/// Resolves once a sample has this value.
async fn until(host: &Host, name: &str, value: f64) {
    within(async {
        while now(host)[name] != value {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn sessions_are_counted_by_phase_and_end() {
    let host = host(|_| {}).await;
    let mut beginner = Desktop::connect(host.address).await;
    beginner.expect("hello").await;
    let (_waiting, _) = Desktop::ready(host.address, 1).await;
    let (mut scanned, fingerprint) = Desktop::ready(host.address, 2).await;
    let token = try_scan(host.address, ALICE, &fingerprint).await.json();
    scanned.expect_user().await;
    let counted = now(&host);
    for phase in ["handshake", "waiting", "scanned"] {
        let name = format!("sessions{{phase=\"{phase}\"}}");
        assert_eq!(counted[&name], 1.0, "{phase}");
    }
    assert_eq!(counted["handshake_seconds_count"], 2.0);
    assert_eq!(counted["handshake_seconds_bucket{le=\"+Inf\"}"], 2.0);
    assert_eq!(counted["ready"], 1.0);

    post(host.address, "finish", Some(ALICE), token).await;
    scanned.expect_ticket().await;
    until(&host, "sessions_ended_total{outcome=\"approved\"}", 1.0).await;
    beginner.send_text("nonsense").await;
    beginner.expect_close().await;
    until(&host, "sessions_ended_total{outcome=\"protocol\"}", 1.0).await;
    drop(_waiting);
    until(&host, "sessions_ended_total{outcome=\"left\"}", 1.0).await;
    let counted = now(&host);
    let ended = counted.iter().filter(|(name, _)| name.contains("ended"));
    assert_eq!(ended.map(|(_, count)| count).sum::<f64>(), 3.0);
    assert_eq!(counted["calls_total{call=\"create\"}"], 1.0);
    assert_eq!(counted["calls_total{call=\"finish\"}"], 1.0);
}

#[tokio::test]
async fn refusals_are_counted_by_reason() {
    let host = host(|config| config.limits.sessions = 0).await;
    post(host.address, "", None, json!({})).await;
    post(host.address, "finish", Some(ALICE), json!({})).await;
    let unknown = json!({ "handshake_token": "x" });
    post(host.address, "finish", Some(ALICE), unknown).await;
    redeem(host.address, "x").await;
    get(host.address, "/nothing").await;
    let key = Box::new(ra_testkit::FakeKey::new(1));
    let full = Desktop::connect_to(host.address, "/?v=2", key).await;
    assert!(full.is_err());
    host.handle.drain();
    let counted = now(&host);
    for reason in [
        "unauthorized",
        "bad_request",
        "unknown_session",
        "unknown_ticket",
        "not_found",
        "busy",
    ] {
        let name = format!("refusals_total{{reason=\"{reason}\"}}");
        assert_eq!(counted[&name], 1.0, "{reason}");
    }
    assert_eq!(counted["ready"], 0.0);
}

#[tokio::test]
async fn a_listener_of_its_own_serves_them() {
    let mut config = ra_gateway::Config::default();
    let anywhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    config.metrics = Some(anywhere);
    let accounts = ra_testkit::accounts::InMemory::one();
    let backend = std::sync::Arc::new(ra_testkit::Fake);
    let gateway = ra_gateway::Gateway::bind(config, std::sync::Arc::new(accounts), backend)
        .await
        .unwrap();
    let (address, metrics) = (gateway.local_addr(), gateway.metrics_addr().unwrap());
    let running = tokio::spawn(gateway.run());
    let page = get(metrics, "/metrics").await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert_eq!(samples(&page.text)["rendezvous_up"], 1.0);
    // each sample belongs to what was announced before
    for line in page.text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let announced = page.text.lines().any(|line| {
            line.strip_prefix("# TYPE ")
                .is_some_and(|announced| name.starts_with(announced.split(' ').next().unwrap()))
        });
        assert!(announced, "{line}");
    }
    assert_eq!(get(metrics, "/").await.status, 404);
    assert_eq!(get(metrics, "/healthz").await.status, 404);
    assert_eq!(get(address, "/metrics").await.status, 404, "not in public");
    running.abort();
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn redis_is_timed_and_its_absence_shown() {
    let Some(mut fleet) = fleet(1, |_| {}).await else {
        return;
    };
    until(&fleet.nodes[0], "rendezvous_up", 1.0).await;
    let before = now(&fleet.nodes[0]);
    assert_eq!(before["redis_connections_total"], 1.0);
    let unknown = json!({ "ticket": "unknown" });
    post(fleet.nodes[0].address, "login", None, unknown).await;
    let after = now(&fleet.nodes[0]);
    assert!(after["redis_seconds_count"] > before["redis_seconds_count"]);
    fleet.redis.kill();
    until(&fleet.nodes[0], "rendezvous_up", 0.0).await;
    assert_eq!(now(&fleet.nodes[0])["ready"], 0.0);
    fleet.redis.revive().await;
    until(&fleet.nodes[0], "rendezvous_up", 1.0).await;
    assert_eq!(now(&fleet.nodes[0])["redis_connections_total"], 2.0);
}
