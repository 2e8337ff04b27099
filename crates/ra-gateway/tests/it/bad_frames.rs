//! Frames that nobody should send.

use futures_util::SinkExt;
use ra_crypto::{AwsLc, Backend, RustCrypto};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

use crate::support::*;

async fn code_for_text(host: &Host, text: &str) -> u16 {
    let mut desktop = Desktop::connect(host.address).await;
    desktop.expect("hello").await;
    desktop.send_text(text).await;
    desktop.expect_close().await
}

#[tokio::test]
async fn r55_what_is_no_frame_gets_4001() {
    let host = host(|_| {}).await;
    for text in [
        "",
        "{",
        "null",
        "[]",
        "[{\"op\":\"heartbeat\"}]",
        "\"heartbeat\"",
        "{}",
        "{\"op\":1}",
        "{\"op\":null}",
        "{\"op\":\"heartbeat\",\"op\":\"heartbeat\"}",
        "{\"op\":\"heartbeat\"} {\"op\":\"heartbeat\"}",
        "{\"op\":\"init\"}",
        "{\"op\":\"init\",\"encoded_public_key\":7}",
        "{\"op\":\"init\",\"encoded_public_key\":\"\"}",
        "{\"op\":\"init\",\"encoded_public_key\":\"****\"}",
    ] {
        assert_eq!(code_for_text(&host, text).await, 4001, "{text}");
    }
}

#[tokio::test]
async fn r17_nesting_without_end_is_refused() {
    let host = host(|config| config.limits.message_bytes = 1 << 20).await;
    let brackets = "[".repeat(5_000);
    let deep = format!(
        "{{\"op\":\"heartbeat\",\"x\":{brackets}{}}}",
        "]".repeat(5_000)
    );
    assert_eq!(code_for_text(&host, &deep).await, 4001);
    assert_eq!(code_for_text(&host, &brackets).await, 4001);
    let host = crate::support::host(|_| {}).await;
    assert_eq!(
        code_for_text(&host, &"[".repeat(100_000)).await,
        1009,
        "over the cap before that"
    );
}

#[tokio::test]
async fn r17_binary_messages_and_broken_utf8_get_4001() {
    let host = host(|_| {}).await;
    let mut desktop = Desktop::connect(host.address).await;
    desktop.expect("hello").await;
    within(desktop.socket.send(Message::binary(vec![0; 10])))
        .await
        .unwrap();
    assert_eq!(desktop.expect_close().await, 4001);

    let (mut tcp, _) = Tcp::upgraded(host.address, "").await;
    tcp.send(&masked(0x81, b"{\"op\":\"\xff\xfe\"}")).await;
    assert_eq!(tcp.read_close().await, 4001);
}

#[tokio::test]
async fn r17_a_message_over_the_cap_gets_1009_and_no_memory() {
    let host = host(|config| config.limits.linger = Duration::from_secs(20)).await;
    // announced only: the gateway does not wait for it
    let (mut tcp, _) = Tcp::upgraded(host.address, "").await;
    tcp.send(&[0x81, 0xff, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0, 0, 0])
        .await;
    assert_eq!(tcp.read_close().await, 1009);
    // really sent, to the last byte, by a client that reads only afterwards
    let (mut tcp, _) = Tcp::upgraded(host.address, "").await;
    tcp.send(&masked(0x81, &vec![b'a'; 32 << 20])).await;
    assert_eq!(tcp.read_close().await, 1009);
    // and in fragments
    let (mut tcp, _) = Tcp::upgraded(host.address, "").await;
    tcp.send(&masked(0x01, &[b'a'; 10_000])).await;
    tcp.send(&masked(0x00, &[b'a'; 10_000])).await;
    assert_eq!(tcp.read_close().await, 1009);
    // while one below the cap is read
    assert_eq!(code_for_text(&host, &" ".repeat(16_000)).await, 4001);
}

#[tokio::test]
async fn r17_what_is_no_websocket_gets_1002() {
    let host = host(|_| {}).await;
    let unmasked = [0x81, 2, b'{', b'}'];
    let reserved_bit = masked(0xc1, b"{}");
    let unknown_opcode = masked(0x83, b"");
    let long_ping = masked(0x89, &[0; 126]);
    let loose_continuation = masked(0x80, b"{}");
    for bytes in [
        &unmasked[..],
        &reserved_bit,
        &unknown_opcode,
        &long_ping,
        &loose_continuation,
    ] {
        let (mut tcp, _) = Tcp::upgraded(host.address, "").await;
        tcp.send(bytes).await;
        assert_eq!(tcp.read_close().await, 1002, "{bytes:?}");
    }
}

#[tokio::test]
async fn r55_frames_out_of_order_get_4002() {
    let host = host(|_| {}).await;
    let mut twice = Desktop::connect(host.address).await;
    twice.challenge().await;
    let init = twice.init();
    twice.send(init.clone()).await;
    assert_eq!(twice.expect_close().await, 4002);

    let (mut late, _) = Desktop::ready(host.address, 1).await;
    late.send(init).await;
    assert_eq!(late.expect_close().await, 4002);

    let mut early = Desktop::connect(host.address).await;
    early.expect("hello").await;
    early
        .send(json!({"op": "nonce_proof", "proof": "AAAA"}))
        .await;
    assert_eq!(early.expect_close().await, 4002);

    let (mut again, _) = Desktop::ready(host.address, 2).await;
    again
        .send(json!({"op": "nonce_proof", "proof": "AAAA"}))
        .await;
    assert_eq!(again.expect_close().await, 4002);
}

#[tokio::test]
async fn r52_public_keys_that_are_not_rsa_2048_get_4001_on_both_backends() {
    let vectors = ra_testkit::vectors::load();
    assert!(!vectors.refused_public_keys.is_empty());
    let backends: [Arc<dyn Backend>; 2] = [Arc::new(RustCrypto), Arc::new(AwsLc)];
    for backend in backends {
        let host = host_with(backend, |_| {}).await;
        let mut sound = Desktop::connect(host.address).await;
        sound.expect("hello").await;
        let key = ra_proto::base64::encode_standard(&vectors.keys[0].spki);
        sound
            .send(json!({"op": "init", "encoded_public_key": key}))
            .await;
        sound.expect("nonce_proof").await;
        for refused in &vectors.refused_public_keys {
            let key = ra_proto::base64::encode_standard(&refused.bytes);
            let init = json!({"op": "init", "encoded_public_key": key}).to_string();
            assert_eq!(code_for_text(&host, &init).await, 4001, "{}", refused.why);
        }
    }
}
