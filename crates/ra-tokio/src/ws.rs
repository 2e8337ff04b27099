//! The WebSocket carrier: one socket of the desktop, over a connection that this crate opened.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use ra_carrier::SocketEvent;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::CloseCode;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use crate::net::{Network, Stream};

/// An open WebSocket. Dropping it closes the connection.
///
/// Messages are text of at most 64 KiB (R-17); pings are answered, compression is not offered, redirects are not
/// followed (R-33).
///
/// The WebSocket library, `tungstenite`, logs whole frames through the `log` crate at `trace`, and the text of the
/// peer's close at `debug`. Keep the target `tungstenite` at `info`.
///
/// ```
/// use ra_core::desktop::login::ConnectRequest;
/// use ra_tokio::{Network, SocketEvent, WebSocket};
///
/// /// The first text of the other side.
/// async fn greeting(request: &ConnectRequest) -> Result<Option<String>, ra_http::TransportError> {
///     let mut socket = WebSocket::connect(&Network::default(), request).await?;
///     match socket.receive().await {
///         SocketEvent::Text(text) => Ok(Some(text.to_string())),
///         _ => Ok(None),
///     }
/// }
/// ```
pub struct WebSocket {
    socket: ra_carrier::WebSocket<TaskStream>,
    ended: bool,
}

impl WebSocket {
    /// Opens a socket: TCP, TLS where the address says `wss`, upgrade, all within the request's timeout.
    ///
    /// # Errors
    /// [`TransportErrorKind::NotAllowed`] before any connection for plaintext to another machine (R-01), and
    /// [`TransportErrorKind::Upgrade`] for any answer but 101, redirects included.
    ///
    /// # Cancel safety
    /// Dropping the future closes what was opened so far.
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

    /// Waits for the next message or the end. After the end it is always [`SocketEvent::Lost`].
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped, in the middle of a frame included.
    ///
    /// ```
    /// use ra_tokio::{SocketEvent, WebSocket};
    ///
    /// async fn read_to_the_end(socket: &mut WebSocket) {
    ///     loop {
    ///         match socket.receive().await {
    ///             SocketEvent::Closed(_) | SocketEvent::Lost => return,
    ///             event => println!("{event:?}"), // a text shows its length alone
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn receive(&mut self) -> SocketEvent {
        poll_fn(|cx| self.poll_receive(cx)).await
    }

    /// Sends a text message. If the connection breaks meanwhile, [`WebSocket::receive`] reports it after what the peer
    /// had said before.
    ///
    /// # Cancel safety
    /// If the future is dropped, the message is sent as a whole by the next call, or not at all.
    pub async fn send(&mut self, text: impl Into<String>) {
        poll_fn(|cx| self.poll_flush(cx)).await;
        self.socket.send(text);
        poll_fn(|cx| self.poll_flush(cx)).await;
    }

    /// Closes the socket without waiting: the code is sent if the connection takes it at once.
    pub fn close(mut self, code: CloseCode) {
        self.socket.close(code);
    }

    pub(crate) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        if self.ended {
            return Poll::Ready(SocketEvent::Lost);
        }
        self.wake(cx);
        match self.socket.poll() {
            Some(event) => {
                self.ended = event.is_end();
                Poll::Ready(event)
            }
            None => Poll::Pending,
        }
    }

    /// Sends a text message, or keeps it until there is room.
    pub(crate) fn start_send(&mut self, text: String, cx: &mut Context<'_>) {
        self.wake(cx);
        self.socket.send(text);
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.wake(cx);
        match self.socket.flush() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// Wakes this task from now on.
    fn wake(&mut self, cx: &Context<'_>) {
        if let Some(stream) = self.socket.connection_mut() {
            stream.waker.clone_from(cx.waker());
        }
    }
}

async fn open(network: &Network, request: &ConnectRequest) -> Result<WebSocket, TransportError> {
    let target = ra_carrier::WebSocket::<TaskStream>::target(request)?;
    let stream = TaskStream {
        stream: network.open(&target).await?,
        waker: Waker::noop().clone(),
    };
    // TLS is in the stream already
    let stream = ra_carrier::Stream::Plain(stream);
    let mut socket = WebSocket {
        socket: ra_carrier::WebSocket::start(request, |_| Ok(stream))?,
        ended: false,
    };
    match socket.receive().await {
        SocketEvent::Opened => Ok(socket),
        SocketEvent::Failed(error) => Err(error),
        _ => Err(TransportError::new(TransportErrorKind::Lost)),
    }
}

/// An asynchronous connection that can be read and written without waiting: where it is not ready, it answers
/// [`ErrorKind::WouldBlock`] and wakes the task later.
struct TaskStream {
    stream: Stream,
    waker: Waker,
}

impl TaskStream {
    fn poll<T>(
        &mut self,
        poll: impl FnOnce(Pin<&mut Stream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> io::Result<T> {
        let mut cx = Context::from_waker(&self.waker);
        match poll(Pin::new(&mut self.stream), &mut cx) {
            Poll::Ready(result) => result,
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
        }
    }
}

impl Read for TaskStream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut into = ReadBuf::new(into);
        self.poll(|stream, cx| stream.poll_read(cx, &mut into))?;
        Ok(into.filled().len())
    }
}

impl Write for TaskStream {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.poll(|stream, cx| stream.poll_write(cx, from))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.poll(|stream, cx| stream.poll_flush(cx))
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket.fmt(f)
    }
}
