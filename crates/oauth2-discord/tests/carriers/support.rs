//! The carriers, and a server that says what it is told to.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response};
use oauth2_discord::{AccessToken, ClientSecret, ConfidentialClient, Snowflake};
use ra_http::{BaseUrl, Body, TransportError};
use ra_tokio::{HttpCarrier, Network};

use crate::{closures, with_reqwest, with_ureq};

pub(crate) type Carry = fn(Request<Body>) -> Result<Response<Body>, TransportError>;

/// Every carrier that reaches a socket.
pub(crate) const CARRIERS: [(&str, Carry); 4] = [
    ("ra-tokio", |request| {
        let carrier = HttpCarrier::new(Network::default());
        runtime().block_on(carrier.send(request, Duration::from_secs(20)))
    }),
    ("reqwest", |request| {
        let http = with_reqwest::http_client().unwrap();
        runtime().block_on(with_reqwest::send(&http, request))
    }),
    ("ureq", |request| {
        with_ureq::send(&with_ureq::agent(), request)
    }),
    ("a closure", closures::over_tcp),
];

/// Nothing that is sent or answered may show up in an error.
pub(crate) const CANARY: &str = "c4n4ry";

pub(crate) fn client() -> ConfidentialClient {
    ConfidentialClient::new(Snowflake::new(1577), ClientSecret::new(CANARY))
}

pub(crate) fn access_token() -> AccessToken {
    AccessToken::new(CANARY)
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

/// Answers every request with the same bytes and hangs up.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Into<Vec<u8>>) -> Self {
        let answer: Vec<u8> = answer.into();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let request = read_request(&mut stream);
                seen.lock().unwrap().push(request);
                let _ = stream.write_all(&answer); // who has read enough hangs up
            }
        });
        Self { address, requests }
    }

    /// A success with this JSON.
    pub(crate) fn json(body: &str) -> Self {
        Self::start(response("200 OK", body))
    }

    pub(crate) fn base(&self) -> BaseUrl {
        base(self.address)
    }

    /// What came since the last time.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

/// An address where nobody listens.
pub(crate) fn deserted() -> BaseUrl {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    base(listener.local_addr().unwrap())
}

fn base(address: SocketAddr) -> BaseUrl {
    format!("http://{address}/api/v10").parse().unwrap()
}

pub(crate) fn response(status: &str, body: &str) -> Vec<u8> {
    with_headers(status, "", body)
}

/// `headers` end with a line break each.
pub(crate) fn with_headers(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}

/// A request: its head, and as much body as it announces.
fn read_request(stream: &mut TcpStream) -> String {
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.split("\r\ncontent-length: ").nth(1);
            let length = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
            if request.len() >= end + 4 + length {
                return String::from_utf8(request).unwrap();
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => return String::from_utf8_lossy(&request).into_owned(),
        }
    }
}
