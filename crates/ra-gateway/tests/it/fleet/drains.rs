//! A draining node of a fleet waits for its desktops' tickets that nobody has redeemed yet.

use std::time::Duration;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn tickets(host: &Host) -> u64 {
    counted(host, "tickets")
}

/// Resolves when a node has asked its Redis for something a few times more; with nobody there, it
/// does so once a second, and looks for its tickets each time.
async fn looks(host: &Host) {
    let asked = || counted(host, "redis_seconds_count");
    let before = asked();
    until(|| asked() >= before + 3).await;
}

impl Fleet {
    /// A login whose steps are on three nodes: a ticket for a desktop of the first.
    async fn ticket_at(&self, first: usize, id: u64) -> (Desktop, String) {
        let (mut desktop, fingerprint) = Desktop::ready(self.at(first), id).await;
        let token = scan(self.at(first + 1), ALICE, &fingerprint).await;
        desktop.expect_user().await;
        let reply = decide(self.at(first + 2), "finish", ALICE, &token).await;
        assert_eq!(reply.status, 204, "{}", reply.text);
        let ticket = desktop.expect_ticket().await;
        (desktop, ticket)
    }
}

#[tokio::test]
async fn r55_a_drain_does_not_wait_for_tickets_that_other_nodes_have_exchanged() {
    let Some(fleet) = fleet(3, |config| config.drain_within = HOUR).await else {
        return;
    };
    for id in 0..6 {
        let first = usize::try_from(id).unwrap();
        let (mut desktop, ticket) = fleet.ticket_at(first, id).await;
        let elsewhere = fleet.at(first + 1);
        assert_eq!(desktop.exchange(elsewhere, &ticket).await, "alice-token");
    }
    for node in &fleet.nodes {
        until(|| tickets(node) == 0).await;
    }
    for node in fleet.nodes {
        node.handle.drain();
        within(node.running).await.unwrap();
    }
}

#[tokio::test]
async fn r55_a_drain_waits_for_a_ticket_until_it_is_exchanged_wherever_that_is() {
    let Some(mut fleet) = fleet(3, |config| config.drain_within = HOUR).await else {
        return;
    };
    let (mut other, used) = fleet.ticket_at(0, 1).await;
    let (mut desktop, ticket) = fleet.ticket_at(0, 2).await;
    other.exchange(fleet.at(1), &used).await;
    let drained = fleet.nodes.remove(0);
    drained.handle.drain();
    until(|| tickets(&drained) == 1).await;
    drop(other);
    until(|| drained.handle.sessions() == 0).await;
    looks(&drained).await;
    assert_eq!(tickets(&drained), 1, "nobody has redeemed it");
    assert!(!drained.running.is_finished());
    for node in &fleet.nodes {
        assert_eq!(tickets(node), 0, "the desktop is not theirs");
    }
    assert_eq!(desktop.exchange(fleet.at(1), &ticket).await, "alice-token");
    within(drained.running).await.unwrap();
}

#[tokio::test]
async fn r55_a_drain_waits_for_a_ticket_no_longer_than_it_may() {
    let Some(mut fleet) = fleet(3, |config| {
        config.drain_within = Duration::from_millis(200);
    })
    .await
    else {
        return;
    };
    let (mut desktop, ticket) = fleet.ticket_at(0, 1).await;
    let drained = fleet.nodes.remove(0);
    drained.handle.drain();
    within(drained.running).await.unwrap();
    assert_eq!(desktop.exchange(fleet.at(0), &ticket).await, "alice-token");
}

#[tokio::test]
async fn r55_a_drain_does_not_wait_for_tickets_that_redis_has_lost() {
    let Some(mut fleet) = fleet(3, |config| config.drain_within = HOUR).await else {
        return;
    };
    let _desktop = fleet.ticket_at(0, 1).await;
    assert_eq!(tickets(&fleet.nodes[0]), 1);
    fleet.redis.kill();
    fleet.redis.revive().await;
    let drained = fleet.nodes.remove(0);
    drained.handle.drain();
    within(drained.running).await.unwrap();
}
