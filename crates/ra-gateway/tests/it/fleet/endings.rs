//! Every end of a login, with each call on another node.

use std::time::Duration;

use ra_testkit::FakeKey;

use super::*;

#[tokio::test]
async fn r56_a_login_goes_through_three_nodes() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    for first in 0..3_usize {
        let at = |step: usize| fleet.at(first + step);
        let (mut desktop, fingerprint) = Desktop::ready(at(0), 1).await;
        let token = scan(at(1), ALICE, &fingerprint).await;
        assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
        assert_eq!(decide(at(2), "finish", ALICE, &token).await.status, 204);
        let ticket = desktop.expect_ticket().await;
        assert_eq!(desktop.exchange(at(1), &ticket).await, "alice-token");
        for node in 0..3 {
            assert_eq!(redeem(at(node), &ticket).await.refusal(), (400, 20042));
            let again = decide(at(node), "finish", ALICE, &token).await;
            assert_eq!(again.refusal(), (404, 10056));
        }
    }
    fleet.redis.keys_are(0).await;
}

#[tokio::test]
async fn r56_a_no_on_another_node_ends_the_session() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), BOB, &fingerprint).await;
    assert_eq!(desktop.expect_user().await, BOB_PAYLOAD);
    let reply = decide(fleet.at(1), "cancel", BOB, &token).await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    desktop.expect("cancel").await;
    assert_eq!(desktop.expect_close().await, 1000);
    for verdict in ["finish", "cancel"] {
        let late = decide(fleet.at(1), verdict, BOB, &token).await;
        assert_eq!(late.refusal(), (404, 10056));
    }
    fleet.redis.keys_are(0).await;
}

#[tokio::test]
async fn r56_one_node_with_redis_is_a_fleet_too() {
    let Some(fleet) = fleet(1, |_| {}).await else {
        return;
    };
    let (mut desktop, ticket) = fleet.approved(1).await;
    assert_eq!(desktop.exchange(fleet.at(0), &ticket).await, "alice-token");
}

#[tokio::test]
async fn r54_an_expired_session_is_unknown_on_all_nodes() {
    let Some(fleet) = fleet(2, |config| {
        config.session.timeout = Duration::from_secs(1);
    })
    .await
    else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    assert_eq!(desktop.expect_close().await, 4003);
    drop(desktop);
    fleet.redis.sessions_are(0).await;
    for node in 0..2 {
        let refused = scan_refused(fleet.at(node), ALICE, &fingerprint).await;
        assert_eq!(refused, (404, 10056));
        let late = decide(fleet.at(node), "finish", ALICE, &token).await;
        assert_eq!(late.refusal(), (404, 10056));
    }
    fleet.redis.keys_are(0).await;
}

#[tokio::test]
async fn r54_a_desktop_that_leaves_takes_all_along() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    assert_eq!(fleet.redis.keys().await.len(), 1);
    assert_eq!(fleet.redis.sessions().await.len(), 1);
    drop(desktop);
    fleet.redis.sessions_are(0).await;
    fleet.redis.keys_are(0).await;
    let late = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(late.refusal(), (404, 10056));
}

#[tokio::test]
async fn r54_secrets_of_other_accounts_and_made_up_ones_are_unknown() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    for verdict in ["finish", "cancel"] {
        for node in 0..2 {
            let of_bob = decide(fleet.at(node), verdict, BOB, &token).await;
            assert_eq!(of_bob.refusal(), (404, 10056));
            let made_up = json!({ "handshake_token": "made-up" });
            let made_up = decide(fleet.at(node), verdict, ALICE, &made_up).await;
            assert_eq!(made_up.refusal(), (404, 10056));
        }
    }
    let no_qr = ra_crypto::fingerprint(b"no key").to_string();
    assert_eq!(scan_refused(fleet.at(1), ALICE, &no_qr).await, (404, 10056));
    assert_eq!(redeem(fleet.at(1), "made-up").await.refusal(), (400, 20042));
    // none of that has used hers up
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
}

#[tokio::test]
async fn r54_handshake_tokens_and_tickets_expire_for_all_nodes() {
    let Some(fleet) = fleet(2, |config| {
        config.lifetimes.handshake_token = Duration::from_millis(300);
        config.lifetimes.ticket = Duration::from_millis(300);
    })
    .await
    else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    fleet.redis.keys_are(0).await;
    let late = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(late.refusal(), (404, 10056));
    // whoever scans again can still decide
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    fleet.redis.keys_are(0).await;
    assert_eq!(redeem(fleet.at(1), &ticket).await.refusal(), (400, 20042));
}

#[tokio::test]
async fn r54_the_same_key_on_two_nodes_is_found_at_the_newest() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut older, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let (mut newer, same) = Desktop::ready(fleet.at(1), 1).await;
    assert_eq!(fingerprint, same);
    assert_eq!(older.expect_close().await, 4003);
    drop(older);
    fleet.nodes[0].sessions_fall_to(0).await;
    let token = scan(fleet.at(0), ALICE, &fingerprint).await;
    assert_eq!(newer.expect_user().await, ALICE_PAYLOAD);
    let reply = decide(fleet.at(0), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
    newer.expect_ticket().await;
}

#[tokio::test]
async fn r54_the_same_key_twice_on_one_node_is_found_at_the_newest() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut older, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let (mut newer, _) = Desktop::ready(fleet.at(0), 1).await;
    assert_eq!(older.expect_close().await, 4003);
    drop(older);
    fleet.nodes[0].sessions_fall_to(1).await;
    scan(fleet.at(1), ALICE, &fingerprint).await;
    assert_eq!(newer.expect_user().await, ALICE_PAYLOAD);
    assert_eq!(fleet.redis.sessions().await.len(), 1);
}

#[tokio::test]
async fn r55_a_draining_node_lets_others_finish_its_sessions() {
    let Some(mut fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    fleet.nodes[0].handle.drain();
    let refused = Desktop::connect_to(fleet.at(0), "/?v=2", Box::new(FakeKey::new(2))).await;
    assert!(refused.is_err());
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    let Desktop { socket, mut key } = desktop;
    drop(socket);
    // gone before the ticket is used: any other node has it
    let drained = fleet.nodes.remove(0);
    drained.handle.shut_down();
    within(drained.running).await.unwrap();
    let reply = redeem(fleet.at(0), &ticket).await.json();
    let sealed = reply["encrypted_token"].as_str().unwrap();
    let sealed = ra_proto::base64::decode(sealed).unwrap();
    assert_eq!(key.open(&sealed).unwrap().to_utf8(), Ok("alice-token"));
}

#[tokio::test]
async fn r55_a_draining_node_waits_for_the_tickets_of_its_desktops() {
    let Some(mut fleet) = fleet(2, |config| config.drain_within = Duration::from_secs(3600)).await
    else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    fleet.nodes[0].handle.drain();
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    drop(desktop);
    // the node has no session any more, and the desktop knows no other
    let emptied = async {
        while fleet.nodes[0].handle.sessions() > 0 {
            tokio::task::yield_now().await;
        }
    };
    within(emptied).await;
    assert_eq!(redeem(fleet.at(0), &ticket).await.status, 200);
    let drained = fleet.nodes.remove(0);
    within(drained.running).await.unwrap();
}

#[tokio::test]
async fn r56_a_node_has_one_connection_and_one_channel_of_its_own() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    let mut desktops = Vec::new();
    for id in 0..6 {
        let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), id).await;
        scan(fleet.at(1), ALICE, &fingerprint).await;
        desktop.expect_user().await;
        desktops.push(desktop);
    }
    let clients: String = fleet.redis.query(&["CLIENT", "LIST"]).await;
    let nodes = clients.lines().filter(|line| !line.contains("cmd=client"));
    assert_eq!(nodes.count(), 3, "{clients}");
    let channels: Vec<String> = fleet.redis.query(&["PUBSUB", "CHANNELS", "*"]).await;
    assert_eq!(channels.len(), 6 + 3);
    drop(desktops);
    fleet.redis.sessions_are(0).await;
    fleet.redis.keys_are(0).await;
    for node in fleet.nodes {
        node.handle.shut_down();
        within(node.running).await.unwrap();
    }
    within(async {
        loop {
            let clients: String = fleet.redis.query(&["CLIENT", "LIST"]).await;
            if clients.lines().all(|line| line.contains("cmd=client")) {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn r56_fleets_with_other_prefixes_do_not_meet() {
    let Some(mut fleet) = fleet(1, |_| {}).await else {
        return;
    };
    let url = fleet.redis.url();
    let other = move |config: &mut ra_gateway::Config| {
        let redis = format!("{url}?prefix=other:").parse().unwrap();
        config.backplane = ra_gateway::BackplaneConfig::Redis(redis);
    };
    fleet.add(other).await;
    let (_desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    assert_eq!(
        scan_refused(fleet.at(1), ALICE, &fingerprint).await,
        (404, 10056)
    );
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(1), 2).await;
    scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    let keys = fleet.redis.keys().await;
    assert!(keys.iter().all(|key| key.starts_with("other:")), "{keys:?}");
}
