//! The socket of a login, and the thread that watches it.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use ra_carrier::{Network, SocketEvent};
use ra_core::Text;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::CloseCode;

use crate::job::Job;
use crate::net::deadline;
use crate::notifier::Notifier;
use crate::ws::{self, WebSocket};

/// The socket of the session under way.
#[derive(Default)]
pub(crate) enum Socket {
    #[default]
    None,
    Opening(Job<Result<Opened, TransportError>>),
    Open(Box<Opened>, Job<Result<Opened, TransportError>>),
}

/// A socket, and the thread that watches it for something to read.
///
/// The driver reads until nothing is there, then asks the watcher to look. The watcher waits in `peek`, which takes no
/// bytes, tells the driver, and waits to be asked again. So only one thread touches the WebSocket and the TLS session,
/// it never waits in them, and parts of frames stay where they are.
pub(crate) struct Opened {
    socket: WebSocket,
    look: SyncSender<()>,
    seen: Receiver<()>,
    /// The watcher has been asked and has not seen anything yet.
    watched: bool,
}

impl Socket {
    pub(crate) fn open(network: Network, request: ConnectRequest, notifier: &Notifier) -> Self {
        let own_notifier = notifier.clone();
        Self::Opening(Job::start("ra-socket", notifier, move |answer, stop| {
            let by = deadline(request.timeout);
            let (socket, handle) = match ws::open(&network, &request, by, stop) {
                Ok(opened) => opened,
                Err(error) => return drop(answer.send(Err(error))),
            };
            let ((look, looks), (sees, seen)) = (sync_channel(1), sync_channel(1));
            let opened = Opened {
                socket,
                look,
                seen,
                watched: false,
            };
            if answer.send(Ok(opened)).is_ok() {
                watch(&handle, &looks, &sees, &own_notifier);
            }
        }))
    }

    /// Returns the next event, if there is one.
    pub(crate) fn poll(&mut self) -> Option<SocketEvent> {
        match std::mem::take(self) {
            Self::None => None,
            Self::Opening(job) => {
                let lost = |_| Err(TransportError::new(TransportErrorKind::Connect));
                match job.poll().map(|opened| opened.unwrap_or_else(lost)) {
                    None => *self = Self::Opening(job),
                    Some(Err(error)) => return Some(SocketEvent::Failed(error)),
                    Some(Ok(opened)) => {
                        *self = Self::Open(Box::new(opened), job);
                        return Some(SocketEvent::Opened);
                    }
                }
                None
            }
            Self::Open(mut opened, job) => {
                let event = opened.poll();
                *self = Self::Open(opened, job);
                event
            }
        }
    }

    pub(crate) fn send(&mut self, text: Text) {
        if let Self::Open(opened, _) = self {
            opened.socket.send(text.into_string());
        }
    }

    /// Closes the socket, with this code if there is one, or stops opening it.
    pub(crate) fn close(&mut self, code: Option<CloseCode>) {
        if let (Self::Open(mut opened, job), Some(code)) = (std::mem::take(self), code) {
            opened.socket.close(code);
            drop(job); // shuts the connection down, which ends the watcher
        }
    }
}

impl Opened {
    fn poll(&mut self) -> Option<SocketEvent> {
        if self.watched {
            match self.seen.try_recv() {
                Ok(()) => self.watched = false,
                Err(TryRecvError::Empty) => {
                    self.socket.flush();
                    return None;
                }
                Err(TryRecvError::Disconnected) => return Some(SocketEvent::Lost),
            }
            if let Some(connection) = self.socket.connection_mut() {
                connection.readable();
            }
        }
        let event = self.socket.poll();
        if event.is_none() {
            self.watched = true;
            let _ = self.look.try_send(()); // there is room: the last one was answered
        }
        event
    }
}

/// Watches the connection each time the driver asks, until it asks no more.
fn watch(handle: &TcpStream, looks: &Receiver<()>, sees: &SyncSender<()>, notifier: &Notifier) {
    while looks.recv().is_ok() {
        // an error and the end count too: the driver finds them when it reads
        while let Err(error) = handle.peek(&mut [0]) {
            if error.kind() != ErrorKind::Interrupted {
                break;
            }
        }
        if sees.send(()).is_err() {
            return;
        }
        notifier.notify();
    }
}
