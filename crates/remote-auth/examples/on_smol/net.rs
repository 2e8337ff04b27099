//! The carriers of the example: a WebSocket and an HTTP exchange on smol.

use std::future::pending;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

use remote_auth::core::desktop::login::ConnectRequest;
use remote_auth::core::{CallId, HttpCall};
use remote_auth::http::{Body, TransportError, TransportErrorKind};
use smol::Async;
use smol::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tungstenite::{Error, HandshakeError, Message, WebSocket};

use crate::support::{http1, websocket};

pub(crate) type Socket = WebSocket<Stream>;
pub(crate) type Reply = (CallId, Result<http::Response<Body>, TransportError>);

/// TCP and upgrade. `request.timeout` needs no timer of ours: the machine's deadline is no later.
pub(crate) async fn open(request: ConnectRequest) -> Result<Socket, TransportError> {
    let upgrade = websocket::upgrade(&request)?;
    let stream = connect(upgrade.uri()).await?;
    let config = Some(websocket::config());
    let mut shaking = tungstenite::client::client_with_config(upgrade, Stream(stream), config);
    loop {
        match shaking {
            Ok((socket, _)) => return Ok(socket),
            Err(HandshakeError::Failure(error)) => return Err(websocket::refused(&error)),
            Err(HandshakeError::Interrupted(middle)) => {
                let readable = middle.get_ref().get_ref().readable().await;
                readable.map_err(|_| http1::failed(TransportErrorKind::Lost))?;
                shaking = middle.handshake();
            }
        }
    }
}

/// The next message. Nothing is lost if this is dropped: what came of a message so far waits in the library's buffer.
pub(crate) async fn hear(socket: &mut Option<Socket>) -> Result<Message, Error> {
    let Some(socket) = socket else {
        return pending().await;
    };
    loop {
        match socket.read() {
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                socket.get_ref().readable().await?;
            }
            heard => return heard,
        }
    }
}

async fn connect(uri: &http::Uri) -> Result<Async<TcpStream>, TransportError> {
    let connected = Async::<TcpStream>::connect(http1::address(uri)?).await;
    connected.map_err(|_| http1::failed(TransportErrorKind::Connect))
}

pub(crate) async fn exchange(call: HttpCall) -> Reply {
    let reply = async {
        let mut stream = connect(call.request.uri()).await?;
        let lost = |_| http1::failed(TransportErrorKind::Lost);
        let request = http1::encode(&call.request);
        stream.write_all(request.as_bytes()).await.map_err(lost)?;
        let mut received = Vec::new();
        let mut capped = stream.take(http1::MAX_REPLY as u64);
        capped.read_to_end(&mut received).await.map_err(lost)?;
        http1::decode(&received)
    };
    (call.id, reply.await)
}

/// A non-blocking stream as the WebSocket library wants it; smol says when it is ready.
pub(crate) struct Stream(Async<TcpStream>);

impl Stream {
    pub(crate) async fn readable(&self) -> io::Result<()> {
        self.0.readable().await
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.get_ref().read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_ref().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.get_ref().flush()
    }
}
