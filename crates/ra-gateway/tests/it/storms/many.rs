//! Thousands at once. Reads `/proc`, and takes 127.0.0.2 for another address: Linux.

use futures_util::future::join_all;
use ra_crypto::SessionKey;
use ra_proto::base64;
use ra_testkit::FakeKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::process::*;
use super::*;

/// Runs a handshake as far as `how` says.
async fn abandon(address: SocketAddr, how: usize) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let upgrade = upgrade("");
    let init = json!({"op": "init", "encoded_public_key":
        base64::encode_standard(FakeKey::new(how as u64).public_key())});
    let (bytes, answer) = match how % 5 {
        0 => (Vec::new(), ""),
        1 => (upgrade.as_bytes()[..upgrade.len() / 2].to_vec(), ""),
        // not even the answer is waited for
        2 => (upgrade.into_bytes(), ""),
        3 => (upgrade.into_bytes(), "hello"),
        _ => {
            let mut bytes = upgrade.into_bytes();
            bytes.extend(masked(0x81, init.to_string().as_bytes()));
            (bytes, "nonce_proof")
        }
    };
    stream.write_all(&bytes).await.unwrap();
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains(answer) {
        let count = stream.read_buf(&mut heard).await.unwrap();
        assert_ne!(count, 0, "the gateway hung up first");
    }
}

#[test]
fn r55_ten_thousand_handshakes_abandoned_half_way_leave_nothing() {
    /// Number of connections that a listener's queue holds on any machine.
    const BATCH: usize = 100;
    if !runs_alone("storms::many::r55_ten_thousand_handshakes_abandoned_half_way_leave_nothing") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let host = host(generous).await;
        login(&host, 1).await;
        let at_rest = || {
            let left = ["connections", "sessions"].map(|name| counted(&host, name));
            left == [0, 0] && host.handle.sessions() == 0
        };
        until(at_rest).await;
        let start = descriptors();
        let mut after_first = 0;
        for batch in 0..100 {
            let all = (0..BATCH).map(|how| abandon(host.address, how));
            within(join_all(all)).await;
            until(|| at_rest() && descriptors() == start).await;
            if batch == 9 {
                after_first = resident();
            }
        }
        // those that got an answer had a session; each of them has ended
        let answered = 100 * BATCH as u64 / 5 * 2;
        let ended = counted(&host, "sessions_ended_total");
        assert!(ended > answered, "{ended}");
        // 9,000 that left a kilobyte each would be more
        let now = resident();
        assert!(now < after_first + 8 * 1024, "{after_first} KiB, {now} KiB");
        login(&host, 2).await;
        until(|| at_rest() && descriptors() == start).await;
    });
}

#[tokio::test]
async fn r55_logins_go_on_beside_a_flood_of_connections_at_the_limit() {
    const HELD: u32 = 32;
    let host = host(|config| {
        generous(config);
        config.limits.connections_per_address = HELD;
    })
    .await;
    let held: Vec<Tcp> = join_all((0..HELD).map(|_| from(2, host.address))).await;
    until(|| counted(&host, "connections") == u64::from(HELD)).await;
    let flood = async {
        for _ in 0..100 {
            let over = join_all((0..8).map(|_| from(2, host.address))).await;
            for mut tcp in over {
                let answer = String::from_utf8(tcp.read_to_end().await).unwrap();
                assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
                assert!(answer.contains("\r\nretry-after: "), "{answer}");
            }
        }
    };
    let logins = async {
        for id in 0..20 {
            login(&host, id).await;
        }
    };
    tokio::join!(flood, logins);
    assert_eq!(
        counted(&host, "refusals_total{reason=\"rate_limited\"}"),
        800
    );
    assert_eq!(counted(&host, "refusals_total{reason=\"busy\"}"), 0);
    drop(held);
    until(|| counted(&host, "connections") == 0).await;
    // every place is free again
    let _again: Vec<Tcp> = join_all((0..HELD).map(|_| from(2, host.address))).await;
    until(|| counted(&host, "connections") == u64::from(HELD)).await;
}

#[tokio::test]
async fn r55_logins_go_on_beside_a_flood_of_sessions_over_an_addresss_pace() {
    let host = host(|config| config.limits.sessions_per_address = 20).await;
    let upgrades = |count: usize| {
        let one = async || {
            let mut tcp = from(2, host.address).await;
            tcp.send(upgrade("").as_bytes()).await;
            tcp.read_head().await
        };
        join_all((0..count).map(move |_| one()))
    };
    for head in upgrades(20).await {
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    }
    let flood = async {
        let heads = upgrades(100).await;
        heads
            .iter()
            .filter(|head| head.starts_with("HTTP/1.1 429 "))
            .count()
    };
    let logins = async {
        for id in 0..10 {
            login(&host, id).await;
        }
    };
    let (refused, ()) = tokio::join!(flood, logins);
    // a pace lets a few more in when the machine is slow
    assert!(refused >= 50, "{refused}");
    let told = counted(&host, "refusals_total{reason=\"rate_limited\"}");
    assert_eq!(told, refused as u64);
    host.sessions_fall_to(0).await;
}
