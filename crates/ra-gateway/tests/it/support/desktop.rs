//! A desktop on a bare WebSocket.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use ra_crypto::{SessionKey, digest_proof, nonce_proof};
use ra_proto::base64;
use ra_testkit::FakeKey;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::within;

/// A desktop that does as the test says.
pub(crate) struct Desktop {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) key: Box<dyn SessionKey>,
}

impl Desktop {
    /// Connects, with a fake key.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::connect_to(address, "/?v=2", Box::new(FakeKey::new(7)))
            .await
            .unwrap()
    }

    /// Connects and has its QR out.
    pub(crate) async fn ready(address: SocketAddr, id: u64) -> (Self, String) {
        let mut desktop = Self::connect_to(address, "/?v=2", Box::new(FakeKey::new(id)))
            .await
            .unwrap();
        let fingerprint = desktop.handshake().await;
        (desktop, fingerprint)
    }

    pub(crate) async fn connect_to(
        address: SocketAddr,
        path: &str,
        key: Box<dyn SessionKey>,
    ) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await.unwrap();
        let url = format!("ws://{address}{path}");
        let (socket, _) = within(client_async(url, stream)).await?;
        Ok(Self { socket, key })
    }

    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        within(self.socket.send(Message::text(text))).await.unwrap();
    }

    /// The next frame, which must have this op.
    pub(crate) async fn expect(&mut self, op: &str) -> Value {
        match within(self.socket.next()).await {
            Some(Ok(Message::Text(text))) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(frame["op"], op);
                frame
            }
            other => panic!("{op} should have come instead of {other:?}"),
        }
    }

    /// The close code that must come next.
    pub(crate) async fn expect_close(&mut self) -> u16 {
        match within(self.socket.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
            other => panic!("a close should have come instead of {other:?}"),
        }
    }

    /// The close code that comes, whatever is said before.
    #[cfg(feature = "redis")]
    pub(crate) async fn next_close(&mut self) -> (Vec<String>, u16) {
        let mut ops = Vec::new();
        loop {
            match within(self.socket.next()).await {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    ops.push(frame["op"].as_str().unwrap().to_owned());
                }
                Some(Ok(Message::Close(Some(frame)))) => return (ops, frame.code.into()),
                other => panic!("a close should have come instead of {other:?}"),
            }
        }
    }

    pub(crate) fn init(&self) -> Value {
        json!({"op": "init", "encoded_public_key": base64::encode_standard(self.key.public_key())})
    }

    /// From `hello` to the opened nonce.
    pub(crate) async fn challenge(&mut self) -> Vec<u8> {
        self.expect("hello").await;
        let init = self.init();
        self.send(init).await;
        let frame = self.expect("nonce_proof").await;
        self.open(&frame["encrypted_nonce"])
    }

    /// From `hello` to the fingerprint, in the digest dialect.
    pub(crate) async fn handshake(&mut self) -> String {
        let nonce = self.challenge().await;
        self.send(json!({"op": "nonce_proof", "proof": *digest_proof(&nonce)}))
            .await;
        self.expect("pending_remote_init").await["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The same in the nonce dialect.
    pub(crate) async fn handshake_by_nonce(&mut self) -> String {
        let nonce = self.challenge().await;
        self.send(json!({"op": "nonce_proof", "nonce": *nonce_proof(&nonce)}))
            .await;
        self.expect("pending_remote_init").await["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Waits for the user who has scanned.
    pub(crate) async fn expect_user(&mut self) -> String {
        let frame = self.expect("pending_ticket").await;
        String::from_utf8(self.open(&frame["encrypted_user_payload"])).unwrap()
    }

    /// The ticket, and the normal close behind it.
    pub(crate) async fn expect_ticket(&mut self) -> String {
        let frame = self.expect("pending_login").await;
        assert_eq!(self.expect_close().await, 1000);
        frame["ticket"].as_str().unwrap().to_owned()
    }

    /// Opens a text sealed to this desktop's key.
    pub(crate) fn open(&mut self, sealed: &Value) -> Vec<u8> {
        let sealed = base64::decode(sealed.as_str().unwrap()).unwrap();
        self.key.open(&sealed).unwrap().expose().to_vec()
    }

    /// Exchanges a ticket and opens the token.
    pub(crate) async fn exchange(&mut self, address: SocketAddr, ticket: &str) -> String {
        let reply = super::redeem(address, ticket).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        String::from_utf8(self.open(&reply.json()["encrypted_token"])).unwrap()
    }
}
