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

/// Identifies a connection.
pub type ConnectionId = u64;

/// The service and the connections to it.
pub struct Server {
    service: Service,
    connections: BTreeMap<ConnectionId, Connection>,
    accepted: ConnectionId,
}

/// Output of a connection.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sending {
    /// Send this.
    pub bytes: Vec<u8>,
    /// State of the connection once the bytes are sent.
    pub then: Then,
}

/// State of a connection after its output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// The connection stays open.
    #[default]
    Stay,
    /// Nothing more will be sent: the sending side is shut down, and reading goes on until the peer hangs up.
    Finish,
    /// The connection is dropped at once.
    Drop,
}

impl Server {
    /// Makes a server without connections.
    #[must_use]
    pub const fn new(service: Service) -> Self {
        Self {
            service,
            connections: BTreeMap::new(),
            accepted: 0,
        }
    }

    /// Adds a connection.
    pub fn accept(&mut self) -> ConnectionId {
        self.accepted += 1;
        self.connections.insert(self.accepted, Connection::new());
        self.accepted
    }

    /// Handles received bytes.
    pub fn receive(&mut self, now: MonoTime, id: ConnectionId, bytes: &[u8]) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.receive(&mut self.service, now, bytes);
            self.deliver();
        }
    }

    /// Forgets a connection whose peer has hung up.
    pub fn hung_up(&mut self, now: MonoTime, id: ConnectionId) {
        if let Some(connection) = self.connections.remove(&id) {
            connection.hung_up(&mut self.service, now);
            self.deliver();
        }
    }

    /// Handles the passing of time.
    pub fn tick(&mut self, now: MonoTime) {
        if self.service.deadline().is_some_and(|at| at <= now) {
            self.service.tick(now);
            self.deliver();
        }
    }

    /// Takes the output of a connection.
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
