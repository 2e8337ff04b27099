//! The desktop's WebSocket over any connection that its embedder has opened.

mod deferred_write;
mod event;
#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind, Read, Write};
use std::{fmt, mem};

use http::{HeaderName, HeaderValue, Request, header};
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind, retry_after};
use ra_proto::{CloseCode, frame::MAX_FRAME_BYTES};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::handshake::MidHandshake;
use tungstenite::handshake::client::ClientHandshake;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Bytes, Error, HandshakeError, Message, Utf8Bytes};
use zeroize::Zeroizing;

pub use event::{ReceivedText, SocketEvent};

use crate::{Stream, Target, TlsConfig, handshake_error};
use deferred_write::DeferredWrite;

/// The read buffer, in bytes. The library fills it with zeros before every read, and its default is 128 KiB.
const READ_BUFFER: usize = 4096;

/// The WebSocket of one desktop, over a connection that its embedder opens: a non-blocking one with an event loop
/// around it, or one that waits within limits of its own. There may be none, at first ([`WebSocket::default`]) and
/// again after the end; then it brings nothing and drops what is sent.
///
/// Messages are text of at most 64 KiB (R-17), capped while they are read; pings are answered, compression is not
/// offered, redirects are not followed (R-33). The socket never waits by itself: where the connection says
/// [`ErrorKind::WouldBlock`], it keeps what it has, a part of a frame included, and goes on at the next
/// [`WebSocket::poll`]. TLS is agreed on within that, where the address says `wss`.
///
/// `tungstenite`, the library below, logs whole frames through `log` at `trace`, and the text of the peer's close at
/// `debug`. Keep that target at `info`.
///
/// ```no_run
/// use std::net::TcpStream;
/// use ra_carrier::{TlsConfig, WebSocket};
/// use ra_core::MonoTime;
/// use ra_core::desktop::login::{Login, Output};
///
/// /// A desktop in an event loop: call `ready` when its connection is readable or writable.
/// struct Desktop {
///     login: Login,
///     socket: WebSocket<TcpStream>,
/// }
///
/// impl Desktop {
///     fn ready(&mut self, now: MonoTime) {
///         while let Some(event) = self.socket.poll() {
///             event.tell(&mut self.login, now);
///             while let Some(output) = self.login.poll_output() {
///                 match output {
///                     Output::Connect(request) => {
///                         self.socket = WebSocket::connect(&request, &TlsConfig::default(), |target| {
///                             // better by a runtime that does not wait for it, and with each of the name's addresses
///                             let tcp = TcpStream::connect((target.host.as_str(), target.port))?;
///                             tcp.set_nonblocking(true)?;
///                             Ok(tcp)
///                         });
///                     }
///                     Output::Send(text) => self.socket.send(text.into_string()),
///                     Output::Disconnect(code) => self.socket.close(code),
///                     _ => {} // nothing for the socket
///                 }
///             }
///         }
///     }
/// }
/// ```
pub struct WebSocket<S: Read + Write> {
    state: State<S>,
    /// Reads nothing more. The machine's answer to the last event may still be sent.
    ended: bool,
}

enum State<S: Read + Write> {
    Failed(TransportError),
    Upgrading(MidHandshake<Handshake<S>>),
    Open(Box<tungstenite::WebSocket<DeferredWrite<Stream<S>>>>),
    Over,
}

type Handshake<S> = ClientHandshake<DeferredWrite<Stream<S>>>;

impl<S: Read + Write> WebSocket<S> {
    /// Opens the socket that a login asks for. `open` brings the connection, open or still being opened. To this
    /// machine it is used as it is; to any other TLS is spoken over it, with names checked. Nothing is sent before the
    /// first [`WebSocket::poll`], which also reports what stands in the way, as [`SocketEvent::Failed`].
    ///
    /// The embedder keeps `request.timeout`, or leaves it to the machine, whose deadline is no later. Reading the
    /// platform's roots takes milliseconds; pass [`TlsConfig::custom`] with what [`TlsConfig::client_config`] gave once
    /// to save them.
    #[must_use]
    pub fn connect(
        request: &ConnectRequest,
        tls: &TlsConfig,
        open: impl FnOnce(&Target) -> io::Result<S>,
    ) -> Self {
        let started = Self::start(request, |target| {
            let connection = open(target).map_err(not_connected)?;
            Stream::new(target, connection, || tls.client_config())
        });
        started.unwrap_or_else(|error| Self {
            state: State::Failed(error),
            ended: false,
        })
    }

    /// Returns the target of `request`.
    ///
    /// # Errors
    /// [`TransportErrorKind::NotAllowed`] for a request that cannot be sent or must not go there (R-01).
    pub fn target(request: &ConnectRequest) -> Result<Target, TransportError> {
        upgrade(request)?;
        Target::of_socket(request)
    }

    /// Like [`WebSocket::connect`], over a stream that the embedder supplies.
    ///
    /// # Errors
    /// The errors of [`WebSocket::target`], before anything is opened, and the errors of `open`.
    pub fn start(
        request: &ConnectRequest,
        open: impl FnOnce(&Target) -> Result<Stream<S>, TransportError>,
    ) -> Result<Self, TransportError> {
        let (target, upgrade) = (Target::of_socket(request)?, upgrade(request)?);
        let stream = DeferredWrite::new(open(&target)?);
        let handshake = ClientHandshake::start(stream, upgrade, Some(config()));
        Ok(Self {
            state: State::Upgrading(handshake.map_err(failed)?),
            ended: false,
        })
    }

    /// Returns the next event, if there is one; [`SocketEvent::Opened`] or [`SocketEvent::Failed`] is the first. `None`
    /// means that the connection has nothing more for now, and that unsent data was retried. After the end it is always
    /// `None`.
    ///
    /// Poll until `None` whenever the connection is readable or writable. That is enough for edge-triggered loops too.
    pub fn poll(&mut self) -> Option<SocketEvent> {
        if self.ended {
            return None;
        }
        match mem::replace(&mut self.state, State::Over) {
            State::Failed(error) => Some(SocketEvent::Failed(error)),
            State::Upgrading(handshake) => self.go_on(handshake),
            State::Open(mut socket) => {
                let event = read(&mut socket);
                self.ended = event.as_ref().is_some_and(SocketEvent::is_end);
                if !matches!(event, Some(SocketEvent::Closed(_) | SocketEvent::Lost)) {
                    self.state = State::Open(socket);
                }
                event
            }
            State::Over => None,
        }
    }

    /// Sends a text message, or keeps it until there is room, and wipes its memory afterwards. If the connection breaks
    /// meanwhile, [`WebSocket::poll`] reports it after what the peer had said before. Before [`SocketEvent::Opened`]
    /// and after the end this does nothing.
    pub fn send(&mut self, text: impl Into<String>) {
        let text = Zeroizing::new(text.into().into_bytes());
        if let State::Open(socket) = &mut self.state
            && let Ok(text) = Utf8Bytes::try_from(Bytes::from_owner(text))
        {
            let _ = socket.write(Message::Text(text));
            let _ = socket.flush();
        }
    }

    /// Tries again to send what was kept and the answers to pings, without reading. Returns whether all of it is sent.
    pub fn flush(&mut self) -> bool {
        let State::Open(socket) = &mut self.state else {
            return true;
        };
        !matches!(socket.flush(), Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock)
    }

    /// Closes the socket without waiting: the code is sent if the connection takes it at once. A socket that is still
    /// being opened is dropped.
    pub fn close(&mut self, code: CloseCode) {
        if let State::Open(mut socket) = mem::take(self).state {
            let code = u16::from(code).into();
            let _ = socket.close(Some(CloseFrame {
                code,
                reason: "".into(),
            }));
        }
    }

    /// Returns the connection, if there is one.
    pub fn connection_mut(&mut self) -> Option<&mut S> {
        let deferred = match &mut self.state {
            State::Upgrading(handshake) => handshake.get_mut().get_mut(),
            State::Open(socket) => socket.get_mut(),
            State::Failed(_) | State::Over => return None,
        };
        Some(deferred.stream.connection_mut())
    }

    fn go_on(&mut self, handshake: MidHandshake<Handshake<S>>) -> Option<SocketEvent> {
        match handshake.handshake() {
            Ok((socket, _)) => {
                self.state = State::Open(Box::new(socket));
                Some(SocketEvent::Opened)
            }
            Err(HandshakeError::Interrupted(handshake)) => {
                self.state = State::Upgrading(handshake);
                None
            }
            Err(HandshakeError::Failure(error)) => {
                self.ended = true;
                Some(SocketEvent::Failed(failed(error)))
            }
        }
    }
}

impl<S: Read + Write> Default for WebSocket<S> {
    fn default() -> Self {
        Self {
            state: State::Over,
            ended: true,
        }
    }
}

impl<S: Read + Write> fmt::Debug for WebSocket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (&self.state, self.ended) {
            (State::Failed(_), _) => "WebSocket(failed)",
            (State::Upgrading(_), _) => "WebSocket(upgrading)",
            (State::Open(_), false) => "WebSocket(open)",
            _ => "WebSocket(over)",
        })
    }
}

fn read<S: Read + Write>(socket: &mut tungstenite::WebSocket<S>) -> Option<SocketEvent> {
    loop {
        let event = match socket.read() {
            Ok(Message::Text(text)) => SocketEvent::Text(ReceivedText(text)),
            Ok(Message::Binary(_)) => SocketEvent::Binary,
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => continue,
            Ok(Message::Close(frame)) => {
                let _ = socket.flush(); // the answer, if the connection takes it at once
                SocketEvent::Closed(frame.map(|frame| CloseCode(frame.code.into())))
            }
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                let _ = socket.flush();
                return None;
            }
            Err(Error::Capacity(_)) => SocketEvent::Oversized,
            Err(Error::Utf8(_)) => SocketEvent::NotText,
            Err(_) => SocketEvent::Lost,
        };
        return Some(event);
    }
}

fn upgrade(request: &ConnectRequest) -> Result<Request<()>, TransportError> {
    let mut upgrade = request
        .url
        .as_str()
        .into_client_request()
        .map_err(not_allowed)?;
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

/// Returns the reason a socket could not be opened.
fn failed(error: Error) -> TransportError {
    match error {
        // dropped, not kept as a source: it holds the body
        Error::Http(response) => {
            let wait = retry_after(response.headers());
            let status = response.status().as_u16();
            TransportError::new(TransportErrorKind::upgrade(status, wait))
        }
        Error::Io(error) => match no_connection(&error) {
            Some(kind) => TransportError::with_source(kind, error),
            None => handshake_error(error),
        },
        error => TransportError::with_source(TransportErrorKind::Lost, error),
    }
}

/// Returns the reason there is no connection.
fn not_connected(error: io::Error) -> TransportError {
    let kind = no_connection(&error).unwrap_or(TransportErrorKind::Connect);
    TransportError::with_source(kind, error)
}

/// Returns the error kind for a connection that could not be made.
fn no_connection(error: &io::Error) -> Option<TransportErrorKind> {
    match error.kind() {
        ErrorKind::TimedOut => Some(TransportErrorKind::Timeout),
        ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NotConnected => Some(TransportErrorKind::Connect),
        _ => None,
    }
}

fn not_allowed<E>(_: E) -> TransportError {
    TransportError::new(TransportErrorKind::NotAllowed)
}
