//! A [`Service`] over real bytes: HTTP/1.1 and WebSocket on one address, as a value that opens no socket. `threads`
//! serves it on this machine; a paused clock can serve it over pipes.

mod connection;
mod http1;
mod threads;

use std::collections::BTreeMap;

use ra_core::MonoTime;

use crate::service::Service;

pub use threads::{Running, serve};

use connection::Connection;

/// Names a connection.
pub type ConnectionId = u64;

/// The service and the connections to it.
pub struct Server {
    service: Service,
    connections: BTreeMap<ConnectionId, Connection>,
    accepted: ConnectionId,
}

/// What a connection has to send.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sending {
    /// Send this.
    pub bytes: Vec<u8>,
    /// What happens once that is sent.
    pub then: Then,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// It goes on.
    #[default]
    Stay,
    /// Nothing more will be sent: shut down this way, and read on until the peer hangs up too.
    Finish,
    /// Drop it at once.
    Drop,
}

impl Server {
    /// Nobody is connected yet.
    #[must_use]
    pub const fn new(service: Service) -> Self {
        Self {
            service,
            connections: BTreeMap::new(),
            accepted: 0,
        }
    }

    /// Somebody has connected.
    pub fn accept(&mut self) -> ConnectionId {
        self.accepted += 1;
        self.connections.insert(self.accepted, Connection::new());
        self.accepted
    }

    /// Bytes have come.
    pub fn receive(&mut self, now: MonoTime, id: ConnectionId, bytes: &[u8]) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.receive(&mut self.service, now, bytes);
            self.deliver();
        }
    }

    /// The peer has hung up; the connection is forgotten.
    pub fn hung_up(&mut self, now: MonoTime, id: ConnectionId) {
        if let Some(connection) = self.connections.remove(&id) {
            connection.hung_up(&mut self.service, now);
            self.deliver();
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, now: MonoTime) {
        if self.service.deadline().is_some_and(|at| at <= now) {
            self.service.tick(now);
            self.deliver();
        }
    }

    /// Takes what a connection has to send.
    pub fn take(&mut self, id: ConnectionId) -> Sending {
        self.connections
            .get_mut(&id)
            .map_or_else(Sending::default, Connection::take)
    }

    fn deliver(&mut self) {
        while let Some((line, wire)) = self.service.poll() {
            let mut connections = self.connections.values_mut();
            if let Some(connection) = connections.find(|c| c.line() == Some(line)) {
                connection.send(wire);
            }
        }
    }
}
