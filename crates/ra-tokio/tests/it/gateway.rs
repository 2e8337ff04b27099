//! A gateway and its REST side, played by a test line by line, with fake keys.

use std::borrow::Cow;
use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use ra_core::desktop::login::{Config, Renewal};
use ra_crypto::{Backend as _, PeerKey, fingerprint};
use ra_proto::base64;
use ra_proto::frame::{DesktopFrame, GatewayFrame};
use ra_testkit::{Fake, NoEntropy};
use ra_tokio::{Keys, Login, LoginOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_async};

use crate::support::{json, listener, read_request};

pub const TOKEN: &str = "canary-token";
pub const TICKET: &str = "canary-ticket";

/// Both listeners of a service.
pub struct Service {
    pub sockets: TcpListener,
    pub rest: TcpListener,
    gateway: SocketAddr,
    api: SocketAddr,
}

impl Service {
    pub async fn new() -> Self {
        let ((sockets, gateway), (rest, api)) = (listener().await, listener().await);
        Self {
            sockets,
            rest,
            gateway,
            api,
        }
    }

    /// What a desktop needs to log in here: one QR, no renewal.
    pub fn options(&self) -> LoginOptions {
        let mut config = Config::default();
        config.gateway = format!("ws://{}", self.gateway).parse().unwrap();
        config.api = format!("http://{}/api/v9", self.api).parse().unwrap();
        config.renewal = Renewal::Limit(0);
        let mut options = LoginOptions::new(Keys::new(Fake));
        options.config = config;
        options
    }

    pub fn login(&self) -> Login {
        Login::start(self.options()).unwrap()
    }

    /// The next desktop's socket.
    pub async fn accept(&self) -> Gateway {
        let (stream, _) = self.sockets.accept().await.unwrap();
        Gateway::on(stream).await
    }

    /// Answers the next call; the request is what it gives back.
    pub async fn answer(&self, status: &str, body: &str) -> String {
        let (mut stream, _) = self.rest.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        stream
            .write_all(json(status, body).as_bytes())
            .await
            .unwrap();
        request
    }

    /// The same service through a relay that hands on one byte at a time.
    pub async fn options_byte_by_byte(&self) -> LoginOptions {
        let mut options = self.options();
        options.config.gateway = format!("ws://{}", relay(self.gateway).await)
            .parse()
            .unwrap();
        options
    }
}

/// One socket of a desktop.
pub struct Gateway {
    pub socket: WebSocketStream<TcpStream>,
    key: Option<Box<dyn PeerKey>>,
}

impl Gateway {
    /// Answers the upgrade that comes over `stream`.
    pub async fn on(stream: TcpStream) -> Self {
        Self {
            socket: accept_async(stream).await.unwrap(),
            key: None,
        }
    }

    pub async fn say(&mut self, frame: GatewayFrame<'_>) {
        self.socket
            .send(Message::text(frame.encode()))
            .await
            .unwrap();
    }

    /// The next frame that is no heartbeat.
    pub async fn hear(&mut self) -> String {
        loop {
            let Some(Ok(Message::Text(text))) = self.socket.next().await else {
                panic!("no frame")
            };
            if !matches!(DesktopFrame::decode(&text), Ok(DesktopFrame::Heartbeat)) {
                return text.to_string();
            }
        }
    }

    pub fn seal(&self, plaintext: &str) -> String {
        let key = self.key.as_ref().expect("init was heard");
        base64::encode_standard(&key.seal(plaintext.as_bytes(), &mut NoEntropy).unwrap())
    }

    pub async fn hello(&mut self) {
        self.say(GatewayFrame::Hello {
            timeout_ms: 120_000,
            heartbeat_interval: 41_250,
        })
        .await;
    }

    /// From `hello` until the challenge is out.
    pub async fn challenge(&mut self) {
        self.hello().await;
        let init = self.hear().await;
        let Ok(DesktopFrame::Init { encoded_public_key }) = DesktopFrame::decode(&init) else {
            panic!("no init")
        };
        let spki = base64::decode(&encoded_public_key).unwrap();
        self.key = Some(Fake.peer_key(&spki).unwrap());
        let encrypted_nonce = Cow::Owned(self.seal("a nonce"));
        self.say(GatewayFrame::NonceProof { encrypted_nonce }).await;
    }

    /// From `hello` until the desktop may show its QR.
    pub async fn handshake(&mut self) {
        self.challenge().await;
        let proof = self.hear().await;
        assert!(matches!(
            DesktopFrame::decode(&proof),
            Ok(DesktopFrame::NonceProof(_))
        ));
        let fingerprint = fingerprint(self.key.as_ref().unwrap().public_key()).to_string();
        self.say(GatewayFrame::PendingRemoteInit {
            fingerprint: fingerprint.into(),
        })
        .await;
    }

    pub async fn scan(&mut self) {
        let encrypted_user_payload = Cow::Owned(self.seal("81:0:0:mary"));
        self.say(GatewayFrame::PendingTicket {
            encrypted_user_payload,
        })
        .await;
    }

    /// Everything up to the ticket, and the close that follows it.
    pub async fn approve(&mut self) {
        self.handshake().await;
        self.scan().await;
        self.say(GatewayFrame::PendingLogin {
            ticket: TICKET.into(),
        })
        .await;
        self.close(1000).await;
    }

    pub async fn close(&mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.socket.send(Message::Close(Some(frame))).await.unwrap();
    }

    /// The code that the desktop closes with; `None` if it only hangs up.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                _ => return None,
            }
        }
    }

    pub fn token_body(&self) -> String {
        format!(r#"{{"encrypted_token":"{}"}}"#, self.seal(TOKEN))
    }
}

/// Hands on everything to `target`, what comes back one byte at a time.
async fn relay(target: SocketAddr) -> SocketAddr {
    crate::support::serve(move |stream| async move {
        let onward = TcpStream::connect(target).await.unwrap();
        let ((mut from, mut to), (mut back, mut forth)) =
            (stream.into_split(), onward.into_split());
        let request = async move {
            let _ = tokio::io::copy(&mut from, &mut forth).await;
        };
        let reply = async move {
            // the upgrade's answer in one piece: its reader takes many small pieces for an attack
            let mut head = [0; 1024];
            let read = back.read(&mut head).await.unwrap();
            to.write_all(&head[..read]).await.unwrap();
            while let Ok(byte) = back.read_u8().await {
                if to.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(request, reply);
    })
    .await
}
