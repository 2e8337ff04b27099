//! What all connections of a gateway share.

use std::io;
use std::sync::Arc;

use ra_crypto::Backend;
use tokio::sync::watch;

use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::config::Config;
use crate::limits::{self, Gate};
use crate::log::Event;
use crate::metrics::Metrics;
use crate::registry::Registry;
use crate::rendezvous::{self, Rendezvous};

/// How far towards its end a gateway is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Serves all.
    Open,
    /// Takes no new sessions; those there are may finish.
    Draining,
    /// Closes all sessions and connections.
    Closing,
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) session_config: Arc<ra_core::gateway::Config>,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) clock: Clock,
    pub(crate) gate: Gate,
    pub(crate) registry: Arc<Registry>,
    pub(crate) rendezvous: Arc<dyn Rendezvous>,
    pub(crate) stage: watch::Sender<Stage>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Shared {
    pub(crate) async fn new(
        config: Config,
        accounts: Arc<dyn Accounts>,
        backend: Arc<dyn Backend>,
    ) -> io::Result<Self> {
        if config.limits.memory.is_some() && limits::resident().is_none() {
            let unknown = "this system does not tell how much memory the process has";
            return Err(io::Error::new(io::ErrorKind::Unsupported, unknown));
        }
        let (clock, registry) = (Clock::start(), Arc::default());
        let metrics = Arc::new(Metrics::new(config.log.clone()));
        let rendezvous = rendezvous::meet(&config, &backend, &registry, clock, &metrics).await?;
        Ok(Self {
            session_config: Arc::new(config.session.clone()),
            accounts,
            backend,
            clock,
            gate: Gate::new(config.limits.clone()),
            registry,
            rendezvous,
            stage: watch::Sender::new(Stage::Open),
            metrics,
            config,
        })
    }

    /// For tests without sockets.
    #[cfg(test)]
    pub(crate) fn alone(
        config: Config,
        accounts: Arc<dyn Accounts>,
        backend: Arc<dyn Backend>,
    ) -> Self {
        let (clock, registry) = (Clock::start(), Arc::default());
        Self {
            session_config: Arc::new(config.session.clone()),
            accounts,
            backend,
            clock,
            gate: Gate::new(config.limits.clone()),
            rendezvous: rendezvous::memory(&config, &registry, clock),
            registry,
            stage: watch::Sender::new(Stage::Open),
            metrics: Arc::default(),
            config,
        }
    }

    /// Whether new sessions can begin.
    pub(crate) fn takes_sessions(&self) -> bool {
        self.stage() == Stage::Open
            && self.rendezvous.is_up()
            && !self.gate.is_short_of_memory(self.clock.now())
    }

    pub(crate) fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Goes on towards the end, never back.
    pub(crate) fn advance(&self, to: Stage) {
        let went_on = self.stage.send_if_modified(|stage| {
            let further = to > *stage;
            *stage = to.max(*stage);
            further
        });
        let sessions = self.gate.sessions();
        match to {
            _ if !went_on => {}
            Stage::Open => {}
            Stage::Draining => self.metrics.journal.tell(Event::Draining { sessions }),
            Stage::Closing => {
                self.metrics.journal.tell(Event::Closing { sessions });
                self.metrics.journal.flush();
            }
        }
    }
}
