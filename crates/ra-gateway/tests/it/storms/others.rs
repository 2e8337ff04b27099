//! Those who use what is another's, or guess it: they learn nothing and change nothing. In memory of
//! one node, and over several that meet in a Redis, each call at another.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ra_gateway::Accounts;
use ra_testkit::FakeKey;

use super::*;

/// Addresses for desktops and phones: the first for sockets, each in turn for calls.
struct Nodes {
    all: Vec<SocketAddr>,
    turn: AtomicUsize,
}

impl Nodes {
    fn of(hosts: &[Host]) -> Self {
        Self {
            all: hosts.iter().map(|host| host.address).collect(),
            turn: AtomicUsize::new(0),
        }
    }

    fn sockets(&self) -> SocketAddr {
        self.all[0]
    }

    fn next(&self) -> SocketAddr {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.all[turn % self.all.len()]
    }

    async fn post(&self, path: &str, who: &str, body: &Value) -> Reply {
        post(self.next(), path, Some(who), body.clone()).await
    }

    async fn scan(&self, who: &str, fingerprint: &str) -> Reply {
        let body = json!({ "fingerprint": fingerprint });
        self.post("", who, &body).await
    }

    /// A scan at each node.
    async fn scans(&self, who: &str, fingerprint: &str) -> Vec<Reply> {
        let mut replies = Vec::new();
        for _ in &self.all {
            replies.push(self.scan(who, fingerprint).await);
        }
        replies
    }

    async fn exchange(&self, ticket: &str) -> Reply {
        post(self.next(), "login", None, json!({ "ticket": ticket })).await
    }

    async fn finish_with(&self, who: &str, handshake: &Value, mfa: &str) -> Reply {
        finish_with(self.next(), who, handshake, mfa).await
    }

    async fn answer(&self, who: &str, ticket: &Value, code: &str) -> Reply {
        answer_mfa(self.next(), who, ticket, code).await
    }
}

/// Returns an answer without its time of day.
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

/// Guessed fingerprints, handshake tokens and tickets.
async fn guesses_are_answered_alike(nodes: &Nodes) {
    let (mut desktop, fingerprint) = Desktop::ready(nodes.sockets(), 1).await;
    let mut early = Desktop::connect_to(nodes.sockets(), "/?v=2", Box::new(FakeKey::new(2)))
        .await
        .unwrap();
    early.challenge().await;
    let early = ra_crypto::fingerprint(early.key.public_key()).to_string();
    let made_up = "vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";
    let mut replies = Vec::new();
    for guess in [made_up, &near(&fingerprint), &early, "short", ""] {
        replies.extend(nodes.scans(ALICE, guess).await);
    }
    let handshake = nodes.scan(ALICE, &fingerprint).await.json();
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
            replies.push(nodes.post(path, who, &body).await);
        }
    }
    let finish = nodes.post("finish", ALICE, &handshake).await;
    assert_eq!(finish.status, 204);
    // what is spent is as unknown as what never was
    replies.push(nodes.post("finish", ALICE, &handshake).await);
    replies.push(nodes.post("cancel", ALICE, &handshake).await);
    replies.extend(nodes.scans(BOB, &fingerprint).await);
    all_equal(&replies, (404, 10056));

    let ticket = desktop.expect_ticket().await;
    let mut replies = Vec::new();
    for guess in [&near(&ticket), &ticket[1..], "made-up"] {
        replies.push(nodes.exchange(guess).await);
    }
    let token = desktop.exchange(nodes.next(), &ticket).await;
    assert_eq!(token, "alice-token");
    for _ in &nodes.all {
        replies.push(nodes.exchange(&ticket).await);
    }
    all_equal(&replies, (400, 20042));
}

/// Every call of Carol's login, made again by Dave.
async fn calls_replayed_by_another_change_nothing(nodes: &Nodes) {
    let (mut desktop, fingerprint) = Desktop::ready(nodes.sockets(), 1).await;
    let (_own, own_fingerprint) = Desktop::ready(nodes.sockets(), 2).await;
    let hers = nodes.scan(CAROL, &fingerprint).await.json();
    let his = nodes.scan(DAVE, &own_fingerprint).await.json();
    desktop.expect_user().await;
    let ticket = nodes.post("finish", CAROL, &hers).await;
    let ticket = ticket.json()["mfa"]["ticket"].clone();
    // more often than one ticket may be tried
    let mut replies = vec![nodes.answer(DAVE, &json!("made-up"), CAROL_CODE).await];
    for code in ["000000", CAROL_CODE].repeat(4) {
        replies.push(nodes.answer(DAVE, &ticket, code).await);
    }
    all_equal(&replies, (400, 60006));
    let passed = nodes.answer(CAROL, &ticket, CAROL_CODE).await;
    assert_eq!(passed.status, 200, "{}", passed.text);
    let mfa = passed.json()["token"].as_str().unwrap().to_owned();
    // a second factor is no help for another's login, hers none for his
    let made_up = json!({"handshake_token": "made-up"});
    let mut replies = Vec::new();
    for handshake in [&made_up, &hers] {
        replies.push(nodes.finish_with(DAVE, handshake, &mfa).await);
        for path in ["finish", "cancel"] {
            replies.push(nodes.post(path, DAVE, handshake).await);
        }
    }
    let refused = nodes.finish_with(DAVE, &his, &mfa).await;
    assert_eq!(refused.refusal(), (401, 60003));
    let finish = nodes.finish_with(CAROL, &hers, &mfa).await;
    assert_eq!(finish.status, 204, "{}", finish.text);
    // from the verdict on nobody takes her place
    replies.extend(nodes.scans(DAVE, &fingerprint).await);
    all_equal(&replies, (404, 10056));
    let ticket = desktop.expect_ticket().await;
    let token = desktop.exchange(nodes.next(), &ticket).await;
    assert_eq!(token, "carol-token");
}

fn both() -> Arc<dyn Accounts> {
    Arc::new(pair(|| true))
}

#[tokio::test]
async fn r53_guesses_are_answered_alike_whatever_they_come_near_to() {
    let host = host(|_| {}).await;
    guesses_are_answered_alike(&Nodes::of(&[host])).await;
}

#[tokio::test]
async fn r54_calls_replayed_by_another_account_are_made_up_ones_and_change_nothing() {
    let host = host_of(both(), |_| {}).await;
    calls_replayed_by_another_change_nothing(&Nodes::of(&[host])).await;
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn r56_guesses_are_answered_alike_by_all_nodes_whatever_they_come_near_to() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    guesses_are_answered_alike(&Nodes::of(&fleet.nodes)).await;
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn r56_calls_replayed_by_another_account_at_any_node_change_nothing() {
    let Some(mut fleet) = fleet(0, |_| {}).await else {
        return;
    };
    for _ in 0..3 {
        fleet.add_of(both()).await;
    }
    calls_replayed_by_another_change_nothing(&Nodes::of(&fleet.nodes)).await;
    drop(fleet);
}
