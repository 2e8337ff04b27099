//! The WebSocket carrier: one socket of the desktop, over a connection that we opened ourselves.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::ops::Deref;
use std::time::Instant;

use http::{HeaderName, HeaderValue, Request, Uri, header};
use ra_carrier::Target;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind, retry_after};
use ra_proto::{CloseCode, frame::MAX_FRAME_BYTES};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::handshake::client::ClientHandshake;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Error, HandshakeError, Message, Utf8Bytes};

use crate::net::{Network, Stream, broken};
use crate::stop::Stop;

/// The read buffer, in bytes. The library fills it with zeros before every read, and its default is 128 KiB.
const READ_BUFFER: usize = 4096;

/// An open WebSocket. Dropping it closes the connection.
///
/// Messages are text of at most 64 KiB; pings are answered, compression is not offered, redirects are not
/// followed. It never waits for the peer: a part of a frame is kept until the rest is there.
pub(crate) struct WebSocket {
    socket: tungstenite::WebSocket<Deaf>,
    ended: bool,
}

/// What a [`WebSocket`] brought.
#[derive(Debug)]
pub(crate) enum Received {
    /// A text message.
    Text(ReceivedText),
    /// A binary message, or a text that is no UTF-8.
    Binary,
    /// A message over the cap. The rest of it was not read.
    Oversized,
    /// The peer closed the socket, with its code if it gave one.
    Closed(Option<CloseCode>),
    /// The connection is gone without a close, or what came was no WebSocket.
    Lost,
}

/// The text of a message. It may hold a ticket: `Debug` shows its length alone.
pub(crate) struct ReceivedText(Utf8Bytes);

impl WebSocket {
    /// Opens a socket: name, TCP, TLS where the address says `wss`, upgrade, all until `by` at the latest. The handle is
    /// for whoever waits until there is something to read.
    pub(crate) fn open(
        network: &Network,
        request: &ConnectRequest,
        by: Instant,
        stop: &Stop,
    ) -> Result<(Self, TcpStream), TransportError> {
        let uri: Uri = request.url.parse().map_err(not_allowed)?;
        let target = Target::of(&uri, "wss", "ws")?;
        let upgrade = upgrade(uri, request)?;
        let stream = Deaf {
            stream: network.open(&target, by, stop)?,
            broken: false,
        };
        let handshake = ClientHandshake::start(stream, upgrade, Some(config())).map_err(refused)?;
        let (mut socket, _) = handshake.handshake().map_err(|error| match error {
            HandshakeError::Failure(error) => refused(error),
            HandshakeError::Interrupted(_) => TransportError::new(TransportErrorKind::Timeout),
        })?;
        let handle = socket.get_mut().stream.attend().map_err(broken)?;
        let socket = Self {
            socket,
            ended: false,
        };
        Ok((socket, handle))
    }

    /// Somebody has seen that there is something to read.
    pub(crate) fn readable(&mut self) {
        self.socket.get_mut().stream.readable();
    }

    /// The next message, or the end, if it is there. After the end it is [`Received::Lost`] for ever.
    pub(crate) fn receive(&mut self) -> Option<Received> {
        while !self.ended {
            let received = match self.socket.read() {
                Ok(Message::Text(text)) => return Some(Received::Text(ReceivedText(text))),
                Ok(Message::Binary(_)) => return Some(Received::Binary),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => continue,
                Ok(Message::Close(frame)) => {
                    // the answer to the peer's close, as far as it goes out at once
                    self.flush();
                    Received::Closed(frame.map(|frame| CloseCode(frame.code.into())))
                }
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(Error::Capacity(_)) => Received::Oversized,
                Err(Error::Utf8(_)) => Received::Binary,
                Err(_) => Received::Lost,
            };
            self.ended = true;
            return Some(received);
        }
        Some(Received::Lost)
    }

    /// Sends a text message, or keeps it until there is room. A connection that breaks meanwhile shows in
    /// [`WebSocket::receive`], after what the peer had said before.
    pub(crate) fn send(&mut self, text: &str) {
        let _ = self.socket.write(Message::text(text));
        self.flush();
    }

    /// Sends what was kept and the answers to pings.
    pub(crate) fn flush(&mut self) {
        let _ = self.socket.flush();
    }

    /// Closes the socket without waiting: the code is sent if the connection takes it at once.
    pub(crate) fn close(mut self, code: CloseCode) {
        let frame = CloseFrame {
            code: u16::from(code).into(),
            reason: Utf8Bytes::default(),
        };
        let _ = self.socket.close(Some(frame));
    }
}

/// A connection that hears no complaint about what it sends: once a write has failed, the others are swallowed. What the
/// peer said before it hung up can be read all the same, and then the end.
struct Deaf {
    stream: Stream,
    broken: bool,
}

impl Read for Deaf {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.stream.read(into)
    }
}

impl Write for Deaf {
    fn write(&mut self, from: &[u8]) -> std::io::Result<usize> {
        if self.broken {
            return Ok(from.len());
        }
        match self.stream.write(from) {
            Err(error) if !is_wait(&error) => {
                self.broken = true;
                Ok(from.len())
            }
            written => written,
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.stream.flush() {
            Err(error) if !is_wait(&error) => {
                self.broken = true;
                Ok(())
            }
            flushed => flushed,
        }
    }
}

fn is_wait(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn upgrade(uri: Uri, request: &ConnectRequest) -> Result<Request<()>, TransportError> {
    let mut upgrade = uri.into_client_request().map_err(not_allowed)?;
    let mut set = |name: HeaderName, value: &str| {
        let value = HeaderValue::try_from(value).map_err(not_allowed)?;
        upgrade.headers_mut().insert(name, value);
        Ok(())
    };
    set(header::ORIGIN, &request.origin)?;
    set(header::USER_AGENT, &request.user_agent)?;
    Ok(upgrade)
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_FRAME_BYTES)
        .max_message_size(Some(MAX_FRAME_BYTES))
        .max_frame_size(Some(MAX_FRAME_BYTES))
}

fn refused(error: Error) -> TransportError {
    match error {
        // not as a source: it holds the body
        Error::Http(response) => {
            let wait = retry_after(response.headers());
            TransportError::new(TransportErrorKind::upgrade(
                response.status().as_u16(),
                wait,
            ))
        }
        Error::Io(error) => broken(error),
        error => TransportError::with_source(TransportErrorKind::Lost, error),
    }
}

fn not_allowed<E>(_: E) -> TransportError {
    TransportError::new(TransportErrorKind::NotAllowed)
}

impl Deref for ReceivedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ReceivedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivedText({} bytes)", self.0.len())
    }
}
