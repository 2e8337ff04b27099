//! Measures what a session costs: resident memory, and CPU for its opening and its heartbeats.
//!
//! `cargo run --release -p ra-gateway --example idle_sessions -- 10000`
//!
//! With `--features redis` and the URL of a Redis of your own behind the number, the sessions meet
//! there, and what it needs for them is shown too.
//!
//! The gateway runs on one thread of this process, the desktops in another process, so that only
//! the gateway is measured. Keys are fake: no cryptography is in these figures. Linux only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a measurement stops when it fails

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, fs};

use futures_util::{SinkExt, StreamExt};
use ra_crypto::{SessionKey, digest_proof};
use ra_gateway::{Config, Gateway};
use ra_testkit::{Fake, FakeKey};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines, stdin};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = env::args().collect();
    match &arguments[1..] {
        [sessions, url] if url.contains("://") => {
            gateway(sessions.parse().unwrap(), Some(url)).await;
        }
        [address, sessions] => desktops(address.parse().unwrap(), sessions.parse().unwrap()).await,
        [sessions] => gateway(sessions.parse().unwrap(), None).await,
        _ => gateway(2_000, None).await,
    }
}

async fn gateway(sessions: u32, url: Option<&str>) {
    let mut config = Config::default();
    meet(&mut config, url);
    config.session.timeout = std::time::Duration::from_secs(900);
    config.session.heartbeat_interval = std::time::Duration::from_secs(300);
    config.limits.connections_per_address = u32::MAX;
    config.limits.sessions_per_address = u32::MAX;
    let accounts = ra_testkit::accounts::InMemory::one();
    let gateway = Gateway::bind(config, Arc::new(accounts), Arc::new(Fake))
        .await
        .unwrap();
    let (address, handle) = (gateway.local_addr(), gateway.handle());
    tokio::spawn(gateway.run());
    // one at a time first: what is allocated once is not a session's
    round(address, 10).await;

    let mut child = tokio::process::Command::from(Command::new(env::current_exe().unwrap()))
        .args([address.to_string(), sessions.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut tell = child.stdin.take().unwrap();
    let redis = used_by_redis(url).await;
    let (memory, cpu) = (resident_bytes(), cpu_micros());
    tell.write_all(b"open\n").await.unwrap();
    told.next_line().await.unwrap();
    assert_eq!(handle.sessions(), sessions);
    let per = |total: u64| total as f64 / f64::from(sessions);
    println!("{sessions} sessions with their QR out");
    println!(
        "{:.0} resident bytes a session",
        per(resident_bytes() - memory)
    );
    println!(
        "{:.1} µs CPU to open one, handshake included",
        per(cpu_micros() - cpu)
    );
    if let (Some(before), Some(now)) = (redis, used_by_redis(url).await) {
        println!("{:.0} bytes a session in Redis", per(now - before));
    }
    let cpu = cpu_micros();
    tell.write_all(b"beat\n").await.unwrap();
    told.next_line().await.unwrap();
    println!("{:.1} µs CPU a heartbeat", per(cpu_micros() - cpu));
    child.kill().await.unwrap();
}

#[cfg(feature = "redis")]
fn meet(config: &mut Config, url: Option<&str>) {
    if let Some(url) = url {
        config.backplane = ra_gateway::BackplaneConfig::Redis(url.parse().unwrap());
    }
}

#[cfg(feature = "redis")]
async fn used_by_redis(url: Option<&str>) -> Option<u64> {
    let client = redis::Client::open(url?).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut info = redis::cmd("INFO");
    let info: String = info
        .arg("memory")
        .query_async(&mut connection)
        .await
        .unwrap();
    let used = info
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    used?.trim().parse().ok()
}

#[cfg(not(feature = "redis"))]
fn meet(_: &mut Config, url: Option<&str>) {
    assert_eq!(url, None, "this needs --features redis");
}

#[cfg(not(feature = "redis"))]
async fn used_by_redis(_: Option<&str>) -> Option<u64> {
    None
}

async fn round(address: SocketAddr, sessions: u32) {
    for id in 0..sessions {
        drop(open(address, u64::from(id)).await);
    }
}

async fn desktops(address: SocketAddr, sessions: u32) {
    let mut orders = BufReader::new(stdin()).lines();
    wait_for(&mut orders).await;
    let mut sockets = Vec::new();
    for id in 0..sessions {
        sockets.push(open(address, u64::from(id)).await);
    }
    println!("open");
    wait_for(&mut orders).await;
    for socket in &mut sockets {
        socket
            .send(Message::text(r#"{"op":"heartbeat"}"#))
            .await
            .unwrap();
        next(socket).await;
    }
    println!("beaten");
    wait_for(&mut orders).await;
}

async fn wait_for(orders: &mut Lines<BufReader<tokio::io::Stdin>>) {
    orders.next_line().await.unwrap();
}

async fn open(address: SocketAddr, id: u64) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut socket, _) = client_async(format!("ws://{address}/?v=2"), stream)
        .await
        .unwrap();
    let mut key = FakeKey::new(id);
    let spki = ra_proto::base64::encode_standard(key.public_key());
    next(&mut socket).await;
    send(
        &mut socket,
        json!({"op": "init", "encoded_public_key": spki}),
    )
    .await;
    let sealed = next(&mut socket).await["encrypted_nonce"]
        .as_str()
        .unwrap()
        .to_owned();
    let nonce = key
        .open(&ra_proto::base64::decode(&sealed).unwrap())
        .unwrap();
    send(
        &mut socket,
        json!({"op": "nonce_proof", "proof": *digest_proof(nonce.expose())}),
    )
    .await;
    assert_eq!(next(&mut socket).await["op"], "pending_remote_init");
    socket
}

async fn send(socket: &mut WebSocketStream<TcpStream>, frame: Value) {
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

async fn next(socket: &mut WebSocketStream<TcpStream>) -> Value {
    let message = socket.next().await.unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// User and system time of this process, from clock ticks of 10 ms.
fn cpu_micros() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks = |field: usize| fields[field].parse::<u64>().unwrap();
    (ticks(11) + ticks(12)) * 10_000
}
