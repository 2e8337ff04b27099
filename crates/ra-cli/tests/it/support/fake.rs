//! A gateway and an API that follow a script, right or wrong. Independent of the machines under test: frames are
//! written out by hand.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use ra_crypto::{Backend as _, OsEntropy, RustCrypto};
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use super::PATIENCE;

/// The user in a scan payload.
pub const USER: &str = "196769986071625728:1212:d0900b8fe361c755549ab0beadb35075:Mary";
/// The token at the end of the story.
pub const TOKEN: &str = "canary-token.abc.def";
/// The ticket in between.
pub const TICKET: &str = "canary-ticket";

/// The key of the desktop that is connected, for the API to seal to.
#[derive(Clone, Default)]
pub struct Key(Arc<Mutex<Option<Vec<u8>>>>);

impl Key {
    /// Seals to the desktop, in standard base64.
    pub fn seal(&self, plaintext: &[u8]) -> String {
        let spki = self.0.lock().unwrap().clone().expect("init came");
        let key = RustCrypto.peer_key(&spki).expect("a good key");
        let sealed = key.seal(plaintext, &mut OsEntropy).expect("sealed");
        ra_proto::base64::encode_standard(&sealed)
    }

    /// The right fingerprint.
    pub fn fingerprint(&self) -> String {
        let spki = self.0.lock().unwrap().clone().expect("init came");
        ra_crypto::fingerprint(&spki).to_string()
    }
}

/// Listens on loopback and hands each connection to `script`, with its number. Answers the port.
pub fn listen(script: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let script = Arc::new(script);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let Ok(stream) = stream else { return };
            stream.set_read_timeout(Some(PATIENCE)).expect("set");
            let script = Arc::clone(&script);
            std::thread::spawn(move || script(number, stream));
        }
    });
    port
}

/// A gateway whose sockets are scripted from `hello` on.
pub fn gateway(script: impl Fn(usize, Socket) + Send + Sync + 'static) -> (String, Key) {
    let key = Key::default();
    let held = key.clone();
    let port = listen(move |number, stream| {
        // the desktop may go away at any point: then the script ends by itself
        if let Ok(socket) = tungstenite::accept(stream) {
            script(
                number,
                Socket {
                    socket,
                    key: held.clone(),
                },
            );
        }
    });
    (format!("ws://127.0.0.1:{port}"), key)
}

/// An API that answers each request with what `script` makes of its path and body: a whole HTTP response.
pub fn api(script: impl Fn(&Request) -> String + Send + Sync + 'static) -> String {
    let port = listen(move |_, stream| {
        let mut reader = BufReader::new(stream);
        if let Some(request) = Request::read(&mut reader) {
            let response = script(&request);
            // whoever refuses to read on closes early
            let _ = reader.get_mut().write_all(response.as_bytes());
        }
    });
    format!("http://127.0.0.1:{port}/api/v9")
}

/// A 200 with JSON.
pub fn ok(body: &Value) -> String {
    response("200 OK", "application/json", &body.to_string())
}

/// A whole HTTP response.
pub fn response(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

/// One request.
pub struct Request {
    /// Method and path.
    pub line: String,
    /// Header lines in lower case names.
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Request {
    fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = headers
            .iter()
            .find(|(name, _)| name == "content-length")
            .map_or(0, |(_, value)| value.parse().expect("a number"));
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Some(Self {
            line,
            headers,
            body,
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// One socket of the scripted gateway. Steps end the script quietly once the desktop is gone.
pub struct Socket {
    pub socket: WebSocket<TcpStream>,
    pub key: Key,
}

impl Socket {
    pub fn send(&mut self, frame: &Value) -> Option<()> {
        self.text(&frame.to_string())
    }

    pub fn text(&mut self, text: &str) -> Option<()> {
        self.socket.send(Message::text(text)).ok()
    }

    /// The next frame that is no heartbeat; heartbeats are acknowledged.
    pub fn frame(&mut self) -> Option<Value> {
        loop {
            let Message::Text(text) = self.socket.read().ok()? else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).expect("desktops write JSON");
            if frame["op"] != "heartbeat" {
                return Some(frame);
            }
            self.send(&json!({"op": "heartbeat_ack"}))?;
        }
    }

    pub fn hello(&mut self) -> Option<()> {
        self.send(&json!({"op": "hello", "timeout_ms": 120_000, "heartbeat_interval": 41_250}))
    }

    /// Reads `init` and keeps the key.
    pub fn init(&mut self) -> Option<()> {
        let init = self.frame()?;
        let key = init["encoded_public_key"].as_str().expect("a key");
        let spki = ra_proto::base64::decode(key).expect("base64");
        *self.key.0.lock().unwrap() = Some(spki);
        Some(())
    }

    /// Sends a challenge and answers the proof frame.
    pub fn challenge(&mut self, nonce: &[u8]) -> Option<Value> {
        let sealed = self.key.seal(nonce);
        self.send(&json!({"op": "nonce_proof", "encrypted_nonce": sealed}))?;
        self.frame()
    }

    /// Everything up to the QR code.
    pub fn handshake(&mut self) -> Option<()> {
        self.hello()?;
        self.handshake_after_hello()
    }

    pub fn handshake_after_hello(&mut self) -> Option<()> {
        self.init()?;
        self.challenge(b"canary-nonce-of-32-bytes-exactly")?;
        let fingerprint = self.key.fingerprint();
        self.send(&json!({"op": "pending_remote_init", "fingerprint": fingerprint}))
    }

    /// The scan.
    pub fn scan(&mut self) -> Option<()> {
        self.scanned_by(USER.as_bytes())
    }

    pub fn scanned_by(&mut self, payload: &[u8]) -> Option<()> {
        let sealed = self.key.seal(payload);
        self.send(&json!({"op": "pending_ticket", "encrypted_user_payload": sealed}))
    }

    /// The approval, and the close that follows it.
    pub fn approve(&mut self) -> Option<()> {
        self.send(&json!({"op": "pending_login", "ticket": TICKET}))?;
        self.close(1000)
    }

    pub fn close(&mut self, code: u16) -> Option<()> {
        let frame = tungstenite::protocol::CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.socket.close(Some(frame)).ok()?;
        self.until_gone()
    }

    /// Reads until the desktop is gone.
    pub fn until_gone(&mut self) -> Option<()> {
        while self.socket.read().is_ok() {}
        None
    }

    /// A whole login that ends well.
    pub fn well(&mut self) -> Option<()> {
        self.handshake()?;
        self.scan()?;
        self.approve()
    }
}

/// The API that exchanges the ticket for the token.
pub fn good_api(key: &Key) -> String {
    let key = key.clone();
    api(move |request| {
        assert_eq!(request.line, "POST /api/v9/users/@me/remote-auth/login");
        assert_eq!(request.body, json!({"ticket": TICKET}));
        ok(&json!({"encrypted_token": key.seal(TOKEN.as_bytes())}))
    })
}
