//! Tests of the WebSocket over a scripted connection that never blocks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::CloseCode;
use tungstenite::handshake::derive_accept_key;

use super::{SocketEvent, WebSocket};
use crate::{Target, TlsConfig};

/// Both ends of a connection: a test supplies the incoming bytes and inspects the sent ones.
#[derive(Clone, Default)]
struct Line(Rc<RefCell<Ends>>);

#[derive(Default)]
struct Ends {
    comes: VecDeque<u8>,
    over: bool,
    went: Vec<u8>,
    /// Error returned by writes, if any.
    refuses: Option<Refuses>,
}

type Refuses = fn() -> io::Error;

impl Line {
    fn say(&self, bytes: &[u8]) {
        self.0.borrow_mut().comes.extend(bytes);
    }

    fn hang_up(&self) {
        self.0.borrow_mut().over = true;
    }

    fn refuse(&self, error: Option<Refuses>) {
        self.0.borrow_mut().refuses = error;
    }

    fn went(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.borrow_mut().went)
    }
}

impl Read for Line {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut ends = self.0.borrow_mut();
        if ends.comes.is_empty() && !ends.over {
            return Err(ErrorKind::WouldBlock.into());
        }
        ends.comes.read(into)
    }
}

impl Write for Line {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        let mut ends = self.0.borrow_mut();
        match ends.refuses {
            Some(error) => Err(error()),
            None => ends.went.write(from),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn request() -> ConnectRequest {
    let within = Duration::from_secs(15);
    ConnectRequest::new("ws://127.0.0.1:9/?v=2", "https://a.example", "me/1", within)
}

fn start() -> (WebSocket<Line>, Line) {
    let line = Line::default();
    let socket = WebSocket::connect(&request(), &TlsConfig::default(), |target| {
        assert_eq!((&*target.host, target.port), ("127.0.0.1", 9));
        Ok(line.clone())
    });
    (socket, line)
}

fn open() -> (WebSocket<Line>, Line) {
    let (mut socket, line) = start();
    assert!(socket.poll().is_none());
    let asked = String::from_utf8(line.went()).unwrap();
    let key = asked
        .lines()
        .find_map(|l| l.strip_prefix("Sec-WebSocket-Key: "));
    let accept = derive_accept_key(key.unwrap().as_bytes());
    line.say(
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        )
        .as_bytes(),
    );
    assert!(matches!(socket.poll(), Some(SocketEvent::Opened)));
    (socket, line)
}

/// A frame of the gateway.
fn frame(op: u8, body: &[u8]) -> Vec<u8> {
    assert!(body.len() < 126);
    [&[0x80 | op, u8::try_from(body.len()).unwrap()], body].concat()
}

fn failure(socket: &mut WebSocket<Line>) -> TransportError {
    let Some(SocketEvent::Failed(error)) = socket.poll() else {
        panic!("it did not fail");
    };
    assert!(socket.poll().is_none() && socket.connection_mut().is_none());
    error
}

#[test]
fn the_upgrade_says_who_asks_and_offers_no_extension() {
    let (mut socket, line) = start();
    assert!(line.went().is_empty());
    assert!(socket.poll().is_none());
    let asked = String::from_utf8(line.went()).unwrap().to_lowercase();
    assert!(asked.starts_with("get /?v=2 http/1.1\r\n"), "{asked}");
    assert!(asked.contains("\r\norigin: https://a.example\r\n"));
    assert!(asked.contains("\r\nuser-agent: me/1\r\n"));
    assert!(!asked.contains("sec-websocket-extensions"));
}

#[test]
fn r01_a_request_that_must_not_be_sent_opens_nothing() {
    let (mut here, mut elsewhere) = (request(), request());
    here.origin = "a\r\nb".into();
    elsewhere.url = "ws://gateway.example/".into();
    for request in [here, elsewhere] {
        let mut opened = false;
        let mut socket = WebSocket::connect(&request, &TlsConfig::default(), |_| {
            opened = true;
            Ok(Line::default())
        });
        assert_eq!(failure(&mut socket).kind(), TransportErrorKind::NotAllowed);
        assert!(!opened);
    }
}

#[test]
fn r01_what_goes_elsewhere_speaks_tls() {
    let mut request = request();
    request.url = "wss://gateway.example/?v=2".into();
    let line = Line::default();
    let mut socket = WebSocket::connect(&request, &TlsConfig::webpki(), |_| Ok(line.clone()));
    assert!(socket.poll().is_none());
    assert_eq!(
        line.went().first(),
        Some(&0x16),
        "a record of the handshake"
    );
    line.say(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_eq!(failure(&mut socket).kind(), TransportErrorKind::Tls);
}

#[test]
fn a_socket_without_a_connection_brings_nothing_and_takes_anything() {
    let mut socket = WebSocket::<Line>::default();
    assert!(socket.poll().is_none());
    socket.send("to nobody");
    socket.close(CloseCode::NORMAL);
    let refused = |_: &Target| Err(ErrorKind::ConnectionRefused.into());
    socket = WebSocket::connect(&request(), &TlsConfig::default(), refused);
    assert_eq!(failure(&mut socket).kind(), TransportErrorKind::Connect);
}

#[test]
fn a_connection_under_way_is_waited_for() {
    let (mut socket, line) = start();
    let not_yet: [Refuses; 2] = [
        || ErrorKind::WouldBlock.into(),
        || ErrorKind::NotConnected.into(), // so some systems call it
    ];
    for refuses in not_yet {
        line.refuse(Some(refuses));
        assert!(socket.poll().is_none());
        assert!(line.went().is_empty());
    }
    line.refuse(None);
    assert!(socket.poll().is_none());
    assert!(!line.went().is_empty());
}

#[test]
fn r19_why_there_is_no_socket_is_told_apart() {
    let kinds: [(Refuses, TransportErrorKind); 4] = [
        (
            || ErrorKind::ConnectionRefused.into(),
            TransportErrorKind::Connect,
        ),
        (|| ErrorKind::TimedOut.into(), TransportErrorKind::Timeout),
        (|| ErrorKind::BrokenPipe.into(), TransportErrorKind::Lost),
        (
            || {
                let by_name = rustls::CertificateError::NotValidForNameContext {
                    expected: crate::server_name("a.example").unwrap(),
                    presented: vec!["canary.example".into()],
                };
                io::Error::other(rustls::Error::InvalidCertificate(by_name))
            },
            TransportErrorKind::Tls,
        ),
    ];
    for (refuses, kind) in kinds {
        let (mut socket, line) = start();
        line.refuse(Some(refuses));
        line.hang_up();
        let error = failure(&mut socket);
        assert_eq!(error.kind(), kind);
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn r33_any_other_answer_is_a_refusal_with_its_status_and_wait() {
    let (mut socket, line) = start();
    assert!(socket.poll().is_none());
    line.say(b"HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 6\r\n\r\ncanary");
    let error = failure(&mut socket);
    assert_eq!(
        error.kind(),
        TransportErrorKind::upgrade(429, Some(Duration::from_secs(7)))
    );
    assert!(!format!("{error:?}").contains("canary"));
}

#[test]
fn a_frame_in_pieces_is_kept_and_shows_nothing_of_itself() {
    let (mut socket, line) = open();
    let whole = frame(1, b"canary");
    let (last, rest) = whole.split_last().unwrap();
    for byte in rest {
        line.say(&[*byte]);
        assert!(socket.poll().is_none());
    }
    line.say(&[*last]);
    let Some(SocketEvent::Text(text)) = socket.poll() else {
        panic!("no text");
    };
    assert_eq!(&*text, "canary");
    assert_eq!(format!("{text:?}"), "ReceivedText(6 bytes)");
}

#[test]
fn r17_a_message_over_the_cap_is_not_read_and_can_still_be_answered_by_a_close() {
    let (mut socket, line) = open();
    line.say(&[0x81, 127]);
    line.say(&65_537_u64.to_be_bytes());
    assert!(matches!(socket.poll(), Some(SocketEvent::Oversized)));
    line.say(&frame(1, b"more"));
    assert!(socket.poll().is_none());
    socket.close(CloseCode::TOO_BIG);
    assert_eq!(line.went().first(), Some(&0x88));
    assert!(socket.connection_mut().is_none());
}

#[test]
fn what_is_no_text_is_told_apart_and_pings_are_answered() {
    let (mut socket, line) = open();
    line.say(&frame(9, b"are you there"));
    line.say(&frame(2, b"bytes"));
    assert!(matches!(socket.poll(), Some(SocketEvent::Binary)));
    assert!(socket.poll().is_none());
    assert_eq!(line.went().first(), Some(&0x8a));
    line.say(&frame(1, b"\xff\xff"));
    assert!(matches!(socket.poll(), Some(SocketEvent::NotText)));
    assert!(socket.poll().is_none());
}

#[test]
fn a_close_brings_its_code_and_is_answered_once() {
    let (mut socket, line) = open();
    line.say(&frame(8, &4003_u16.to_be_bytes()));
    line.say(&frame(1, b"too late"));
    let closed = socket.poll();
    assert!(matches!(
        closed,
        Some(SocketEvent::Closed(Some(CloseCode::SESSION_TIMED_OUT)))
    ));
    assert_eq!(line.went().first(), Some(&0x88));
    assert!(socket.poll().is_none() && socket.connection_mut().is_none());
    socket.send("too late");
    assert!(line.went().is_empty());
}

#[test]
fn what_was_said_before_a_connection_broke_is_heard_before_its_end() {
    let (mut socket, line) = open();
    line.say(&frame(1, b"last words"));
    line.hang_up();
    line.refuse(Some(|| ErrorKind::BrokenPipe.into()));
    socket.send("to nobody");
    assert!(matches!(socket.poll(), Some(SocketEvent::Text(_))));
    assert!(matches!(socket.poll(), Some(SocketEvent::Lost)));
    assert!(socket.poll().is_none());
}

#[test]
fn what_finds_no_room_goes_out_later() {
    let (mut socket, line) = open();
    line.refuse(Some(|| ErrorKind::WouldBlock.into()));
    socket.send("heartbeat");
    assert!(line.went().is_empty());
    line.refuse(None);
    assert!(socket.poll().is_none());
    assert_eq!(line.went().first(), Some(&0x81));
}
