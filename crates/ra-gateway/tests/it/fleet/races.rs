//! Two at once, on two nodes: one gets it.

use super::*;

#[tokio::test]
async fn r54_of_two_phones_that_scan_at_once_one_can_decide() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    for round in 0..20 {
        let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), round).await;
        let (alices, bobs) = tokio::join!(
            scan(fleet.at(1), ALICE, &fingerprint),
            scan(fleet.at(2), BOB, &fingerprint),
        );
        desktop.expect_user().await;
        let last = desktop.expect_user().await;
        let (by_alice, by_bob) = tokio::join!(
            decide(fleet.at(2), "finish", ALICE, &alices),
            decide(fleet.at(1), "finish", BOB, &bobs),
        );
        // who was shown last, and nobody else
        let expected = if last == ALICE_PAYLOAD {
            (204, 404)
        } else {
            (404, 204)
        };
        assert_eq!((by_alice.status, by_bob.status), expected, "{round}");
        let ticket = desktop.expect_ticket().await;
        let token = desktop.exchange(fleet.at(1), &ticket).await;
        assert_eq!(token == "alice-token", last == ALICE_PAYLOAD);
    }
    fleet.redis.keys_are(0).await;
}

#[tokio::test]
async fn r54_of_many_verdicts_at_once_one_counts() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    for round in 0..10 {
        let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), round).await;
        let token = scan(fleet.at(1), ALICE, &fingerprint).await;
        desktop.expect_user().await;
        let mut racers = tokio::task::JoinSet::new();
        for racer in 0..6 {
            let (node, token) = (fleet.at(racer), token.clone());
            let verdict = if racer < 5 { "finish" } else { "cancel" };
            racers
                .spawn(async move { (verdict, decide(node, verdict, ALICE, &token).await.status) });
        }
        let results = within(racers.join_all()).await;
        let won: Vec<&str> = results.iter().filter(|r| r.1 == 204).map(|r| r.0).collect();
        assert_eq!(won.len(), 1, "{results:?}");
        assert!(results.iter().all(|r| [204, 404].contains(&r.1)));
        match won[0] {
            // and what the losers did has not taken the token away
            "finish" => {
                let ticket = desktop.expect_ticket().await;
                assert_eq!(desktop.exchange(fleet.at(1), &ticket).await, "alice-token");
            }
            _ => drop(desktop.expect("cancel").await),
        }
    }
}

#[tokio::test]
async fn r54_of_many_yeses_at_once_one_counts_and_its_token_waits() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    for round in 0..10 {
        let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), round).await;
        let token = scan(fleet.at(1), ALICE, &fingerprint).await;
        desktop.expect_user().await;
        let mut racers = tokio::task::JoinSet::new();
        for racer in 0..6 {
            let (node, token) = (fleet.at(racer), token.clone());
            racers.spawn(async move { decide(node, "finish", ALICE, &token).await.status });
        }
        let mut statuses = within(racers.join_all()).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 404, 404, 404, 404, 404]);
        let ticket = desktop.expect_ticket().await;
        let token = desktop.exchange(fleet.at(1), &ticket).await;
        assert_eq!(token, "alice-token", "the losers have not taken it away");
    }
}

#[tokio::test]
async fn r54_of_many_that_redeem_a_ticket_at_once_one_gets_it() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    for round in 0..10 {
        let (_desktop, ticket) = fleet.approved(round).await;
        let mut racers = tokio::task::JoinSet::new();
        for racer in 0..9 {
            let (node, ticket) = (fleet.at(racer), ticket.clone());
            racers.spawn(async move { redeem(node, &ticket).await.status });
        }
        let mut statuses = within(racers.join_all()).await;
        statuses.sort_unstable();
        assert_eq!(statuses[..2], [200, 400], "{statuses:?}");
        assert!(statuses[1..].iter().all(|status| *status == 400));
    }
}

#[tokio::test]
async fn r43_of_many_right_answers_at_once_one_counts() {
    let Some(fleet) = fleet(3, |config| config.limits.mfa_tries_per_ticket = 100).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), CAROL, &fingerprint).await;
    desktop.expect_user().await;
    let question = decide(fleet.at(2), "finish", CAROL, &token).await;
    let ticket = question.json()["mfa"]["ticket"].clone();
    let mut racers = tokio::task::JoinSet::new();
    // each node knows which codes it has seen, so that each takes this one once
    for racer in 0..3 {
        let (node, ticket) = (fleet.at(racer), ticket.clone());
        racers.spawn(async move { answer_mfa(node, CAROL, &ticket, CAROL_CODE).await.status });
    }
    let mut statuses = within(racers.join_all()).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400]);
}

#[tokio::test]
async fn r56_logins_at_once_do_not_mix() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    let fleet = std::sync::Arc::new(fleet);
    let mut logins = tokio::task::JoinSet::new();
    for id in 0..60_usize {
        let fleet = std::sync::Arc::clone(&fleet);
        logins.spawn(async move {
            let at = |step: usize| fleet.at(id + step);
            let (who, payload) = [(ALICE, ALICE_PAYLOAD), (BOB, BOB_PAYLOAD)][id % 2];
            let (mut desktop, fingerprint) = Desktop::ready(at(0), id as u64).await;
            let token = scan(at(1), who, &fingerprint).await;
            assert_eq!(desktop.expect_user().await, payload);
            assert_eq!(decide(at(2), "finish", who, &token).await.status, 204);
            let ticket = desktop.expect_ticket().await;
            let token = desktop.exchange(at(1), &ticket).await;
            assert_eq!(token == "alice-token", who == ALICE);
        });
    }
    within(logins.join_all()).await;
    fleet.redis.keys_are(0).await;
    fleet.redis.sessions_are(0).await;
}
