//! Measures what a call costs in a fleet: sockets on one node, each call on another, one Redis.
//!
//! `cargo run --release -p ra-gateway --features redis --example fleet_calls -- redis://… 2000`
//!
//! Both nodes, desktops and phones run on one thread of this process; keys are fake. The same
//! logins run through memory of one node first: what is on top is the price of the fleet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a measurement stops when it fails

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use ra_crypto::{SessionKey, digest_proof};
use ra_gateway::{BackplaneConfig, Config, Gateway};
use ra_proto::base64;
use ra_testkit::{Fake, FakeKey};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, url, logins] = &arguments[..] else {
        panic!("give the URL of a Redis and a number of logins");
    };
    let logins = logins.parse().unwrap();
    let alone = node(None).await;
    run("memory, one node", alone, alone, logins).await;
    let (sockets, calls) = (node(Some(url)).await, node(Some(url)).await);
    run("Redis, two nodes", sockets, calls, logins).await;
}

async fn node(url: Option<&String>) -> SocketAddr {
    let mut config = Config::default();
    config.limits.sessions_per_address = u32::MAX;
    config.limits.calls_per_address = u32::MAX;
    config.limits.calls_per_account = u32::MAX;
    config.limits.scans_per_account = u32::MAX;
    if let Some(url) = url {
        config.backplane = BackplaneConfig::Redis(url.parse().unwrap());
    }
    let accounts = ra_testkit::accounts::InMemory::one();
    let gateway = Gateway::bind(config, Arc::new(accounts), Arc::new(Fake))
        .await
        .unwrap();
    let address = gateway.local_addr();
    tokio::spawn(gateway.run());
    address
}

async fn run(what: &str, sockets: SocketAddr, calls: SocketAddr, logins: u64) {
    let mut phone = Phone::connect(calls).await;
    let mut times: [Vec<Duration>; 4] = Default::default();
    for id in 0..logins {
        let start = Instant::now();
        let (mut desktop, fingerprint) = ready(sockets, id).await;
        times[0].push(start.elapsed());
        let start = Instant::now();
        let token = phone.post("", json!({ "fingerprint": fingerprint })).await;
        next(&mut desktop).await;
        times[1].push(start.elapsed());
        let start = Instant::now();
        phone.post("/finish", token).await;
        let ticket = next(&mut desktop).await["ticket"].clone();
        times[2].push(start.elapsed());
        let start = Instant::now();
        phone.post("/login", json!({ "ticket": ticket })).await;
        times[3].push(start.elapsed());
    }
    println!("{what}, microseconds at the median and for 99 of 100");
    let steps = ["connect to QR", "scan to user", "yes to ticket", "exchange"];
    for (step, times) in steps.iter().zip(&mut times) {
        times.sort_unstable();
        let at = |part: usize| times[times.len() * part / 100].as_micros();
        println!("  {step:14} {:6} {:6}", at(50), at(99));
    }
}

struct Phone(SendRequest<Full<Bytes>>);

impl Phone {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    async fn post(&mut self, call: &str, body: Value) -> Value {
        self.0.ready().await.unwrap();
        let request = Request::post(format!("/api/v9/users/@me/remote-auth{call}"))
            .header("host", "gateway")
            .header("authorization", "a")
            .body(Full::new(Bytes::from(body.to_string())));
        let response = self.0.send_request(request.unwrap()).await.unwrap();
        assert!(response.status().is_success(), "{}", response.status());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap_or_default()
    }
}

async fn ready(address: SocketAddr, id: u64) -> (WebSocketStream<TcpStream>, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let url = format!("ws://{address}/?v=2");
    let (mut socket, _) = client_async(url, stream).await.unwrap();
    let mut key = FakeKey::new(id);
    let spki = base64::encode_standard(key.public_key());
    next(&mut socket).await;
    let init = json!({"op": "init", "encoded_public_key": spki});
    socket.send(Message::text(init.to_string())).await.unwrap();
    let challenge = next(&mut socket).await;
    let sealed = base64::decode(challenge["encrypted_nonce"].as_str().unwrap()).unwrap();
    let nonce = key.open(&sealed).unwrap();
    let proof = json!({"op": "nonce_proof", "proof": *digest_proof(nonce.expose())});
    socket.send(Message::text(proof.to_string())).await.unwrap();
    let fingerprint = next(&mut socket).await["fingerprint"].clone();
    (socket, fingerprint.as_str().unwrap().to_owned())
}

async fn next(socket: &mut WebSocketStream<TcpStream>) -> Value {
    let message = socket.next().await.unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}
