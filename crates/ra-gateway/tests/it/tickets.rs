//! A ticket lives on after its socket, works once, and only for its key.

use ra_crypto::SessionKey;
use ra_proto::base64;
use ra_testkit::FakeKey;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn r54_it_outlives_its_socket() {
    let host = host(|_| {}).await;
    let (Desktop { socket, mut key }, ticket) = approved(host.address, 1).await;
    drop(socket);
    host.sessions_fall_to(0).await;
    let reply = redeem(host.address, &ticket).await;
    let sealed = reply.json()["encrypted_token"].as_str().unwrap().to_owned();
    let sealed = base64::decode(&sealed).unwrap();
    assert_eq!(key.open(&sealed).unwrap().to_utf8(), Ok("alice-token"));
}

#[tokio::test]
async fn r54_it_works_once() {
    let host = host(|_| {}).await;
    let (mut desktop, ticket) = approved(host.address, 1).await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, "alice-token");
    let replay = redeem(host.address, &ticket).await;
    assert_eq!(replay.refusal(), (400, 20042));
}

#[tokio::test]
async fn r54_of_many_at_once_one_gets_it() {
    let host = host(|_| {}).await;
    let (_desktop, ticket) = approved(host.address, 1).await;
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (address, body) = (host.address, json!({ "ticket": ticket }));
        racers.spawn(async move { post(address, "login", None, body).await.status });
    }
    let mut statuses = within(racers.join_all()).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400, 400, 400, 400, 400, 400]);
}

#[tokio::test]
async fn r54_only_its_key_opens_what_it_brings() {
    let host = host(|_| {}).await;
    let (_desktop, ticket) = approved(host.address, 1).await;
    let reply = redeem(host.address, &ticket).await;
    let sealed = base64::decode(reply.json()["encrypted_token"].as_str().unwrap()).unwrap();
    assert!(FakeKey::new(2).open(&sealed).is_err());
    assert_eq!(
        FakeKey::new(1).open(&sealed).unwrap().to_utf8(),
        Ok("alice-token")
    );
}

#[tokio::test]
async fn r34_the_token_is_not_on_the_wire() {
    let host = host(|_| {}).await;
    let (_desktop, ticket) = approved(host.address, 1).await;
    let reply = redeem(host.address, &ticket).await;
    assert!(!reply.text.contains("alice-token"));
    let members: Vec<String> = reply.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["encrypted_token"]);
}
