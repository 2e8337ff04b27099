//! An HTTP exchange under way on the event loop.

use std::io::{ErrorKind, Read, Write};

use http::Response;
use mio::net::TcpStream;
use remote_auth::core::{CallId, HttpCall};
use remote_auth::http::{Body, TransportError, TransportErrorKind};

use crate::desktop::{World, open};
use crate::support::http1;

type Reply = Result<Response<Body>, TransportError>;

pub(crate) struct Exchange {
    id: CallId,
    /// `None` if it could not even be opened.
    stream: Option<TcpStream>,
    request: Body,
    sent: usize,
    received: Vec<u8>,
}

impl Exchange {
    pub(crate) fn start(world: &World, number: usize, call: &HttpCall) -> Self {
        Self {
            id: call.id,
            stream: open(world, number, call.request.uri()).ok(),
            request: http1::encode(&call.request),
            sent: 0,
            received: Vec::new(),
        }
    }

    /// Sends and receives what goes at once. `call.timeout` needs no timer of ours: the machine's deadline is no later.
    pub(crate) fn go_on(&mut self) -> Option<(CallId, Reply)> {
        let reply = self.step()?;
        Some((self.id, reply))
    }

    fn step(&mut self) -> Option<Reply> {
        let Some(stream) = &mut self.stream else {
            return Some(Err(http1::failed(TransportErrorKind::Connect)));
        };
        while let Some(rest @ [_, ..]) = self.request.as_bytes().get(self.sent..) {
            match stream.write(rest) {
                Ok(written) => self.sent += written,
                Err(error) => return not_now(&error),
            }
        }
        let mut part = [0; 4096];
        loop {
            match stream.read(&mut part) {
                Ok(0) => return Some(http1::decode(&self.received)),
                Ok(read) => self.received.extend(part.iter().take(read)),
                Err(error) => return not_now(&error),
            }
            if self.received.len() > http1::MAX_REPLY {
                return Some(Err(http1::failed(TransportErrorKind::BodyTooLarge)));
            }
        }
    }
}

/// Nothing if it is only too early, the end otherwise.
fn not_now(error: &std::io::Error) -> Option<Reply> {
    let early = matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::NotConnected | ErrorKind::Interrupted
    );
    (!early).then(|| Err(http1::failed(TransportErrorKind::Lost)))
}
