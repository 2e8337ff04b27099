//! The WebSocket carrier: one socket of the desktop, over a connection that we opened ourselves.

use std::fmt;
use std::future::poll_fn;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use futures_util::{Sink as _, Stream as _};
use http::{HeaderName, HeaderValue, Request, Uri, header};
use ra_carrier::Target;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind, retry_after};
use ra_proto::{CloseCode, frame::MAX_FRAME_BYTES};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::net::{Network, Stream};

/// The read buffer, in bytes. The library fills it with zeros before every read, and its default is 128 KiB.
const READ_BUFFER: usize = 4096;

/// An open WebSocket. Dropping it closes the connection.
///
/// Messages are text of at most 64 KiB (R-17); pings are answered, compression is not offered, redirects are not
/// followed (R-33).
///
/// The WebSocket library, `tungstenite`, shows whole frames at the `trace` level of the `log` crate and the text of the
/// peer's close at `debug`. Where what is logged through `log` is kept, keep the target `tungstenite` at `info`.
///
/// ```
/// use ra_core::desktop::login::ConnectRequest;
/// use ra_tokio::{Network, Received, WebSocket};
///
/// /// The first text that the other side says.
/// async fn greeting(request: &ConnectRequest) -> Result<Option<String>, ra_http::TransportError> {
///     let mut socket = WebSocket::connect(&Network::default(), request).await?;
///     match socket.receive().await {
///         Received::Text(text) => Ok(Some(text.to_string())),
///         _ => Ok(None),
///     }
/// }
/// ```
#[derive(Debug)]
pub struct WebSocket {
    stream: WebSocketStream<Stream>,
    ended: bool,
}

/// What a [`WebSocket`] brought.
///
/// ```
/// use ra_core::desktop::session::Input;
/// use ra_tokio::Received;
///
/// /// What each is to the machine.
/// fn input(received: &Received) -> Input<'_> {
///     match received {
///         Received::Text(text) => Input::Text(text),
///         Received::Binary => Input::Binary,
///         Received::Oversized => Input::Oversized,
///         Received::Closed(code) => Input::Closed(*code),
///         _ => Input::Lost,
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Received {
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
///
/// ```
/// use ra_tokio::ReceivedText;
///
/// fn is_hello(text: &ReceivedText) -> bool {
///     text.starts_with(r#"{"op":"hello""#)
/// }
/// ```
pub struct ReceivedText(Utf8Bytes);

impl WebSocket {
    /// Opens a socket: TCP, TLS where the address says `wss`, upgrade, all within the request's timeout.
    ///
    /// # Errors
    /// [`TransportErrorKind::NotAllowed`] before any connection for plaintext to another machine (R-01), and
    /// [`TransportErrorKind::Upgrade`] for any answer but 101, redirects included.
    ///
    /// # Cancel safety
    /// Dropping the future closes what was opened so far.
    ///
    /// ```
    /// use std::time::Duration;
    /// use ra_core::desktop::login::ConnectRequest;
    /// use ra_http::TransportError;
    /// use ra_tokio::{Network, WebSocket};
    ///
    /// async fn open() -> Result<WebSocket, TransportError> {
    ///     let timeout = Duration::from_secs(15);
    ///     let url = "wss://remote-auth-gateway.discord.gg/?v=2";
    ///     let request = ConnectRequest::new(url, "https://discord.com", "my-desktop/1.0", timeout);
    ///     WebSocket::connect(&Network::default(), &request).await
    /// }
    /// ```
    pub async fn connect(
        network: &Network,
        request: &ConnectRequest,
    ) -> Result<Self, TransportError> {
        let opening = Box::pin(open(network, request));
        match tokio::time::timeout(request.timeout, opening).await {
            Ok(opened) => opened,
            Err(_) => Err(TransportError::new(TransportErrorKind::Timeout)),
        }
    }

    /// The next message, or the end. After the end it is [`Received::Lost`] for ever.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped, in the middle of a frame included.
    ///
    /// ```
    /// use ra_tokio::{Received, WebSocket};
    ///
    /// async fn read_to_the_end(socket: &mut WebSocket) {
    ///     loop {
    ///         match socket.receive().await {
    ///             Received::Closed(_) | Received::Lost => return,
    ///             received => println!("{received:?}"), // a text shows its length alone
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn receive(&mut self) -> Received {
        poll_fn(|cx| self.poll_receive(cx)).await
    }

    /// Sends a text message. A connection that breaks meanwhile shows in [`WebSocket::receive`], after what the peer
    /// had said before.
    ///
    /// # Cancel safety
    /// If the future is dropped, the message is sent as a whole by what is called next, or not at all.
    ///
    /// ```
    /// use ra_tokio::WebSocket;
    ///
    /// async fn beat(socket: &mut WebSocket) {
    ///     socket.send(r#"{"op":"heartbeat"}"#).await;
    /// }
    /// ```
    pub async fn send(&mut self, text: &str) {
        poll_fn(|cx| self.poll_ready(cx)).await;
        self.start_send(text);
        poll_fn(|cx| self.poll_flush(cx)).await;
    }

    /// Closes the socket without waiting: the code is sent if the connection takes it at once.
    ///
    /// ```
    /// use ra_proto::CloseCode;
    /// use ra_tokio::WebSocket;
    ///
    /// fn done(socket: WebSocket) {
    ///     socket.close(CloseCode::NORMAL);
    /// }
    /// ```
    pub fn close(mut self, code: CloseCode) {
        let frame = CloseFrame {
            code: u16::from(code).into(),
            reason: Utf8Bytes::default(),
        };
        let mut cx = Context::from_waker(Waker::noop());
        if self.poll_ready(&mut cx).is_ready() {
            let _ = Pin::new(&mut self.stream).start_send(Message::Close(Some(frame)));
            let _ = self.poll_flush(&mut cx);
        }
    }

    pub(crate) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Received> {
        while !self.ended {
            let received = match ready!(Pin::new(&mut self.stream).poll_next(cx)) {
                Some(Ok(Message::Text(text))) => {
                    return Poll::Ready(Received::Text(ReceivedText(text)));
                }
                Some(Ok(Message::Binary(_))) => return Poll::Ready(Received::Binary),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(frame))) => {
                    // the answer to the peer's close, as far as it goes out at once
                    let _ = self.poll_flush(cx);
                    Received::Closed(frame.map(|frame| CloseCode(frame.code.into())))
                }
                Some(Err(Error::Capacity(_))) => Received::Oversized,
                Some(Err(Error::Utf8(_))) => Received::Binary,
                Some(Err(_)) | None => Received::Lost,
            };
            self.ended = true;
            return Poll::Ready(received);
        }
        Poll::Ready(Received::Lost)
    }

    /// Whether the last message has gone, so that there is room for the next one.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.stream).poll_ready(cx).map(drop)
    }

    /// Queues a message once [`WebSocket::poll_ready`] was ready. Errors are left to the reading side, which may still
    /// hold what the peer said before it hung up.
    pub(crate) fn start_send(&mut self, text: &str) {
        let _ = Pin::new(&mut self.stream).start_send(Message::text(text));
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.stream).poll_flush(cx).map(drop)
    }
}

async fn open(network: &Network, request: &ConnectRequest) -> Result<WebSocket, TransportError> {
    let uri: Uri = request.url.parse().map_err(not_allowed)?;
    let target = Target::of(&uri, "wss", "ws")?;
    let upgrade = upgrade(uri, request)?;
    let stream = network.open(&target).await?;
    let (stream, _) = client_async_with_config(upgrade, stream, Some(config()))
        .await
        .map_err(refused)?;
    Ok(WebSocket {
        stream,
        ended: false,
    })
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
