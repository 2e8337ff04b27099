//! Messages of others on the channels: nonsense, repeated and late ones.

use futures_util::StreamExt;
use redis::{AsyncTypedCommands, Client};

use super::*;

type Said = Vec<(String, Vec<u8>)>;

/// Notes all that is said on all channels until it is told to stop.
async fn listen(redis: &RedisServer) -> impl AsyncFnOnce() -> Said {
    let client = Client::open(redis.url()).unwrap();
    let mut ears = client.get_async_pubsub().await.unwrap();
    ears.psubscribe("*").await.unwrap();
    let stop = redis.connection().await;
    async move || {
        let mut stop = stop;
        stop.publish("stop", "").await.unwrap();
        let mut said = Said::new();
        let mut messages = ears.on_message();
        while let Some(message) = within(messages.next()).await {
            if message.get_channel_name() == "stop" {
                break;
            }
            let channel = message.get_channel_name().to_owned();
            said.push((channel, message.get_payload_bytes().to_vec()));
        }
        said
    }
}

async fn say_again(redis: &RedisServer, said: &Said) {
    let mut mouth = redis.connection().await;
    for (channel, message) in said {
        mouth.publish(channel, message.as_slice()).await.unwrap();
    }
}

/// The session has heard all that was said before, and has said nothing but this.
async fn assert_undisturbed(desktop: &mut Desktop) {
    desktop.send(json!({"op": "heartbeat"})).await;
    desktop.expect("heartbeat_ack").await;
}

#[tokio::test]
async fn r56_nonsense_disturbs_nobody() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let channels: Vec<String> = fleet.redis.query(&["PUBSUB", "CHANNELS", "*"]).await;
    assert_eq!(channels.len(), 3, "two nodes and a session");
    let mut nonsense = Said::new();
    for channel in channels {
        for kind in *b"\0\x01\x02kKsSaAdDnNyY\xff" {
            for length in [0, 1, 2, 9, 25, 26, 57, 58, 100, 357, 358, 5_000] {
                let mut message = vec![kind; length];
                if length > 1 {
                    message[0] = 1;
                }
                // that one says that the key has proven itself elsewhere
                if kind == b'n' && length == 26 {
                    continue;
                }
                nonsense.push((channel.clone(), message));
            }
        }
    }
    say_again(&fleet.redis, &nonsense).await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
    say_again(&fleet.redis, &nonsense).await;
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
    desktop.expect_ticket().await;
}

#[tokio::test]
async fn r56_what_is_said_again_or_late_changes_nothing() {
    let Some(fleet) = fleet(3, |_| {}).await else {
        return;
    };
    let heard = listen(&fleet.redis).await;
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let alices = scan(fleet.at(1), ALICE, &fingerprint).await;
    assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
    let first = heard().await;
    assert!(first.len() >= 5, "newer, key, its reply, scan, its reply");
    say_again(&fleet.redis, &first).await;
    say_again(&fleet.redis, &first).await;
    assert_undisturbed(&mut desktop).await;

    let bobs = scan(fleet.at(2), BOB, &fingerprint).await;
    assert_eq!(desktop.expect_user().await, BOB_PAYLOAD);
    // Alice's scan, late: Bob stays
    say_again(&fleet.redis, &first).await;
    assert_undisturbed(&mut desktop).await;
    let late = decide(fleet.at(1), "finish", ALICE, &alices).await;
    assert_eq!(late.refusal(), (404, 10056));

    let heard = listen(&fleet.redis).await;
    let reply = decide(fleet.at(1), "finish", BOB, &bobs).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    let verdict = heard().await;
    assert!(!verdict.is_empty());
    for said in [&first, &verdict, &verdict, &first] {
        say_again(&fleet.redis, said).await;
    }
    drop(desktop);
    fleet.redis.sessions_are(0).await;
    say_again(&fleet.redis, &verdict).await;
    assert_eq!(redeem(fleet.at(2), &ticket).await.status, 200);
    assert_eq!(redeem(fleet.at(2), &ticket).await.refusal(), (400, 20042));
    fleet.redis.keys_are(0).await;
}

#[tokio::test]
async fn r56_a_verdict_of_one_session_says_nothing_to_another() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut first, first_print) = Desktop::ready(fleet.at(0), 1).await;
    let (mut second, second_print) = Desktop::ready(fleet.at(0), 2).await;
    let token = scan(fleet.at(1), ALICE, &first_print).await;
    first.expect_user().await;
    scan(fleet.at(1), BOB, &second_print).await;
    second.expect_user().await;
    let heard = listen(&fleet.redis).await;
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
    first.expect_ticket().await;
    let verdict = heard().await;
    // the same, on the other's channel
    for other in fleet.redis.sessions().await {
        let moved: Said = verdict
            .iter()
            .map(|(_, message)| (other.clone(), message.clone()))
            .collect();
        say_again(&fleet.redis, &moved).await;
    }
    assert_undisturbed(&mut second).await;
}

#[tokio::test]
async fn r54_a_withdrawn_scan_that_is_brought_back_decides_nothing() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let alices = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    let key = fleet.redis.keys().await.remove(0);
    let mut redis = fleet.redis.connection().await;
    let mut read = redis::cmd("GET");
    let record: Vec<u8> = read.arg(&key).query_async(&mut redis).await.unwrap();
    scan(fleet.at(1), BOB, &fingerprint).await;
    desktop.expect_user().await;
    for verdict in ["finish", "cancel"] {
        redis.set(&key, record.as_slice()).await.unwrap();
        let reply = decide(fleet.at(1), verdict, ALICE, &alices).await;
        assert_eq!(reply.refusal(), (404, 10056));
        // and no token waits for anybody
        let keys = fleet.redis.keys().await;
        assert!(keys.iter().all(|key| key.starts_with("ra:h:")), "{keys:?}");
    }
    assert_undisturbed(&mut desktop).await;
}

/// A node that answers for a session with a key of its own gets nothing sealed to it.
#[tokio::test]
async fn r56_a_forged_key_is_not_sealed_to() {
    let Some(fleet) = fleet(1, |_| {}).await else {
        return;
    };
    let fingerprint = ra_crypto::fingerprint(b"the key on somebody's screen");
    let scanned = fingerprint.to_string();
    let session = ra_crypto::sha256(fingerprint.as_bytes());
    let channel = format!("ra:s:{}", ra_proto::base64::encode_url(&session));
    let client = Client::open(fleet.redis.url()).unwrap();
    let mut ears = client.get_async_pubsub().await.unwrap();
    ears.subscribe(&channel).await.unwrap();
    let mut mouth = fleet.redis.connection().await;
    let forger = async {
        let mut messages = ears.on_message();
        let asked = within(messages.next()).await.unwrap();
        let asked = asked.get_payload_bytes();
        assert_eq!(asked[..2], *b"\x01k");
        let (node, call) = asked[2..].split_at(16);
        let key = ra_testkit::FakeKey::new(66);
        let key = ra_crypto::SessionKey::public_key(&key);
        let reply = [b"\x01K", call, &[0; 4], &[0; 8], key].concat();
        let node = format!("ra:n:{}", ra_proto::base64::encode_url(node));
        let heard = mouth.publish(node, reply.as_slice()).await.unwrap();
        assert_eq!(heard, 1);
        messages
    };
    let (mut messages, refused) = tokio::join!(forger, scan_refused(fleet.at(0), ALICE, &scanned),);
    assert_eq!(refused, (404, 10056));
    mouth
        .publish(&channel, "nothing else was said")
        .await
        .unwrap();
    let next = within(messages.next()).await.unwrap();
    assert_eq!(next.get_payload_bytes(), b"nothing else was said");
}

#[tokio::test]
async fn r56_forged_records_do_not_lead_to_a_verdict() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let (mut desktop, fingerprint) = Desktop::ready(fleet.at(0), 1).await;
    let token = scan(fleet.at(1), ALICE, &fingerprint).await;
    desktop.expect_user().await;
    let key = fleet.redis.keys().await.remove(0);
    let mut redis = fleet.redis.connection().await;
    let record: Vec<u8> = redis::cmd("GET")
        .arg(&key)
        .query_async(&mut redis)
        .await
        .unwrap();
    // version, bond, and the key that the token would be sealed to; the ticket's digest is not
    // bound to anything, whoever changes it gets nothing that opens
    for at in [0, 1, 32, 65, record.len() - 1] {
        let mut forged = record.clone();
        forged[at] ^= 1;
        redis.set(&key, forged).await.unwrap();
        for verdict in ["finish", "cancel"] {
            let reply = decide(fleet.at(1), verdict, ALICE, &token).await;
            assert_eq!(reply.refusal(), (404, 10056), "{at}");
        }
    }
    redis.set(&key, record).await.unwrap();
    let reply = decide(fleet.at(1), "finish", ALICE, &token).await;
    assert_eq!(reply.status, 204);
}
