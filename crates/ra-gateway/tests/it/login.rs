//! Whole logins.

use std::sync::Arc;

use ra_crypto::{AwsLc, Backend, OsEntropy, RustCrypto};
use serde_json::json;

use crate::support::*;

async fn login_with_real_keys(backend: Arc<dyn Backend>) {
    let host = host_with(backend, |_| {}).await;
    let key = RustCrypto.generate(&mut OsEntropy).unwrap();
    let expected = ra_crypto::fingerprint(key.public_key()).to_string();
    let mut desktop = Desktop::connect_to(host.address, "/?v=2", key)
        .await
        .unwrap();
    let fingerprint = desktop.handshake().await;
    assert_eq!(fingerprint, expected);
    let ticket = approve(host.address, &mut desktop, &fingerprint).await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, "alice-token");
}

#[tokio::test]
async fn r50_whole_login_with_real_keys_through_rustcrypto() {
    login_with_real_keys(Arc::new(RustCrypto)).await;
}

#[tokio::test]
async fn r50_whole_login_with_real_keys_through_aws_lc() {
    login_with_real_keys(Arc::new(AwsLc)).await;
}

#[tokio::test]
async fn r42_the_person_may_say_no() {
    let host = host(|_| {}).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let reply = try_scan(host.address, BOB, &fingerprint).await;
    assert_eq!(desktop.expect_user().await, BOB_PAYLOAD);
    let reply = decide(host.address, "cancel", BOB, &reply.json()).await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    desktop.expect("cancel").await;
    assert_eq!(desktop.expect_close().await, 1000);
}

#[tokio::test]
async fn r57_a_token_that_the_file_does_not_have_is_minted_for_each_login() {
    let host = host(|_| {}).await;
    let mut tokens = Vec::new();
    for id in 0..2 {
        let (mut desktop, fingerprint) = Desktop::ready(host.address, id).await;
        let reply = try_scan(host.address, BOB, &fingerprint).await;
        desktop.expect_user().await;
        decide(host.address, "finish", BOB, &reply.json()).await;
        let ticket = desktop.expect_ticket().await;
        tokens.push(desktop.exchange(host.address, &ticket).await);
    }
    assert!(
        tokens[0].starts_with("MTk2NzY5OTg2MDcxNjI1NzI4."),
        "the id comes first"
    );
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn r53_any_api_version_is_served() {
    let host = host(|_| {}).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let request = http::Request::post("/api/v6/users/%40me/remote-auth")
        .header("host", "gateway")
        .header("authorization", ALICE)
        .body(json!({ "fingerprint": fingerprint }).to_string());
    assert_eq!(call(host.address, request.unwrap()).await.status, 200);
    assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
}

#[tokio::test]
async fn two_logins_at_once_do_not_mix() {
    let host = host(|_| {}).await;
    let (mut first, first_print) = Desktop::ready(host.address, 1).await;
    let (mut second, second_print) = Desktop::ready(host.address, 2).await;
    let second_ticket = approve(host.address, &mut second, &second_print).await;
    let first_ticket = approve(host.address, &mut first, &first_print).await;
    assert_eq!(
        first.exchange(host.address, &first_ticket).await,
        "alice-token"
    );
    assert_eq!(
        second.exchange(host.address, &second_ticket).await,
        "alice-token"
    );
}
