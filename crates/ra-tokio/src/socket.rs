//! The socket of a login.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ra_carrier::SocketEvent;
use ra_core::Text;
use ra_core::desktop::login::ConnectRequest;
use ra_http::TransportError;
use ra_proto::CloseCode;

use crate::{Network, WebSocket};

type Opening = Pin<Box<dyn Future<Output = Result<WebSocket, TransportError>> + Send>>;

/// The socket of the session under way.
#[derive(Default)]
pub(crate) enum Socket {
    #[default]
    None,
    Opening(Opening),
    Open(Box<WebSocket>),
}

impl Socket {
    pub(crate) fn open(network: Network, request: ConnectRequest) -> Self {
        Self::Opening(Box::pin(async move {
            WebSocket::connect(&network, &request).await
        }))
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        match self {
            Self::None => Poll::Pending,
            Self::Opening(opening) => Poll::Ready(match ready!(opening.as_mut().poll(cx)) {
                Ok(socket) => {
                    *self = Self::Open(Box::new(socket));
                    SocketEvent::Opened
                }
                Err(error) => SocketEvent::Failed(error),
            }),
            Self::Open(socket) => socket.poll_receive(cx),
        }
    }

    pub(crate) fn send(&mut self, text: Text, cx: &mut Context<'_>) {
        if let Self::Open(socket) = self {
            socket.start_send(text.into_string(), cx);
        }
    }

    /// Closes the socket, with this code if there is one, or stops opening it.
    pub(crate) fn close(&mut self, code: Option<CloseCode>) {
        if let (Self::Open(socket), Some(code)) = (std::mem::take(self), code) {
            socket.close(code);
        }
    }
}
