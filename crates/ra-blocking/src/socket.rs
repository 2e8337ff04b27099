//! The one socket of a login, as its driver sees it.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use ra_carrier::Heard;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::CloseCode;

use crate::Network;
use crate::bell::Bell;
use crate::carrier::deadline;
use crate::job::Job;
use crate::ws::{self, WebSocket};

/// The socket of the session under way.
#[derive(Default)]
pub(super) enum Socket {
    #[default]
    None,
    Opening(Job<Result<Opened, TransportError>>),
    Open(Box<Opened>, Job<Result<Opened, TransportError>>),
}

/// A socket, and the thread that sees when there is something to read.
///
/// The driver reads until nothing is there, then asks the watcher to look; the watcher waits in `peek`, which takes
/// nothing away, says so and waits to be asked again. So one thread alone touches the WebSocket and the TLS session, it
/// never waits in them, and parts of frames stay where they are.
pub(super) struct Opened {
    socket: WebSocket,
    look: SyncSender<()>,
    seen: Receiver<()>,
    /// The watcher has been asked and has not seen anything yet.
    watched: bool,
}

impl Socket {
    pub(super) fn open(network: Network, request: ConnectRequest, bell: &Bell) -> Self {
        let own_bell = bell.clone();
        Self::Opening(Job::start("ra-socket", bell, move |answer, stop| {
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
                watch(&handle, &looks, &sees, &own_bell);
            }
        }))
    }

    /// What has come, if anything has.
    pub(super) fn poll(&mut self) -> Option<Heard> {
        match std::mem::take(self) {
            Self::None => None,
            Self::Opening(job) => {
                let lost = |_| Err(TransportError::new(TransportErrorKind::Connect));
                match job.poll().map(|opened| opened.unwrap_or_else(lost)) {
                    None => *self = Self::Opening(job),
                    Some(Err(error)) => return Some(Heard::Failed(error)),
                    Some(Ok(opened)) => {
                        *self = Self::Open(Box::new(opened), job);
                        return Some(Heard::Opened);
                    }
                }
                None
            }
            Self::Open(mut opened, job) => {
                let heard = opened.poll();
                *self = Self::Open(opened, job);
                heard
            }
        }
    }

    pub(super) fn send(&mut self, text: &str) {
        if let Self::Open(opened, _) = self {
            opened.socket.send(text);
        }
    }

    /// Closes the socket, or stops opening it.
    pub(super) fn close(&mut self, code: CloseCode) {
        if let Self::Open(mut opened, job) = std::mem::take(self) {
            opened.socket.close(code);
            drop(job); // shuts the connection down, which ends the watcher
        }
    }
}

impl Opened {
    fn poll(&mut self) -> Option<Heard> {
        if self.watched {
            match self.seen.try_recv() {
                Ok(()) => self.watched = false,
                Err(TryRecvError::Empty) => {
                    self.socket.flush();
                    return None;
                }
                Err(TryRecvError::Disconnected) => return Some(Heard::Lost),
            }
            if let Some(wire) = self.socket.connection_mut() {
                wire.readable();
            }
        }
        let heard = self.socket.poll();
        if heard.is_none() {
            self.watched = true;
            let _ = self.look.try_send(()); // there is room: the last one was answered
        }
        heard
    }
}

/// Looks at the connection each time it is asked to, until nobody asks any more.
fn watch(handle: &TcpStream, looks: &Receiver<()>, sees: &SyncSender<()>, bell: &Bell) {
    while looks.recv().is_ok() {
        // an error or the end is something to see, too: the driver finds it when it reads
        while let Err(error) = handle.peek(&mut [0]) {
            if error.kind() != ErrorKind::Interrupted {
                break;
            }
        }
        if sees.send(()).is_err() {
            return;
        }
        bell.ring();
    }
}
