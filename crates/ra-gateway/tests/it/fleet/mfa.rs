//! A second factor, each step of it on another node.

use super::*;

/// Carol has scanned and said yes: she is asked.
async fn asked(fleet: &Fleet) -> (Desktop, Value, Value) {
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), CAROL, &fingerprint).await;
    desktop.expect_user().await;
    let question = decide(fleet.at(2), "finish", CAROL, &token).await;
    assert_eq!(question.refusal(), (401, 60003));
    let ticket = question.json()["mfa"]["ticket"].clone();
    (desktop, token, ticket)
}

#[tokio::test]
async fn r43_question_answer_and_finish_may_reach_three_nodes() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    let (mut desktop, token, ticket) = asked(&fleet).await;
    let wrong = answer_mfa(fleet.at(0), CAROL, &ticket, "000000").await;
    assert_eq!(wrong.refusal(), (400, 60008));
    let right = answer_mfa(fleet.at(1), CAROL, &ticket, CAROL_CODE).await;
    assert_eq!(right.status, 200, "{}", right.text);
    let mfa_token = right.json()["token"].as_str().unwrap().to_owned();
    let reply = finish_with(fleet.at(0), CAROL, &token, &mfa_token).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    assert_eq!(desktop.exchange(fleet.at(2), &ticket).await, "carol-token");
}

/// Rights that a node needs of Redis according to docs/scaling.md, and no others.
#[tokio::test]
async fn r56_a_user_of_redis_with_few_rights_is_enough() {
    let Some(mut fleet) = fleet(0, |_| {}).await else {
        return;
    };
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scaling.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rights = page.split("Its user needs\n`").nth(1).unwrap();
    let rights: Vec<String> = rights
        .split('`')
        .next()
        .unwrap()
        .split(' ')
        .map(|command| format!("+{}", command.to_lowercase()))
        .collect();
    assert!(rights.len() > 10, "{rights:?}");
    let mut user = vec![
        "ACL", "SETUSER", "node", "on", ">pw", "~ra:*", "&ra:*", "-@all",
    ];
    user.extend(rights.iter().map(String::as_str));
    let () = fleet.redis.query(&user).await;
    let url = format!("{}?user=node&pass=pw", fleet.redis.url());
    for _ in 0..2 {
        fleet
            .add(|config| {
                config.backplane = ra_gateway::BackplaneConfig::Redis(url.parse().unwrap());
            })
            .await;
    }
    let (mut desktop, token, ticket) = asked(&fleet).await;
    let right = answer_mfa(fleet.at(1), CAROL, &ticket, CAROL_CODE).await;
    let mfa_token = right.json()["token"].as_str().unwrap().to_owned();
    let reply = finish_with(fleet.at(0), CAROL, &token, &mfa_token).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    assert_eq!(desktop.exchange(fleet.at(1), &ticket).await, "carol-token");
    drop(desktop);
    fleet.redis.sessions_are(0).await;
    let refused: Vec<redis::Value> = fleet.redis.query(&["ACL", "LOG"]).await;
    assert!(refused.is_empty(), "{refused:?}");
}

#[tokio::test]
async fn r43_a_ticket_is_used_up_for_all_nodes() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (_desktop, token, ticket) = asked(&fleet).await;
    let right = answer_mfa(fleet.at(0), CAROL, &ticket, CAROL_CODE).await;
    assert_eq!(right.status, 200);
    for node in 0..2 {
        let again = answer_mfa(fleet.at(node), CAROL, &ticket, CAROL_CODE).await;
        assert_eq!(again.refusal(), (400, 60006));
    }
    for mfa_token in ["", "made-up", ticket.as_str().unwrap()] {
        let reply = finish_with(fleet.at(1), CAROL, &token, mfa_token).await;
        assert_eq!(reply.refusal(), (401, 60003), "{mfa_token}");
    }
}

#[tokio::test]
async fn r43_a_passed_question_counts_for_the_account_that_passed() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (_desktop, token, ticket) = asked(&fleet).await;
    let right = answer_mfa(fleet.at(1), CAROL, &ticket, CAROL_CODE).await;
    let mfa_token = right.json()["token"].as_str().unwrap().to_owned();
    let keys = fleet.redis.keys().await;
    let key = keys.iter().find(|key| key.starts_with("ra:p:")).unwrap();
    let kept: Vec<u8> = fleet.redis.query(&["GET", key]).await;
    // what stands there for somebody else
    let other = "x".repeat(kept.len());
    let () = fleet.redis.query(&["SET", key, &other]).await;
    let reply = finish_with(fleet.at(0), CAROL, &token, &mfa_token).await;
    assert_eq!(reply.refusal(), (401, 60003));
}

#[tokio::test]
async fn r43_guesses_are_counted_over_all_nodes_by_ticket() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    let (_desktop, _, ticket) = asked(&fleet).await;
    for guess in 0..5 {
        let reply = answer_mfa(fleet.at(guess), CAROL, &ticket, "000000").await;
        assert_eq!(reply.refusal(), (400, 60008));
    }
    for node in 0..3 {
        let late = answer_mfa(fleet.at(node), CAROL, &ticket, CAROL_CODE).await;
        assert_eq!(late.refusal(), (400, 60006), "even the right code");
    }
}

#[tokio::test]
async fn r43_guesses_are_counted_over_all_nodes_by_account() {
    let Some(fleet) = fleet(2, |config| config.limits.mfa_tries_per_account = 4).await else {
        return;
    };
    let (_desktop, token, mut ticket) = asked(&fleet).await;
    for guess in 0..4 {
        if guess == 2 {
            let question = decide(fleet.at(1), "finish", CAROL, &token).await;
            ticket = question.json()["mfa"]["ticket"].clone();
        }
        let reply = answer_mfa(fleet.at(guess), CAROL, &ticket, "000000").await;
        assert_eq!(reply.refusal(), (400, 60008), "{guess}");
    }
    // each node has seen two of four; together they have seen enough
    for node in 0..2 {
        let late = answer_mfa(fleet.at(node), CAROL, &ticket, CAROL_CODE).await;
        assert_eq!(late.status, 429);
        assert!(late.retry_after() >= 1);
    }
}

#[tokio::test]
async fn r43_tickets_and_tokens_are_the_accounts_own() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (_desktop, _, _) = asked(&fleet).await;
    let unknown = answer_mfa(fleet.at(1), CAROL, &json!("made-up"), CAROL_CODE).await;
    assert_eq!(unknown.refusal(), (400, 60006));
}

#[tokio::test]
async fn r43_nobody_is_asked_for_a_session_whose_node_has_gone() {
    let Some(mut fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), CAROL, &fingerprint).await;
    desktop.expect_user().await;
    fleet.nodes.remove(0).handle.shut_down();
    drop(desktop);
    fleet.redis.sessions_are(0).await;
    let reply = decide(fleet.at(0), "finish", CAROL, &token).await;
    assert_eq!(reply.refusal(), (404, 10056));
}
