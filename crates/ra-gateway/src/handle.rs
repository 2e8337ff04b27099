//! Ending a gateway from elsewhere.

use std::fmt;
use std::sync::Arc;

use crate::server::metrics;
use crate::shared::{Shared, Stage};

/// Ends a gateway from elsewhere, such as from a signal handler. Cheap to clone.
#[derive(Clone)]
pub struct Handle(Arc<Shared>);

impl Handle {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self(Arc::clone(shared))
    }

    /// Takes no new sessions from now on (503, and `/readyz` says so) and lets those there are
    /// come to their end: phones and desktops may still call. Once there is no session and no
    /// ticket left, and whoever watches `/readyz` had [time](crate::Config::drain_least) to see it, or
    /// after [`Config::drain_within`](crate::Config::drain_within), the gateway
    /// [shuts down](Self::shut_down). A second call changes nothing.
    pub fn drain(&self) {
        self.0.advance(Stage::Draining);
    }

    /// Stops listening, closes all sessions with 1001 (their desktops come back with a new QR) and
    /// all connections, and has [`Gateway::run`](crate::Gateway::run) return.
    pub fn shut_down(&self) {
        self.0.advance(Stage::Closing);
    }

    /// Returns all metrics of this node in Prometheus' text format 0.0.4, for hosts that serve them
    /// themselves.
    #[must_use]
    pub fn metrics(&self) -> String {
        metrics::page(&self.0)
    }

    /// Number of sessions.
    #[must_use]
    pub fn sessions(&self) -> u32 {
        self.0.gate.sessions()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("stage", &self.0.stage())
            .finish_non_exhaustive()
    }
}
