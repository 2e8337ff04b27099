//! Those who use what is another's, or guess it: they learn nothing and change nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use ra_gateway::accounts::StaticFile;
use ra_testkit::FakeKey;

use super::*;

const DAVE: &str = "dave-authorization";

/// All of an answer but the time of day.
fn whole(reply: &Reply) -> (u16, BTreeSet<String>, String) {
    let headers = reply.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| format!("{name}: {value:?}"));
    (reply.status, headers.collect(), reply.text.clone())
}

/// Asserts that these answers are one and the same.
fn all_equal(replies: &[Reply], refusal: (u16, u64)) {
    for reply in replies {
        assert_eq!(reply.refusal(), refusal);
        assert_eq!(whole(reply), whole(&replies[0]));
    }
}

/// The same text with another last character but one.
fn near(text: &str) -> String {
    let at = text.len() - 2;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[tokio::test]
async fn r53_guesses_are_answered_alike_whatever_they_come_near_to() {
    let host = host(|_| {}).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let mut early = Desktop::connect_to(host.address, "/?v=2", Box::new(FakeKey::new(2)))
        .await
        .unwrap();
    early.challenge().await;
    let early = ra_crypto::fingerprint(early.key.public_key()).to_string();
    let made_up = "vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";
    let mut replies = Vec::new();
    for guess in [made_up, &near(&fingerprint), &early, "short", ""] {
        replies.push(scan(&host, ALICE, guess).await);
    }
    let handshake = scan(&host, ALICE, &fingerprint).await.json();
    let token = handshake["handshake_token"].as_str().unwrap();
    desktop.expect_user().await;
    for path in ["finish", "cancel"] {
        for (who, guess) in [
            (ALICE, near(token)),
            (ALICE, token[1..].to_owned()),
            (ALICE, "made-up".to_owned()),
            (BOB, token.to_owned()),
        ] {
            let body = json!({ "handshake_token": guess });
            replies.push(post(host.address, path, Some(who), body).await);
        }
    }
    let finish = post(host.address, "finish", Some(ALICE), handshake.clone()).await;
    assert_eq!(finish.status, 204);
    // what is spent is as unknown as what never was
    replies.push(post(host.address, "finish", Some(ALICE), handshake.clone()).await);
    replies.push(post(host.address, "cancel", Some(ALICE), handshake).await);
    replies.push(scan(&host, BOB, &fingerprint).await);
    all_equal(&replies, (404, 10056));

    let ticket = desktop.expect_ticket().await;
    let exchange = async |guess: String| {
        let body = json!({ "ticket": guess });
        post(host.address, "login", None, body).await
    };
    let mut replies = Vec::new();
    for guess in [near(&ticket), ticket[1..].to_owned(), "made-up".to_owned()] {
        replies.push(exchange(guess).await);
    }
    assert_eq!(desktop.exchange(host.address, &ticket).await, "alice-token");
    replies.push(exchange(ticket).await);
    all_equal(&replies, (400, 20042));
}

#[tokio::test]
async fn r54_calls_replayed_by_another_account_are_made_up_ones_and_change_nothing() {
    let accounts = PAIR.parse::<StaticFile>().unwrap().with_unix_time(|| 59);
    let host = host_of(Arc::new(accounts), |_| {}).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let (_own, own_fingerprint) = Desktop::ready(host.address, 2).await;
    let hers = scan(&host, CAROL, &fingerprint).await.json();
    let his = scan(&host, DAVE, &own_fingerprint).await.json();
    desktop.expect_user().await;
    let ticket = post(host.address, "finish", Some(CAROL), hers.clone()).await;
    let ticket = ticket.json()["mfa"]["ticket"].clone();
    // more often than one ticket may be tried
    let mut replies = vec![answer(&host, DAVE, &json!("made-up"), CAROL_CODE).await];
    for code in ["000000", CAROL_CODE].repeat(4) {
        replies.push(answer(&host, DAVE, &ticket, code).await);
    }
    all_equal(&replies, (400, 60006));
    let passed = answer(&host, CAROL, &ticket, CAROL_CODE).await;
    assert_eq!(passed.status, 200, "{}", passed.text);
    let mfa = passed.json()["token"].as_str().unwrap().to_owned();
    // a second factor is no help for another's login, hers none for his
    let made_up = json!({"handshake_token": "made-up"});
    let mut replies = Vec::new();
    for handshake in [&made_up, &hers] {
        replies.push(finish_with(&host, DAVE, handshake, &mfa).await);
        for path in ["finish", "cancel"] {
            let body = handshake.clone();
            replies.push(post(host.address, path, Some(DAVE), body).await);
        }
    }
    let refused = finish_with(&host, DAVE, &his, &mfa).await;
    assert_eq!(refused.refusal(), (401, 60003));
    let finish = finish_with(&host, CAROL, &hers, &mfa).await;
    assert_eq!(finish.status, 204, "{}", finish.text);
    // from the verdict on nobody takes her place
    replies.push(scan(&host, DAVE, &fingerprint).await);
    all_equal(&replies, (404, 10056));
    let ticket = desktop.expect_ticket().await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, "carol-token");
}
