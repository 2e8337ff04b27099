//! The one socket of a login, as its driver sees it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ra_core::desktop::login::ConnectRequest;
use ra_http::TransportError;
use ra_proto::CloseCode;

use crate::{Network, Received, WebSocket};

/// The one socket of the session under way.
#[derive(Default)]
pub(super) enum Socket {
    #[default]
    None,
    Opening(Pin<Box<dyn Future<Output = Result<WebSocket, TransportError>> + Send>>),
    Open(Box<WebSocket>),
}

/// What a socket brought, opening it included.
pub(super) enum Heard {
    Opened(Result<(), TransportError>),
    Received(Received),
}

impl Socket {
    pub(super) fn open(network: Network, request: ConnectRequest) -> Self {
        Self::Opening(Box::pin(async move {
            WebSocket::connect(&network, &request).await
        }))
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Heard> {
        match self {
            Self::None => Poll::Pending,
            Self::Opening(opening) => {
                let opened = ready!(opening.as_mut().poll(cx))
                    .map(|socket| *self = Self::Open(Box::new(socket)));
                Poll::Ready(Heard::Opened(opened))
            }
            Self::Open(socket) => {
                let _ = socket.poll_flush(cx);
                socket.poll_receive(cx).map(Heard::Received)
            }
        }
    }

    pub(super) fn send(&mut self, text: &str) {
        if let Self::Open(socket) = self {
            socket.start_send(text);
        }
    }

    /// Closes the socket, or stops opening it.
    pub(super) fn close(&mut self, code: CloseCode) {
        if let Self::Open(socket) = std::mem::take(self) {
            socket.close(code);
        }
    }
}
