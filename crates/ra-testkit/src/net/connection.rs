//! One connection: a request and its response, or a request and a WebSocket.

use std::io::{self, Read, Write};

use http::Response;
use ra_core::MonoTime;
use ra_http::Body;
use ra_proto::CloseCode;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Error, Message, Utf8Bytes, WebSocket};

use super::http1::{self, Progress};
use super::{Sending, Then};
use crate::service::{LineId, Refusal, Service, Wire};

pub(super) struct Connection {
    state: State,
    out: Sending,
}

enum State {
    Request(Vec<u8>),
    Socket(LineId, Box<WebSocket<Pipe>>),
    Over,
}

/// Received bytes that were not read, and written bytes that were not sent.
#[derive(Debug, Default)]
struct Pipe {
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Connection {
    pub(super) fn new() -> Self {
        Self {
            state: State::Request(Vec::new()),
            out: Sending::default(),
        }
    }

    pub(super) fn line(&self) -> Option<LineId> {
        match &self.state {
            State::Socket(line, _) => Some(*line),
            _ => None,
        }
    }

    pub(super) fn take(&mut self) -> Sending {
        let then = self.out.then;
        std::mem::replace(
            &mut self.out,
            Sending {
                bytes: Vec::new(),
                then,
            },
        )
    }

    pub(super) fn receive(&mut self, service: &mut Service, now: MonoTime, bytes: &[u8]) {
        match &mut self.state {
            State::Over => {}
            State::Request(so_far) => {
                so_far.extend_from_slice(bytes);
                match http1::read(so_far) {
                    Progress::More => {}
                    Progress::Broken => self.end(Then::Drop),
                    Progress::Whole(request, read) => {
                        let rest = so_far.split_off(read);
                        match request.headers().get("sec-websocket-key") {
                            Some(key) => {
                                let key = key.as_bytes().to_vec();
                                self.upgrade(service, now, &key, rest);
                            }
                            None => self.respond(&service.answer(now, &request)),
                        }
                    }
                }
            }
            State::Socket(_, socket) => {
                socket.get_mut().input.extend_from_slice(bytes);
                self.hear(service, now);
            }
        }
    }

    pub(super) fn hung_up(self, service: &mut Service, now: MonoTime) {
        if let State::Socket(line, _) = self.state {
            service.hear(now, line, &Wire::Lost);
        }
    }

    /// Sends an output of the gateway to the desktop.
    pub(super) fn send(&mut self, wire: Wire) {
        let State::Socket(_, socket) = &mut self.state else {
            return;
        };
        let closes = matches!(wire, Wire::Close(_));
        // a write fails only if the peer is gone
        let _ = match wire {
            Wire::Text(text) => socket.send(Message::text(text)),
            Wire::Pieces(text) => pieces(&text)
                .into_iter()
                .try_for_each(|frame| socket.send(Message::Frame(frame))),
            Wire::Binary => socket.send(Message::binary(vec![0; 8])),
            Wire::Close(code) => {
                let frame = code.map(|code| CloseFrame {
                    code: code.0.into(),
                    reason: Utf8Bytes::default(),
                });
                socket.close(frame).and_then(|()| socket.flush())
            }
            Wire::Lost => return self.end(Then::Drop),
        };
        self.out.bytes.append(&mut socket.get_mut().output);
        if closes {
            self.end(Then::Finish);
        }
    }

    fn respond(&mut self, response: &Response<Body>) {
        self.out.bytes.extend(http1::write(response));
        self.end(Then::Finish);
    }

    fn upgrade(&mut self, service: &mut Service, now: MonoTime, key: &[u8], rest: Vec<u8>) {
        match service.connect(now) {
            Err(Refusal::HangsUp) => self.end(Then::Drop),
            Err(Refusal::Status(status)) => self.respond(&refusal(status)),
            Err(Refusal::Later(status)) => {
                let mut response = refusal(status);
                let wait = http::HeaderValue::from_static("1");
                response.headers_mut().insert("retry-after", wait);
                self.respond(&response);
            }
            Ok(line) => {
                self.out.bytes.extend(http1::switch(key));
                let config = WebSocketConfig::default().write_buffer_size(0);
                let pipe = Pipe {
                    input: rest,
                    ..Pipe::default()
                };
                let socket = WebSocket::from_raw_socket(pipe, Role::Server, Some(config));
                self.state = State::Socket(line, Box::new(socket));
                self.hear(service, now);
            }
        }
    }

    /// Forwards the desktop's messages to the gateway.
    fn hear(&mut self, service: &mut Service, now: MonoTime) {
        let State::Socket(line, socket) = &mut self.state else {
            return;
        };
        let line = *line;
        loop {
            let wire = match socket.read() {
                Ok(Message::Text(text)) => Wire::Text(text.as_str().into()),
                Ok(Message::Binary(_)) => Wire::Binary,
                Ok(Message::Close(frame)) => {
                    Wire::Close(frame.map(|frame| CloseCode(frame.code.into())))
                }
                Ok(_) => continue,
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => Wire::Lost,
            };
            let over = matches!(wire, Wire::Close(_) | Wire::Lost);
            service.hear(now, line, &wire);
            if over {
                let _ = socket.flush();
                self.out.bytes.append(&mut socket.get_mut().output);
                return self.end(Then::Finish);
            }
        }
        self.out.bytes.append(&mut socket.get_mut().output);
    }

    fn end(&mut self, then: Then) {
        self.state = State::Over;
        self.out.then = then;
    }
}

/// Two fragments and a ping between them (RFC 6455, section 5.4).
fn pieces(text: &str) -> [Frame; 3] {
    let (first, rest) = text.as_bytes().split_at(text.len() / 2);
    let bytes = |part: &[u8]| part.to_vec();
    [
        Frame::message(bytes(first), OpCode::Data(Data::Text), false),
        Frame::ping(bytes(b"ping")),
        Frame::message(bytes(rest), OpCode::Data(Data::Continue), true),
    ]
}

fn refusal(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status.try_into().expect("a status");
    response
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let read = into.len().min(self.input.len());
        into[..read].copy_from_slice(&self.input[..read]);
        self.input.drain(..read);
        Ok(read)
    }
}

impl Write for Pipe {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.output.extend_from_slice(from);
        Ok(from.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
