//! Both proof dialects, and neither of the mixed ones.

use ra_core::gateway::Accept;
use ra_crypto::{digest_proof, nonce_proof};
use serde_json::{Value, json};

use crate::support::*;

/// Answers the challenge with what `proof` makes of the nonce.
async fn answer(host: &Host, proof: impl FnOnce(&[u8]) -> Value) -> Desktop {
    let mut desktop = Desktop::connect(host.address).await;
    let nonce = desktop.challenge().await;
    let mut frame = proof(&nonce);
    frame["op"] = "nonce_proof".into();
    desktop.send(frame).await;
    desktop
}

fn pad(text: &str) -> String {
    format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4))
}

#[tokio::test]
async fn r50_both_dialects_are_taken_padded_or_not() {
    let host = host(|_| {}).await;
    type Make = fn(&[u8]) -> Value;
    let taken: [(&str, Make); 6] = [
        ("digest", |nonce| json!({"proof": *digest_proof(nonce)})),
        (
            "digest, padded",
            |nonce| json!({"proof": pad(&digest_proof(nonce))}),
        ),
        ("nonce", |nonce| json!({"nonce": *nonce_proof(nonce)})),
        (
            "nonce, padded",
            |nonce| json!({"nonce": pad(&nonce_proof(nonce))}),
        ),
        (
            "standard alphabet",
            |nonce| json!({"proof": ra_proto::base64::encode_standard(&ra_crypto::sha256(nonce))}),
        ),
        (
            "extra keys",
            |nonce| json!({"proof": *digest_proof(nonce), "client": {"a": [1]}}),
        ),
    ];
    for (what, make) in taken {
        let mut desktop = answer(&host, make).await;
        let frame = desktop.expect("pending_remote_init").await;
        let fingerprint = ra_crypto::fingerprint(desktop.key.public_key()).to_string();
        assert_eq!(frame["fingerprint"], fingerprint, "{what}");
    }
}

#[tokio::test]
async fn r50_mixed_dialects_and_wrong_proofs_get_4002() {
    let host = host(|_| {}).await;
    type Make = fn(&[u8]) -> Value;
    let refused: [(&str, Make); 6] = [
        (
            "the digest as nonce",
            |nonce| json!({"nonce": *digest_proof(nonce)}),
        ),
        (
            "the nonce as proof",
            |nonce| json!({"proof": *nonce_proof(nonce)}),
        ),
        (
            "another nonce's digest",
            |_| json!({"proof": *digest_proof(b"another")}),
        ),
        (
            "another nonce",
            |_| json!({"nonce": *nonce_proof(&[0; 32])}),
        ),
        (
            "half of the nonce",
            |nonce| json!({"nonce": *nonce_proof(&nonce[..16])}),
        ),
        ("no base64", |_| json!({"proof": "****"})),
    ];
    for (what, make) in refused {
        assert_eq!(
            answer(&host, make).await.expect_close().await,
            4002,
            "{what}"
        );
    }
}

#[tokio::test]
async fn r50_a_gateway_may_insist_on_one_dialect() {
    let digest_only = host(|config| config.session.accept = Accept::Digest).await;
    let digest = |nonce: &[u8]| json!({"proof": *digest_proof(nonce)});
    let raw = |nonce: &[u8]| json!({"nonce": *nonce_proof(nonce)});
    answer(&digest_only, digest)
        .await
        .expect("pending_remote_init")
        .await;
    assert_eq!(answer(&digest_only, raw).await.expect_close().await, 4002);

    let nonce_only = host(|config| config.session.accept = Accept::Nonce).await;
    assert_eq!(answer(&nonce_only, digest).await.expect_close().await, 4002);
    let mut desktop = Desktop::connect(nonce_only.address).await;
    desktop.handshake_by_nonce().await;
}
