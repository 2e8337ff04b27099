//! A Redis that goes silent, dies, forgets or has no room, in each phase. Every wait ends:
//! all of these run under the limit of [`within`].

use ra_testkit::FakeKey;
use tokio_tungstenite::tungstenite::Error;

use super::*;

/// 503, and when to come back.
fn assert_busy(reply: &Reply) {
    assert_eq!(reply.refusal(), (503, 130_000), "{}", reply.text);
    assert!(reply.retry_after() >= 1);
}

async fn assert_no_new_sessions(node: SocketAddr) {
    match Desktop::connect_to(node, "/?v=2", Box::new(FakeKey::new(99))).await {
        Err(Error::Http(response)) => {
            assert_eq!(response.status(), 503);
            assert!(response.headers().contains_key("retry-after"));
        }
        _ => panic!("a node without its Redis took a session"),
    }
}

/// The session is alive: it answers a heartbeat.
async fn assert_alive(desktop: &mut Desktop) {
    desktop.send(json!({"op": "heartbeat"})).await;
    desktop.expect("heartbeat_ack").await;
}

#[tokio::test]
async fn r56_a_silent_redis_makes_503_and_sessions_outlast_it() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut waiting, waiting_print) = Desktop::ready(fleet.at(0), 1).await;
    let (mut scanned, scanned_print) = Desktop::ready(fleet.at(0), 2).await;
    let token = scan(fleet.at(1), ALICE, &scanned_print).await;
    scanned.expect_user().await;
    fleet.redis.pause();
    let late = json!({ "fingerprint": waiting_print });
    let (scan_late, finish_late, cancel_late) = tokio::join!(
        post(fleet.at(1), "", Some(BOB), late),
        decide(fleet.at(1), "finish", ALICE, &token),
        decide(fleet.at(0), "cancel", ALICE, &token),
    );
    for reply in [&scan_late, &finish_late, &cancel_late] {
        assert_busy(reply);
    }
    fleet.nodes_are_ready(false).await;
    for node in 0..2 {
        assert_no_new_sessions(fleet.at(node)).await;
        assert_eq!(get(fleet.at(node), "/healthz").await.status, 200);
    }
    assert_alive(&mut waiting).await;
    assert_alive(&mut scanned).await;
    fleet.redis.resume();
    fleet.nodes_are_ready(true).await;
    scan(fleet.at(1), BOB, &waiting_print).await;
    assert_eq!(waiting.expect_user().await, BOB_PAYLOAD);
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204, "{}", reply.text);
    scanned.expect_ticket().await;
}

#[tokio::test]
async fn r56_a_ticket_is_redeemed_once_whatever_redis_does() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    let (_desktop, ticket) = fleet.approved(1).await;
    fleet.redis.pause();
    assert_busy(&redeem(fleet.at(1), &ticket).await);
    fleet.redis.resume();
    fleet.nodes_are_ready(true).await;
    // what was on its way to Redis may have used it up: then it is gone, and says so
    let mut statuses = Vec::new();
    for node in 0..3 {
        statuses.push(redeem(fleet.at(node), &ticket).await.status);
    }
    assert!(statuses.iter().filter(|s| **s == 200).count() <= 1);
    assert!(statuses.iter().all(|s| [200, 400].contains(s)));
    assert_eq!(statuses[1..], [400, 400]);
}

#[tokio::test]
async fn r56_a_session_that_redis_does_not_come_to_know_is_told_to_come_back() {
    let Some(fleet) = fleet(1, |_| {}).await else {
        return;
    };
    let mut desktop = Desktop::connect(fleet.at(0)).await;
    let nonce = desktop.challenge().await;
    fleet.redis.pause();
    let proof = json!({"op": "nonce_proof", "proof": *ra_crypto::digest_proof(&nonce)});
    desktop.send(proof).await;
    // no QR that stays and that no phone could scan
    let (_, code) = desktop.next_close().await;
    assert_eq!(code, 1001);
}

#[tokio::test]
async fn r56_a_restarted_redis_finds_waiting_sessions_again() {
    let Some(mut fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    fleet.redis.kill();
    fleet.nodes_are_ready(false).await;
    let late = post(
        fleet.at(1),
        "",
        Some(ALICE),
        json!({ "fingerprint": fingerprint }),
    );
    assert_busy(&late.await);
    assert_no_new_sessions(fleet.at(1)).await;
    assert_alive(&mut desktop).await;
    fleet.redis.revive().await;
    fleet.nodes_are_ready(true).await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    assert_eq!(desktop.exchange(fleet.at(1), &ticket).await, "alice-token");
}

#[tokio::test]
async fn r56_a_restarted_redis_ends_sessions_whose_scan_it_has_forgotten() {
    let Some(mut fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut waiting, waiting_print) = Desktop::ready(fleet.at(0), 1).await;
    let (mut scanned, scanned_print) = Desktop::ready(fleet.at(0), 2).await;
    let token = scan(fleet.at(1), ALICE, &scanned_print).await;
    scanned.expect_user().await;
    fleet.redis.kill();
    fleet.nodes_are_ready(false).await;
    assert_busy(&decide(fleet.at(1), "finish", ALICE, &token).await);
    fleet.redis.revive().await;
    assert_eq!(scanned.expect_close().await, 1001);
    fleet.nodes_are_ready(true).await;
    let late = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(late.refusal(), (404, 10056));
    // the other goes on
    assert_alive(&mut waiting).await;
    scan(fleet.at(1), BOB, &waiting_print).await;
    waiting.expect_user().await;
}

#[tokio::test]
async fn r56_a_restarted_redis_has_forgotten_tickets_and_second_factors() {
    let Some(mut fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (_desktop, ticket) = fleet.approved(1).await;
    let (mut carols, fingerprint) = Desktop::ready(fleet.at(0), 2).await;
    let token = scan(fleet.at(1), CAROL, &fingerprint).await;
    carols.expect_user().await;
    let question = decide(fleet.at(1), "finish", CAROL, &token).await;
    let question = question.json()["mfa"]["ticket"].clone();
    fleet.redis.kill();
    fleet.nodes_are_ready(false).await;
    assert_busy(&redeem(fleet.at(1), &ticket).await);
    assert_busy(&answer_mfa(fleet.at(1), CAROL, &question, CAROL_CODE).await);
    fleet.redis.revive().await;
    fleet.nodes_are_ready(true).await;
    assert_eq!(redeem(fleet.at(1), &ticket).await.refusal(), (400, 20042));
    let late = answer_mfa(fleet.at(1), CAROL, &question, CAROL_CODE).await;
    assert_eq!(late.refusal(), (400, 60006));
}

#[tokio::test]
async fn r56_cut_connections_are_made_anew_and_nothing_is_lost() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut waiting, waiting_print) = Desktop::ready(fleet.at(0), 1).await;
    let (mut scanned, scanned_print) = Desktop::ready(fleet.at(0), 2).await;
    let token = scan(fleet.at(1), ALICE, &scanned_print).await;
    scanned.expect_user().await;
    for _ in 0..3 {
        for kind in ["normal", "pubsub"] {
            let _: u64 = fleet.redis.query(&["CLIENT", "KILL", "TYPE", kind]).await;
        }
        fleet.redis.sessions_are(2).await;
    }
    fleet.nodes_are_ready(true).await;
    let bobs = scan(fleet.at(1), BOB, &waiting_print).await;
    waiting.expect_user().await;
    assert_eq!(
        decide(fleet.at(1), "finish", ALICE, &token).await.status,
        204
    );
    scanned.expect_ticket().await;
    assert_eq!(decide(fleet.at(0), "cancel", BOB, &bobs).await.status, 204);
    waiting.expect("cancel").await;
}

#[tokio::test]
async fn r56_a_redis_without_room_makes_503() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let room = async |bytes: &str| -> () {
        let command = ["CONFIG", "SET", "maxmemory", bytes];
        fleet.redis.query(&command).await
    };
    room("1").await;
    let late = json!({ "fingerprint": fingerprint });
    assert_busy(&post(fleet.at(1), "", Some(ALICE), late).await);
    room("0").await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    desktop.expect_user().await;
    room("1").await;
    assert_busy(&decide(fleet.at(1), "finish", ALICE, &token).await);
    room("0").await;
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204, "a refused step has used nothing up");
    desktop.expect_ticket().await;
}

#[tokio::test]
async fn r56_a_gateway_that_cannot_reach_its_redis_does_not_start() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let bind = async |url: String| {
        let mut config = ra_gateway::Config::default();
        config.backplane = ra_gateway::BackplaneConfig::Redis(url.parse().unwrap());
        let accounts = ra_testkit::accounts::InMemory::one();
        let backend = std::sync::Arc::new(ra_testkit::Fake);
        let bound = ra_gateway::Gateway::bind(config, std::sync::Arc::new(accounts), backend).await;
        bound.map(drop).map_err(|error| error.kind())
    };
    let url = redis.url();
    assert_eq!(within(bind(url.clone())).await, Ok(()));
    let nowhere = within(bind("redis+unix:///nowhere/redis.sock".into())).await;
    assert_eq!(nowhere, Err(std::io::ErrorKind::ConnectionRefused));
    let () = redis
        .query(&["CONFIG", "SET", "requirepass", "right"])
        .await;
    let refused = Err(std::io::ErrorKind::PermissionDenied);
    assert_eq!(within(bind(url.clone())).await, refused);
    assert_eq!(within(bind(format!("{url}?pass=wrong"))).await, refused);
    assert_eq!(within(bind(format!("{url}?pass=right"))).await, Ok(()));
    redis.pause();
    let silent = within(bind(format!("{url}?pass=right"))).await;
    assert_eq!(silent, Err(std::io::ErrorKind::TimedOut));
}
