//! The desktop's WebSocket over whatever connection its embedder has opened.

mod deaf;
mod heard;
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
use tungstenite::{Error, HandshakeError, Message};

pub use heard::{Heard, ReceivedText};

use crate::{Stream, Target, TlsConfig, handshake_error};
use deaf::Deaf;

/// The read buffer, in bytes. The library fills it with zeros before every read, and its default is 128 KiB.
const READ_BUFFER: usize = 4096;

/// The WebSocket of one desktop, over a connection that its embedder opens: a non-blocking one with an event loop around it,
/// or one that waits within limits of its own. There may be none, at first ([`WebSocket::default`]) and again after the end;
/// then it brings nothing and swallows what is sent.
///
/// Messages are text of at most 64 KiB (R-17), capped while they are read; pings are answered, compression is not
/// offered, redirects are not followed (R-33). It never waits by itself: where the connection says
/// [`ErrorKind::WouldBlock`], it keeps what it has, a part of a frame included, and goes on at the next
/// [`WebSocket::poll`]. TLS is agreed on within that, where the address says `wss`.
///
/// The library below, `tungstenite`, logs through `log`: whole frames at `trace`. Keep that target at `info`.
///
/// ```no_run
/// use std::net::TcpStream;
/// use ra_carrier::{TlsConfig, WebSocket};
/// use ra_core::MonoTime;
/// use ra_core::desktop::login::{Login, Output};
///
/// /// A desktop in an event loop: `ready` when its connection is, or there is something to say.
/// struct Desktop {
///     login: Login,
///     socket: WebSocket<TcpStream>,
/// }
///
/// impl Desktop {
///     fn ready(&mut self, now: MonoTime) {
///         while let Some(heard) = self.socket.poll() {
///             heard.tell(&mut self.login, now);
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
///                     Output::Send(text) => self.socket.send(text.expose()),
///                     Output::Disconnect(code) => self.socket.close(code),
///                     _ => {} // and what is no socket's business
///                 }
///             }
///         }
///     }
/// }
/// ```
pub struct WebSocket<S: Read + Write> {
    state: State<S>,
    /// Nothing more is read; what the machine says to it may still go out.
    ended: bool,
}

enum State<S: Read + Write> {
    Failed(TransportError),
    Upgrading(MidHandshake<Handshake<S>>),
    Open(Box<tungstenite::WebSocket<Deaf<Stream<S>>>>),
    Over,
}

type Handshake<S> = ClientHandshake<Deaf<Stream<S>>>;

impl<S: Read + Write> WebSocket<S> {
    /// A socket as the machine wants it. `open` brings the connection, open or under way; to this machine it is taken as
    /// it is, to anywhere else TLS is spoken over it, with names checked. Nothing is sent before the first
    /// [`WebSocket::poll`], and that is where to hear what stands in the way, as [`Heard::Failed`].
    ///
    /// `request.timeout` is the embedder's to keep, or the machine's: its deadline is no later. Where `tls` has to read the
    /// platform's roots, that takes milliseconds; [`TlsConfig::custom`] with what [`TlsConfig::client_config`] gave
    /// once saves them.
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use ra_carrier::{TlsConfig, WebSocket};
    /// use ra_core::desktop::login::ConnectRequest;
    ///
    /// fn over(tcp: TcpStream, request: &ConnectRequest) -> WebSocket<TcpStream> {
    ///     WebSocket::connect(request, &TlsConfig::default(), |_| Ok(tcp))
    /// }
    /// ```
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

    /// The same over a stream of the embedder's making.
    ///
    /// # Errors
    /// [`TransportErrorKind::NotAllowed`], before anything is opened, for a request that cannot be one or must not go there
    /// (R-01), and what `open` says.
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use ra_carrier::{Stream, WebSocket};
    /// use ra_core::desktop::login::ConnectRequest;
    /// use ra_http::TransportError;
    ///
    /// fn over(stream: Stream<TcpStream>, request: &ConnectRequest) -> Result<WebSocket<TcpStream>, TransportError> {
    ///     WebSocket::start(request, |_| Ok(stream))
    /// }
    /// ```
    pub fn start(
        request: &ConnectRequest,
        open: impl FnOnce(&Target) -> Result<Stream<S>, TransportError>,
    ) -> Result<Self, TransportError> {
        let (target, upgrade) = (Target::of_socket(request)?, upgrade(request)?);
        let stream = Deaf::new(open(&target)?);
        let handshake = ClientHandshake::start(stream, upgrade, Some(config()));
        Ok(Self {
            state: State::Upgrading(handshake.map_err(failed)?),
            ended: false,
        })
    }

    /// What has come, if anything has; [`Heard::Opened`] or [`Heard::Failed`] is the first. `None` means that the
    /// connection has nothing more for now, and that what did not go out before was tried again. After the end it is `None`
    /// for ever.
    ///
    /// Poll until `None` whenever the connection is readable or writable: loops that are told of changes alone
    /// (edge-triggered) need no more.
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use ra_carrier::WebSocket;
    /// use ra_core::MonoTime;
    /// use ra_core::desktop::login::Login;
    ///
    /// /// When the connection is ready.
    /// fn go_on(socket: &mut WebSocket<TcpStream>, login: &mut Login, now: MonoTime) {
    ///     while let Some(heard) = socket.poll() {
    ///         heard.tell(login, now);
    ///         // and carry out what the machine says to that
    ///     }
    /// }
    /// ```
    pub fn poll(&mut self) -> Option<Heard> {
        if self.ended {
            return None;
        }
        match mem::replace(&mut self.state, State::Over) {
            State::Failed(error) => Some(Heard::Failed(error)),
            State::Upgrading(handshake) => self.go_on(handshake),
            State::Open(mut socket) => {
                let heard = read(&mut socket);
                self.ended = heard.as_ref().is_some_and(Heard::is_end);
                if !matches!(heard, Some(Heard::Closed(_) | Heard::Lost)) {
                    self.state = State::Open(socket);
                }
                heard
            }
            State::Over => None,
        }
    }

    /// Sends a text message, or keeps it until there is room. A connection that breaks meanwhile shows in
    /// [`WebSocket::poll`], after what the peer had said before. Before [`Heard::Opened`] and after the end it does nothing.
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use ra_carrier::WebSocket;
    /// use ra_core::Text;
    ///
    /// fn send(socket: &mut WebSocket<TcpStream>, text: &Text) {
    ///     socket.send(text.expose()); // what `Output::Send` holds
    /// }
    /// ```
    pub fn send(&mut self, text: &str) {
        if let State::Open(socket) = &mut self.state {
            let _ = socket.write(Message::text(text));
            let _ = socket.flush();
        }
    }

    /// Tries again to send what was kept and the answers to pings, without reading.
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use ra_carrier::WebSocket;
    ///
    /// fn writable(socket: &mut WebSocket<TcpStream>) {
    ///     socket.flush();
    /// }
    /// ```
    pub fn flush(&mut self) {
        if let State::Open(socket) = &mut self.state {
            let _ = socket.flush();
        }
    }

    /// Closes the socket without waiting: the code is sent if the connection takes it at once. One that is being opened is
    /// let go of.
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use ra_carrier::WebSocket;
    /// use ra_proto::CloseCode;
    ///
    /// fn disconnect(socket: &mut WebSocket<TcpStream>, code: CloseCode) {
    ///     socket.close(code); // what `Output::Disconnect` asks for
    /// }
    /// ```
    pub fn close(&mut self, code: CloseCode) {
        if let State::Open(mut socket) = mem::take(self).state {
            let code = u16::from(code).into();
            let _ = socket.close(Some(CloseFrame {
                code,
                reason: "".into(),
            }));
        }
    }

    /// The connection, as long as there is one.
    ///
    /// ```
    /// use std::net::{SocketAddr, TcpStream};
    /// use ra_carrier::WebSocket;
    ///
    /// fn peer(socket: &mut WebSocket<TcpStream>) -> Option<SocketAddr> {
    ///     socket.connection_mut()?.peer_addr().ok()
    /// }
    /// ```
    pub fn connection_mut(&mut self) -> Option<&mut S> {
        let deaf = match &mut self.state {
            State::Upgrading(handshake) => handshake.get_mut().get_mut(),
            State::Open(socket) => socket.get_mut(),
            State::Failed(_) | State::Over => return None,
        };
        Some(deaf.stream.connection_mut())
    }

    fn go_on(&mut self, handshake: MidHandshake<Handshake<S>>) -> Option<Heard> {
        match handshake.handshake() {
            Ok((socket, _)) => {
                self.state = State::Open(Box::new(socket));
                Some(Heard::Opened)
            }
            Err(HandshakeError::Interrupted(handshake)) => {
                self.state = State::Upgrading(handshake);
                None
            }
            Err(HandshakeError::Failure(error)) => {
                self.ended = true;
                Some(Heard::Failed(failed(error)))
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

fn read<S: Read + Write>(socket: &mut tungstenite::WebSocket<S>) -> Option<Heard> {
    loop {
        let heard = match socket.read() {
            Ok(Message::Text(text)) => Heard::Text(ReceivedText(text)),
            Ok(Message::Binary(_)) => Heard::Binary,
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => continue,
            Ok(Message::Close(frame)) => {
                let _ = socket.flush(); // the answer, as far as it goes out at once
                Heard::Closed(frame.map(|frame| CloseCode(frame.code.into())))
            }
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                let _ = socket.flush();
                return None;
            }
            Err(Error::Capacity(_)) => Heard::Oversized,
            Err(Error::Utf8(_)) => Heard::NotText,
            Err(_) => Heard::Lost,
        };
        return Some(heard);
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

/// Why there is no socket.
fn failed(error: Error) -> TransportError {
    match error {
        // not as a source: it holds the body
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

/// Why there is no connection.
fn not_connected(error: io::Error) -> TransportError {
    let kind = no_connection(&error).unwrap_or(TransportErrorKind::Connect);
    TransportError::with_source(kind, error)
}

/// What it is called when a connection does not come about, if that is what it is.
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
