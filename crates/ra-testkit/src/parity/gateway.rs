//! A gateway and its REST side that a test plays line by line, with fake keys.

use std::borrow::Cow;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use ra_carrier::Network;
use ra_core::desktop::login::{Config, Renewal};
use ra_crypto::{Backend as _, PeerKey, fingerprint};
use ra_proto::base64;
use ra_proto::frame::{DesktopFrame, GatewayFrame};
use tungstenite::protocol::CloseFrame;
use tungstenite::{Message, WebSocket};

use super::peers::{accept, json, listener, read_request, relay};
use super::{Keys, LoginOptions, Operations};
use crate::{Fake, NoEntropy};

/// The token that a login gets.
pub const TOKEN: &str = "canary-token";
/// The ticket that a login exchanges.
pub const TICKET: &str = "canary-ticket";

/// Both listeners of a service.
pub struct Service {
    /// Listener for desktops.
    pub sockets: TcpListener,
    /// Listener for calls.
    pub rest: TcpListener,
    gateway: SocketAddr,
    api: SocketAddr,
}

#[allow(clippy::new_without_default, reason = "it opens listeners")]
impl Service {
    /// A service on free ports of this machine.
    pub fn new() -> Self {
        let ((sockets, gateway), (rest, api)) = (listener(), listener());
        Self {
            sockets,
            rest,
            gateway,
            api,
        }
    }

    /// The options of a login at this service: one QR, no renewal.
    pub fn options<A: Operations>(&self) -> LoginOptions<A> {
        let mut config = Config::default();
        config.gateway = format!("ws://{}", self.gateway).parse().unwrap();
        config.api = format!("http://{}/api/v9", self.api).parse().unwrap();
        config.renewal = Renewal::Limit(0);
        LoginOptions {
            config,
            keys: Keys::Backend(Arc::new(Fake)),
            network: Network::default(),
        }
    }

    /// A login at this service.
    pub fn login<A: Operations>(&self, adapter: A) -> A::Login {
        adapter.start_login(self.options()).unwrap()
    }

    /// The next desktop's socket.
    pub fn accept(&self) -> Gateway {
        Gateway::on(accept(&self.sockets))
    }

    /// Answers the next call and returns its request.
    pub fn answer(&self, status: &str, body: &str) -> String {
        let mut stream = accept(&self.rest);
        let request = read_request(&mut stream);
        stream.write_all(json(status, body).as_bytes()).unwrap();
        request
    }

    /// The same service through a relay that hands on one byte at a time.
    pub fn options_byte_by_byte<A: Operations>(&self) -> LoginOptions<A> {
        let mut options = self.options();
        options.config.gateway = format!("ws://{}", relay(self.gateway)).parse().unwrap();
        options
    }
}

/// One socket of a desktop.
pub struct Gateway {
    /// The socket itself.
    pub socket: WebSocket<TcpStream>,
    key: Option<Box<dyn PeerKey>>,
}

impl Gateway {
    /// Answers the upgrade that comes over `stream`.
    pub fn on(stream: TcpStream) -> Self {
        Self {
            socket: tungstenite::accept(stream).unwrap(),
            key: None,
        }
    }

    /// Sends a frame.
    pub fn say(&mut self, frame: GatewayFrame<'_>) {
        self.socket.send(Message::text(frame.encode())).unwrap();
    }

    /// Sends bytes that are no frame of the library's making.
    pub fn babble(&mut self, bytes: &[u8]) {
        self.socket.get_mut().write_all(bytes).unwrap();
    }

    /// The next frame that is no heartbeat.
    pub fn hear(&mut self) -> String {
        loop {
            let Ok(Message::Text(text)) = self.socket.read() else {
                panic!("no frame")
            };
            if !matches!(DesktopFrame::decode(&text), Ok(DesktopFrame::Heartbeat)) {
                return text.to_string();
            }
        }
    }

    /// Seals a text to the desktop's key, in base64.
    pub fn seal(&self, plaintext: &str) -> String {
        let key = self.key.as_ref().expect("init was heard");
        base64::encode_standard(&key.seal(plaintext.as_bytes(), &mut NoEntropy).unwrap())
    }

    /// Sends `hello`.
    pub fn hello(&mut self) {
        self.say(GatewayFrame::Hello {
            timeout_ms: 120_000,
            heartbeat_interval: 41_250,
        });
    }

    /// From `hello` until the challenge is out.
    pub fn challenge(&mut self) {
        self.hello();
        let init = self.hear();
        let Ok(DesktopFrame::Init { encoded_public_key }) = DesktopFrame::decode(&init) else {
            panic!("no init")
        };
        let spki = base64::decode(&encoded_public_key).unwrap();
        self.key = Some(Fake.peer_key(&spki).unwrap());
        let encrypted_nonce = Cow::Owned(self.seal("a nonce"));
        self.say(GatewayFrame::NonceProof { encrypted_nonce });
    }

    /// From `hello` until the desktop may show its QR.
    pub fn handshake(&mut self) {
        self.challenge();
        let proof = self.hear();
        assert!(matches!(
            DesktopFrame::decode(&proof),
            Ok(DesktopFrame::NonceProof(_))
        ));
        let fingerprint = fingerprint(self.key.as_ref().unwrap().public_key()).to_string();
        self.say(GatewayFrame::PendingRemoteInit {
            fingerprint: fingerprint.into(),
        });
    }

    /// Tells the desktop who has scanned its code.
    pub fn scan(&mut self) {
        let encrypted_user_payload = Cow::Owned(self.seal("81:0:0:mary"));
        self.say(GatewayFrame::PendingTicket {
            encrypted_user_payload,
        });
    }

    /// Everything up to the ticket, and the close that follows it.
    pub fn approve(&mut self) {
        self.handshake();
        self.scan();
        self.say(GatewayFrame::PendingLogin {
            ticket: TICKET.into(),
        });
        self.close(1000);
    }

    /// Closes the socket with this code.
    pub fn close(&mut self, code: u16) {
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.socket.send(Message::Close(Some(frame))).unwrap();
    }

    /// The code that the desktop closes with; `None` if it only hangs up.
    pub fn closed(&mut self) -> Option<u16> {
        loop {
            match self.socket.read() {
                Ok(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// The reply to the ticket exchange.
    pub fn token_body(&self) -> String {
        format!(r#"{{"encrypted_token":"{}"}}"#, self.seal(TOKEN))
    }
}
