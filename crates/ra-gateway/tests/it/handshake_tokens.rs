//! A handshake token works once, for its account alone, and dies with its session.

use crate::support::*;

#[tokio::test]
async fn r54_it_works_once() {
    for (first, then) in [
        ("finish", "finish"),
        ("finish", "cancel"),
        ("cancel", "finish"),
    ] {
        let host = host(|_| {}).await;
        let (_desktop, fingerprint) = Desktop::ready(host.address, 1).await;
        let token = scan(host.address, ALICE, &fingerprint).await;
        assert_eq!(decide(host.address, first, ALICE, &token).await.status, 204);
        let replay = decide(host.address, then, ALICE, &token).await;
        assert_eq!(replay.refusal(), (404, 10056), "{first} {then}");
    }
}

#[tokio::test]
async fn r54_another_account_cannot_use_it_and_does_not_burn_it() {
    let host = host(|_| {}).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let token = scan(host.address, ALICE, &fingerprint).await;
    for verdict in ["finish", "cancel"] {
        assert_eq!(
            decide(host.address, verdict, BOB, &token).await.refusal(),
            (404, 10056)
        );
    }
    desktop.expect_user().await;
    assert_eq!(
        decide(host.address, "finish", ALICE, &token).await.status,
        204
    );
    desktop.expect_ticket().await;
}

#[tokio::test]
async fn r54_a_second_account_replaces_the_first_whose_token_dies() {
    let host = host(|_| {}).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let alices = scan(host.address, ALICE, &fingerprint).await;
    assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
    let bobs = scan(host.address, BOB, &fingerprint).await;
    assert_eq!(desktop.expect_user().await, BOB_PAYLOAD);
    for verdict in ["finish", "cancel"] {
        assert_eq!(
            decide(host.address, verdict, ALICE, &alices)
                .await
                .refusal(),
            (404, 10056)
        );
    }
    assert_eq!(decide(host.address, "finish", BOB, &bobs).await.status, 204);
    let ticket = desktop.expect_ticket().await;
    let token = desktop.exchange(host.address, &ticket).await;
    assert!(
        token.starts_with("MTk2NzY5OTg2MDcxNjI1NzI4."),
        "Bob's, not Alice's"
    );
}

#[tokio::test]
async fn r54_the_same_account_again_gets_a_new_token_and_the_old_one_dies() {
    let host = host(|_| {}).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let old = scan(host.address, ALICE, &fingerprint).await;
    let new = scan(host.address, ALICE, &fingerprint).await;
    desktop.expect_user().await;
    desktop.expect_user().await;
    assert_eq!(
        decide(host.address, "finish", ALICE, &old).await.refusal(),
        (404, 10056)
    );
    assert_eq!(
        decide(host.address, "finish", ALICE, &new).await.status,
        204
    );
}

#[tokio::test]
async fn r54_nobody_replaces_anybody_after_the_verdict() {
    for verdict in ["finish", "cancel"] {
        let host = host(|_| {}).await;
        let (_desktop, fingerprint) = Desktop::ready(host.address, 1).await;
        let token = scan(host.address, ALICE, &fingerprint).await;
        assert_eq!(
            decide(host.address, verdict, ALICE, &token).await.status,
            204
        );
        let late = try_scan(host.address, BOB, &fingerprint).await;
        assert_eq!(late.refusal(), (404, 10056), "{verdict}");
    }
}

#[tokio::test]
async fn r54_it_dies_with_its_socket() {
    let host = host(|_| {}).await;
    let (desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let token = scan(host.address, ALICE, &fingerprint).await;
    drop(desktop);
    host.sessions_fall_to(0).await;
    assert_eq!(
        decide(host.address, "finish", ALICE, &token)
            .await
            .refusal(),
        (404, 10056)
    );
}

#[tokio::test]
async fn r54_a_dead_one_takes_nobodys_place() {
    // room for one session, so for one handshake token
    let host = host(|config| config.limits.sessions = 1).await;
    for id in 0..3 {
        let (desktop, fingerprint) = Desktop::ready(host.address, id).await;
        scan(host.address, ALICE, &fingerprint).await;
        drop(desktop);
        host.sessions_fall_to(0).await;
    }
}
