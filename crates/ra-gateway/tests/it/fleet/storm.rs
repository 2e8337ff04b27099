//! Logins without a pause through three nodes while Redis dies and comes back: each ends, in a way
//! that says so, and what they took is given back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures_util::StreamExt;
use ra_testkit::FakeKey;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::*;

/// How a login ended before its token: a status of a call, or a close code of the socket.
type Ended = u16;

/// The next frame with this op, or the code that the socket was closed with.
async fn next(desktop: &mut Desktop, op: &str) -> Result<Value, Ended> {
    loop {
        match within(desktop.socket.next()).await {
            Some(Ok(Message::Text(text))) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                if frame["op"] == op {
                    return Ok(frame);
                }
            }
            Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
            Some(Ok(_)) => {}
            // the gateway never hangs up without a word
            other => panic!("{op} or a close should have come instead of {other:?}"),
        }
    }
}

async fn ok(reply: impl Future<Output = Reply>) -> Result<Reply, Ended> {
    let reply = reply.await;
    match reply.status {
        200 | 204 => Ok(reply),
        other => Err(other),
    }
}

/// Limits are not what is tried here.
fn generous(config: &mut ra_gateway::Config) {
    config.limits.sessions_per_address = u32::MAX;
    config.limits.calls_per_address = u32::MAX;
    config.limits.calls_per_account = u32::MAX;
    config.limits.scans_per_account = u32::MAX;
}

/// A whole login, each step at another node.
async fn login(nodes: &[SocketAddr; 3], id: u64) -> Result<(), Ended> {
    let turn = usize::try_from(id).unwrap();
    let at = |step: usize| nodes[(turn + step) % 3];
    let key = Box::new(FakeKey::new(id));
    let mut desktop = match Desktop::connect_to(at(0), "/?v=2", key).await {
        Ok(desktop) => desktop,
        Err(Error::Http(response)) => return Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    };
    next(&mut desktop, "hello").await?;
    let init = desktop.init();
    desktop.send(init).await;
    let challenge = next(&mut desktop, "nonce_proof").await?;
    let nonce = desktop.open(&challenge["encrypted_nonce"]);
    let proof = json!({"op": "nonce_proof", "proof": *ra_crypto::digest_proof(&nonce)});
    desktop.send(proof).await;
    let init = next(&mut desktop, "pending_remote_init").await?;
    let body = json!({ "fingerprint": init["fingerprint"] });
    let token = ok(post(at(1), "", Some(ALICE), body)).await?.json();
    next(&mut desktop, "pending_ticket").await?;
    ok(decide(at(2), "finish", ALICE, &token)).await?;
    let ticket = next(&mut desktop, "pending_login").await?;
    let reply = ok(redeem(at(1), ticket["ticket"].as_str().unwrap())).await?;
    let opened = desktop.open(&reply.json()["encrypted_token"]);
    assert_eq!(opened, b"alice-token");
    Ok(())
}

/// Many at a time until told to stop: how often each end came, 0 for a token.
async fn storm(
    nodes: [SocketAddr; 3],
    stop: Arc<AtomicBool>,
    tokens: Arc<AtomicU64>,
) -> BTreeMap<Ended, u32> {
    let ids = Arc::new(AtomicU64::new(1));
    let mut storm = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (stop, ids) = (Arc::clone(&stop), Arc::clone(&ids));
        let tokens = Arc::clone(&tokens);
        storm.spawn(async move {
            let mut ends: BTreeMap<Ended, u32> = BTreeMap::new();
            while !stop.load(Ordering::Relaxed) {
                let end = login(&nodes, ids.fetch_add(1, Ordering::Relaxed)).await;
                tokens.fetch_add(u64::from(end.is_ok()), Ordering::Relaxed);
                *ends.entry(end.err().unwrap_or(0)).or_default() += 1;
                tokio::task::yield_now().await;
            }
            ends
        });
    }
    let mut all = BTreeMap::new();
    for ends in storm.join_all().await {
        for (end, count) in ends {
            *all.entry(end).or_default() += count;
        }
    }
    all
}

#[tokio::test]
async fn r56_logins_end_one_way_or_the_other_while_redis_dies_and_comes_back() {
    let Some(mut fleet) = fleet(3, generous).await else {
        return;
    };
    let nodes = [fleet.at(0), fleet.at(1), fleet.at(2)];
    let stop = Arc::new(AtomicBool::new(false));
    let tokens = Arc::new(AtomicU64::new(0));
    let storming = tokio::spawn(storm(nodes, Arc::clone(&stop), Arc::clone(&tokens)));
    // logins come through before, between and after
    let thirty_more = async || {
        let enough = tokens.load(Ordering::Relaxed) + 30;
        within(async {
            while tokens.load(Ordering::Relaxed) < enough {
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    for _ in 0..2 {
        thirty_more().await;
        fleet.redis.kill();
        fleet.nodes_are_ready(false).await;
        fleet.redis.revive().await;
        thirty_more().await;
        let _: u64 = fleet
            .redis
            .query(&["CLIENT", "KILL", "TYPE", "pubsub"])
            .await;
        thirty_more().await;
    }
    stop.store(true, Ordering::Relaxed);
    let ends = storming.await.unwrap();
    // a token; an unknown ticket; an unknown session; not now; come back
    let known = [0, 400, 404, 503, 1001];
    assert!(ends.keys().all(|end| known.contains(end)), "{ends:?}");
    // after it: as if nothing had been
    fleet.nodes_are_ready(true).await;
    for id in 0..9 {
        assert_eq!(login(&nodes, id).await, Ok(()));
    }
    for node in &fleet.nodes {
        node.sessions_fall_to(0).await;
    }
    fleet.redis.sessions_are(0).await;
}

/// Open files of a process.
#[cfg(target_os = "linux")]
fn files(process: u32) -> usize {
    let files = std::fs::read_dir(format!("/proc/{process}/fd"));
    files.map_or(0, Iterator::count)
}

/// Its resident memory.
#[cfg(target_os = "linux")]
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
    kilobytes.trim().parse::<u64>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn r55_what_a_node_took_for_a_fleets_sessions_it_gives_back() {
    let Some(mut fleet) = fleet(1, generous).await else {
        return;
    };
    let node = processes::Process::start(&fleet.redis);
    let round = async |fleet: &Fleet, first: u64| {
        let mut desktops = Vec::new();
        for id in first..first + 150 {
            let (mut desktop, fingerprint) = Desktop::ready(node.address, id).await;
            if id % 3 == 0 {
                scan(fleet.at(0), ALICE, &fingerprint).await;
                desktop.expect_user().await;
            }
            desktops.push(desktop);
        }
        drop(desktops);
        fleet.redis.sessions_are(0).await;
        fleet.redis.keys_are(0).await;
    };
    // what is made once and kept is made now
    round(&fleet, 0).await;
    let (files_before, memory_before) = (files(node.id()), resident(node.id()));
    round(&fleet, 1_000).await;
    fleet.redis.kill();
    fleet.nodes_are_ready(false).await;
    fleet.redis.revive().await;
    fleet.nodes_are_ready(true).await;
    within(async {
        while get(node.address, "/readyz").await.status != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    round(&fleet, 2_000).await;
    within(async {
        while files(node.id()) > files_before {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let grown = resident(node.id()).saturating_sub(memory_before);
    assert!(grown < 2 * 1024 * 1024, "{grown} bytes more than before");
}
