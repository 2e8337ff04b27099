//! Redis sees neither names nor usable secrets.

use futures_util::StreamExt;
use ra_crypto::{AwsLc, Backend, OsEntropy, SessionKey};
use redis::Client;

use super::*;

/// Returns the contents of all keys in one piece.
async fn contents(redis: &RedisServer) -> Vec<u8> {
    let mut all = Vec::new();
    for key in redis.keys().await {
        let kind: String = redis.query(&["TYPE", &key]).await;
        let values: Vec<Vec<u8>> = match kind.as_str() {
            "hash" => redis.query(&["HVALS", &key]).await,
            _ => vec![redis.query(&["GET", &key]).await],
        };
        all.extend_from_slice(key.as_bytes());
        all.extend(values.concat());
    }
    all
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn r34_redis_sees_no_secret_and_nobodys_name() {
    let Some(fleet) = fleet_on(std::sync::Arc::new(AwsLc), 3).await else {
        return;
    };
    let client = Client::open(fleet.redis.url()).unwrap();
    let monitor = client.get_async_monitor().await.unwrap();
    let mut lines = monitor.into_on_message::<String>();

    let key: Box<dyn SessionKey> = AwsLc.generate(&mut OsEntropy).unwrap();
    let mut desktop = Desktop::connect_to(fleet.at(0), "/?v=2", key)
        .await
        .unwrap();
    let fingerprint = desktop.handshake().await;
    let token = scan(fleet.at(1), CAROL, &fingerprint).await;
    desktop.expect_user().await;
    let mut seen = contents(&fleet.redis).await;
    let question = decide(fleet.at(2), "finish", CAROL, &token).await.json();
    let mfa_ticket = question["mfa"]["ticket"].clone();
    answer_mfa(fleet.at(0), CAROL, &mfa_ticket, "000000").await;
    seen.extend(contents(&fleet.redis).await);
    let right = answer_mfa(fleet.at(1), CAROL, &mfa_ticket, CAROL_CODE).await;
    let mfa_token = right.json()["token"].as_str().unwrap().to_owned();
    seen.extend(contents(&fleet.redis).await);
    let reply = finish_with(fleet.at(2), CAROL, &token, &mfa_token).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    seen.extend(contents(&fleet.redis).await);
    assert_eq!(desktop.exchange(fleet.at(1), &ticket).await, "carol-token");

    let () = fleet.redis.query(&["ECHO", "the-end-of-it"]).await;
    loop {
        let line = within(lines.next()).await.unwrap();
        seen.extend_from_slice(line.as_bytes());
        if line.contains("the-end-of-it") {
            break;
        }
    }
    let handshake = token["handshake_token"].as_str().unwrap().to_owned();
    let mfa_ticket = mfa_ticket.as_str().unwrap().to_owned();
    let raw_fingerprint = ra_proto::base64::decode(&fingerprint).unwrap();
    let secrets: [&[u8]; 11] = [
        b"carol",
        b"3:0:0:carol",
        CAROL.as_bytes(),
        CAROL_CODE.as_bytes(),
        b"carol-token",
        ticket.as_bytes(),
        handshake.as_bytes(),
        mfa_ticket.as_bytes(),
        mfa_token.as_bytes(),
        fingerprint.as_bytes(),
        &raw_fingerprint,
    ];
    for secret in secrets {
        assert!(secret.len() >= 5);
        assert!(!contains(&seen, secret), "Redis has seen a secret");
        let standard = ra_proto::base64::encode_standard(secret);
        let standard = standard.trim_end_matches('=');
        assert!(!contains(&seen, standard.as_bytes()), "in base64");
    }
    // and the test would have seen it
    let digest = ra_crypto::sha256(ticket.as_bytes());
    let name = ra_proto::base64::encode_url(&digest);
    assert!(contains(&seen, name.as_bytes()));
}

#[tokio::test]
async fn r54_all_keys_expire() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), CAROL, &fingerprint).await;
    desktop.expect_user().await;
    let question = decide(fleet.at(1), "finish", CAROL, &token).await.json();
    let ticket = &question["mfa"]["ticket"];
    answer_mfa(fleet.at(1), CAROL, ticket, "000000").await;
    let mut seen = fleet.redis.keys().await;
    let limit = |key: &str| match &key[..5] {
        "ra:h:" => 120_000,
        "ra:t:" => 60_000,
        "ra:q:" | "ra:p:" | "ra:c:" => 300_000,
        _ => panic!("{key}"),
    };
    for key in &seen {
        let left: i64 = fleet.redis.query(&["PTTL", key]).await;
        assert!((1..=limit(key)).contains(&left), "{key} {left}");
    }
    let right = answer_mfa(fleet.at(0), CAROL, ticket, CAROL_CODE)
        .await
        .json();
    let mfa_token = right["token"].as_str().unwrap();
    finish_with(fleet.at(1), CAROL, &token, mfa_token).await;
    desktop.expect_ticket().await;
    for key in fleet.redis.keys().await {
        let left: i64 = fleet.redis.query(&["PTTL", &key]).await;
        assert!((1..=limit(&key)).contains(&left), "{key} {left}");
        seen.push(key);
    }
    let mut kinds: Vec<&str> = seen.iter().map(|key| &key[3..4]).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, ["c", "h", "p", "q", "t"]);
}
