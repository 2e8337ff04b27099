//! One byte at a time.

use ra_crypto::{SessionKey, digest_proof};
use ra_proto::base64;
use ra_testkit::FakeKey;
use tokio::io::AsyncReadExt;

use super::*;

impl Tcp {
    /// Each byte by itself.
    async fn trickle(&mut self, bytes: &[u8]) {
        self.0.set_nodelay(true).unwrap();
        for byte in bytes {
            self.send(&[*byte]).await;
            tokio::task::yield_now().await;
        }
    }

    async fn trickle_frame(&mut self, frame: Value) {
        self.trickle(&masked(0x81, frame.to_string().as_bytes()))
            .await;
    }

    /// The next text frame, read byte by byte.
    async fn frame_by_bytes(&mut self, op: &str) -> Value {
        let first = within(self.0.read_u8()).await.unwrap();
        assert_eq!(first, 0x81);
        let length = match within(self.0.read_u8()).await.unwrap() {
            126 => within(self.0.read_u16()).await.unwrap().into(),
            length => usize::from(length),
        };
        let mut payload = Vec::new();
        for _ in 0..length {
            payload.push(within(self.0.read_u8()).await.unwrap());
        }
        let frame: Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(frame["op"], op);
        frame
    }
}

/// A REST call, byte by byte: status and body.
async fn call_by_bytes(host: &Host, path: &str, who: &str, body: Value) -> (String, Value) {
    let body = body.to_string();
    let mut tcp = Tcp::connect(host.address).await;
    let request = format!(
        "POST /api/v9/users/@me/remote-auth{path} HTTP/1.1\r\nHost: gateway\r\n\
         Connection: close\r\nAuthorization: {who}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    tcp.trickle(request.as_bytes()).await;
    let answer = String::from_utf8(tcp.read_to_end().await).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    (head[9..12].to_owned(), body)
}

#[tokio::test]
async fn a_whole_login_of_a_desktop_and_a_phone_that_send_byte_by_byte() {
    let host = host(|_| {}).await;
    let mut key = FakeKey::new(9);
    let mut open = |sealed: &Value| {
        let sealed = base64::decode(sealed.as_str().unwrap()).unwrap();
        key.open(&sealed).unwrap().expose().to_vec()
    };
    let public_key = base64::encode_standard(FakeKey::new(9).public_key());
    let mut tcp = Tcp::connect(host.address).await;
    tcp.trickle(upgrade("").as_bytes()).await;
    tcp.read_head().await;
    tcp.frame_by_bytes("hello").await;
    tcp.trickle_frame(json!({"op": "init", "encoded_public_key": public_key}))
        .await;
    let nonce = open(&tcp.frame_by_bytes("nonce_proof").await["encrypted_nonce"]);
    tcp.trickle_frame(json!({"op": "nonce_proof", "proof": *digest_proof(&nonce)}))
        .await;
    let init = tcp.frame_by_bytes("pending_remote_init").await;
    tcp.trickle_frame(json!({"op": "heartbeat"})).await;
    tcp.frame_by_bytes("heartbeat_ack").await;

    let body = json!({"fingerprint": init["fingerprint"]});
    let (status, scanned) = call_by_bytes(&host, "", ALICE, body).await;
    assert_eq!(status, "200");
    let user = open(&tcp.frame_by_bytes("pending_ticket").await["encrypted_user_payload"]);
    assert_eq!(user, ALICE_PAYLOAD.as_bytes());
    let (status, _) = call_by_bytes(&host, "/finish", ALICE, scanned).await;
    assert_eq!(status, "204");
    let ticket = tcp.frame_by_bytes("pending_login").await["ticket"].clone();
    assert_eq!(tcp.read_close().await, 1000);
    let body = json!({ "ticket": ticket });
    let (status, login) = call_by_bytes(&host, "/login", "", body).await;
    assert_eq!(status, "200");
    assert_eq!(open(&login["encrypted_token"]), b"alice-token");
    host.sessions_fall_to(0).await;
}
