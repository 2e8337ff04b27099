//! One desktop on the event loop: its machine, its socket, its call.

use std::io::ErrorKind;
use std::sync::mpsc::SyncSender;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use remote_auth::core::desktop::login::{
    Config, ConnectRequest, Event, Input, Login, LoginError, Outcome, Output,
};
use remote_auth::core::desktop::session;
use remote_auth::core::{Jitter, MonoTime};
use remote_auth::http::{TransportError, TransportErrorKind};
use remote_auth::proto::ScanUrl;
use tungstenite::client::client_with_config;
use tungstenite::handshake::MidHandshake;
use tungstenite::handshake::client::{ClientHandshake, Request, Response};
use tungstenite::{Error, HandshakeError, Message, WebSocket};

use crate::call::Exchange;
use crate::support::{Clock, http1, websocket};

/// What desktops reach out to.
pub(crate) struct World {
    pub(crate) registry: Registry,
    pub(crate) clock: Clock,
    pub(crate) need_key: SyncSender<usize>,
    pub(crate) show: SyncSender<(usize, ScanUrl)>,
}

pub(crate) struct Desktop {
    number: usize,
    login: Login,
    socket: Socket,
    call: Option<Exchange>,
    pub(crate) end: Option<Result<Outcome, LoginError>>,
}

enum Socket {
    None,
    Failed(TransportError),
    Connecting(TcpStream, Request),
    Shaking(MidHandshake<ClientHandshake<TcpStream>>),
    Open(WebSocket<TcpStream>),
}

/// Whose turn it is when a socket with this token is ready.
pub(crate) fn number(token: Token) -> usize {
    token.0
}

impl Desktop {
    pub(crate) fn new(number: usize, config: Config, now: MonoTime) -> Self {
        let login = Login::new(config, Jitter::from_seed(number as u64), now);
        Self {
            number,
            login,
            socket: Socket::None,
            call: None,
            end: None,
        }
    }

    pub(crate) fn handle(&mut self, now: MonoTime, input: Input<'_>) {
        self.login.handle(now, input);
    }

    pub(crate) fn due(&self) -> Option<MonoTime> {
        self.login.deadline().map(|deadline| deadline.at)
    }

    /// Does what the machine says and tells it what has happened, until it has to wait. Sockets are read until they have
    /// nothing more, as mio reports a change only once.
    pub(crate) fn turn(&mut self, world: &World) {
        loop {
            while let Some(output) = self.login.poll_output() {
                self.act(world, output);
            }
            let now = world.clock.now();
            if let Some((id, reply)) = self.call.as_mut().and_then(Exchange::go_on) {
                self.call = None;
                self.login.handle(now, Input::Reply(id, reply));
            } else if !self.hear(now) {
                if self.due().is_none_or(|due| due > now) {
                    return;
                }
                self.login.handle(now, Input::Tick);
            }
        }
    }

    fn act(&mut self, world: &World, output: Output) {
        match output {
            // a full or closed channel means no key: the machine's deadline says so
            Output::NeedKey => drop(world.need_key.try_send(self.number)),
            Output::Connect(request) => {
                let opening = connect(world, self.number, &request);
                self.socket = opening.unwrap_or_else(Socket::Failed);
            }
            Output::Send(text) => {
                if let Socket::Open(socket) = &mut self.socket {
                    let _ = socket.send(Message::text(text.expose())); // an error shows when it is read
                }
            }
            Output::Disconnect(code) => {
                if let Socket::Open(socket) = &mut self.socket {
                    let _ = socket.close(Some(websocket::close(code)));
                    let _ = socket.flush();
                }
                self.socket = Socket::None;
            }
            Output::Call(call) => self.call = Some(Exchange::start(world, self.number, &call)),
            Output::Event(Event::Qr { url, .. }) => drop(world.show.try_send((self.number, url))),
            Output::End(end) => self.end = Some(end),
            _ => {}
        }
    }

    /// Tells the machine the next thing that the socket brings, if there is one.
    fn hear(&mut self, now: MonoTime) -> bool {
        self.socket = match std::mem::replace(&mut self.socket, Socket::None) {
            Socket::None => return false,
            Socket::Failed(error) => {
                self.login.handle(now, Input::ConnectFailed(error));
                return true;
            }
            Socket::Connecting(stream, request) => {
                match (stream.take_error(), stream.peer_addr()) {
                    (Ok(None), Ok(_)) => {
                        let config = Some(websocket::config());
                        shaken(client_with_config(request, stream, config))
                    }
                    (Ok(None), Err(error)) if error.kind() == ErrorKind::NotConnected => {
                        self.socket = Socket::Connecting(stream, request);
                        return false;
                    }
                    _ => Socket::Failed(http1::failed(TransportErrorKind::Connect)),
                }
            }
            Socket::Shaking(middle) => shaken(middle.handshake()),
            Socket::Open(mut socket) => {
                let heard = socket.read();
                self.socket = Socket::Open(socket);
                return self.heard(now, &heard);
            }
        };
        match self.socket {
            Socket::Open(_) => self.login.handle(now, Input::Connected),
            Socket::Failed(_) => {}
            _ => return false,
        }
        true
    }

    fn heard(&mut self, now: MonoTime, heard: &Result<Message, Error>) -> bool {
        if matches!(heard, Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock) {
            return false;
        }
        if let Some(input) = websocket::input(heard) {
            if matches!(input, session::Input::Closed(_) | session::Input::Lost) {
                self.socket = Socket::None;
            }
            self.login.handle(now, Input::Socket(input));
        }
        true
    }
}

fn connect(
    world: &World,
    number: usize,
    request: &ConnectRequest,
) -> Result<Socket, TransportError> {
    let upgrade = websocket::upgrade(request)?;
    let stream = open(world, number, upgrade.uri())?;
    Ok(Socket::Connecting(stream, upgrade))
}

/// Begins to connect.
pub(crate) fn open(
    world: &World,
    number: usize,
    uri: &http::Uri,
) -> Result<TcpStream, TransportError> {
    let failed = |_| http1::failed(TransportErrorKind::Connect);
    let mut stream = TcpStream::connect(http1::address(uri)?).map_err(failed)?;
    let both = Interest::READABLE | Interest::WRITABLE;
    world
        .registry
        .register(&mut stream, Token(number), both)
        .map_err(failed)?;
    Ok(stream)
}

type Shaken<S> = Result<(WebSocket<S>, Response), HandshakeError<ClientHandshake<S>>>;

fn shaken(result: Shaken<TcpStream>) -> Socket {
    match result {
        Ok((socket, _)) => Socket::Open(socket),
        Err(HandshakeError::Interrupted(middle)) => Socket::Shaking(middle),
        Err(HandshakeError::Failure(error)) => Socket::Failed(websocket::refused(&error)),
    }
}
