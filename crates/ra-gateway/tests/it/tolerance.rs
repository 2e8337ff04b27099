//! Habits of real clients that a gateway must tolerate (R-51).

use futures_util::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::support::*;

#[tokio::test]
async fn r51_init_before_hello_has_come() {
    let host = host(|_| {}).await;
    // in one go with the upgrade itself: the gateway has it before it can have sent anything
    let mut tcp = Tcp::connect(host.address).await;
    let mut early = upgrade("").into_bytes();
    early.extend(masked(0x81, br#"{"op":"heartbeat"}"#));
    tcp.send(&early).await;
    assert!(tcp.read_head().await.starts_with("HTTP/1.1 101 "));
    let (opcode, hello) = tcp.read_frame().await;
    assert_eq!(opcode, 1);
    assert!(String::from_utf8(hello).unwrap().contains("hello"));
    assert_eq!(
        tcp.read_frame().await,
        (1, br#"{"op":"heartbeat_ack"}"#.to_vec())
    );

    let mut desktop = Desktop::connect(host.address).await;
    let init = desktop.init();
    desktop.send(init).await;
    desktop.expect("hello").await;
    desktop.expect("nonce_proof").await;
}

#[tokio::test]
async fn r51_heartbeats_before_init_and_in_every_phase() {
    let host = host(|_| {}).await;
    let mut desktop = Desktop::connect(host.address).await;
    desktop.expect("hello").await;
    for _ in 0..3 {
        desktop.send(json!({"op": "heartbeat"})).await;
        desktop.expect("heartbeat_ack").await;
    }
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    desktop
        .send(json!({"op": "heartbeat", "extra": null}))
        .await;
    desktop.expect("heartbeat_ack").await;
    try_scan(host.address, ALICE, &fingerprint).await;
    desktop.expect_user().await;
    desktop.send(json!({"op": "heartbeat"})).await;
    desktop.expect("heartbeat_ack").await;
}

#[tokio::test]
async fn r51_two_origins_and_compression_offers() {
    let host = host(|_| {}).await;
    let (mut tcp, head) = Tcp::upgraded(
        host.address,
        "Origin: https://discord.com\r\nOrigin: https://canary.discord.com\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
         Sec-WebSocket-Protocol: json\r\n",
    )
    .await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(
        head.to_lowercase()
            .contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=")
    );
    assert!(
        !head.to_lowercase().contains("sec-websocket-extensions"),
        "{head}"
    );
    let (opcode, hello) = tcp.read_frame().await;
    let hello: serde_json::Value = serde_json::from_slice(&hello).unwrap();
    assert_eq!((opcode, &hello["op"]), (1, &json!("hello")));
    assert_eq!(hello["timeout_ms"], 120_000);
    assert_eq!(hello["heartbeat_interval"], 41_250);
}

#[tokio::test]
async fn r51_unknown_ops_and_extra_keys_are_skipped() {
    let host = host(|_| {}).await;
    let mut desktop = Desktop::connect(host.address).await;
    desktop.expect("hello").await;
    desktop
        .send(json!({"op": "future", "x": [1, {"y": 2}]}))
        .await;
    let mut init = desktop.init();
    init["capabilities"] = json!({"a": [null, 1.5e3]});
    desktop.send(init).await;
    desktop.expect("nonce_proof").await;
}

#[tokio::test]
async fn r51_pings_are_answered() {
    let host = host(|_| {}).await;
    let (mut tcp, _) = Tcp::upgraded(host.address, "").await;
    tcp.read_frame().await;
    tcp.send(&masked(0x89, b"are you there")).await;
    assert_eq!(tcp.read_frame().await, (0x0a, b"are you there".to_vec()));
}

#[tokio::test]
async fn r51_a_desktop_may_leave_with_1000_or_without_a_word() {
    let host = host(|_| {}).await;
    let (mut polite, polite_print) = Desktop::ready(host.address, 1).await;
    let (rude, rude_print) = Desktop::ready(host.address, 2).await;
    assert_eq!(host.handle.sessions(), 2);
    let normal = CloseFrame {
        code: 1000.into(),
        reason: "".into(),
    };
    within(polite.socket.send(Message::Close(Some(normal))))
        .await
        .unwrap();
    assert_eq!(polite.expect_close().await, 1000);
    drop(rude);
    host.sessions_fall_to(0).await;
    for gone in [polite_print, rude_print] {
        let reply = try_scan(host.address, ALICE, &gone).await;
        assert_eq!(reply.refusal(), (404, 10056));
    }
}

#[tokio::test]
async fn a_desktop_that_comes_back_with_its_key_takes_its_old_socket_over() {
    let host = host(|_| {}).await;
    let (mut old, print) = Desktop::ready(host.address, 1).await;
    let (mut new, same_print) = Desktop::ready(host.address, 1).await;
    assert_eq!(print, same_print);
    assert_eq!(old.expect_close().await, 4003);
    try_scan(host.address, ALICE, &print).await;
    assert_eq!(new.expect_user().await, ALICE_PAYLOAD);
}
