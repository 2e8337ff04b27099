//! State that all connections of a gateway share.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ra_core::MonoTime;
use ra_crypto::Backend;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::accounts::Accounts;
use crate::backplane::{self, Backplane};
use crate::base::clock::Clock;
use crate::base::lock::lock;
use crate::config::Config;
use crate::limits::{self, Accepting, Gate};
use crate::observe::log::Event;
use crate::observe::metrics::Metrics;
use crate::observe::reason::NotReady;
use crate::session::registry::Registry;

/// Readiness probes rarer than this are ignored when draining.
const WATCHED: Duration = Duration::from_secs(60);

/// Stage of a gateway's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Serves all requests.
    Open,
    /// Takes no new sessions; running ones may finish.
    Draining,
    /// Closes all sessions and connections.
    Closing,
}

/// State that all connections share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) session_config: Arc<ra_core::gateway::Config>,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) clock: Clock,
    pub(crate) gate: Gate,
    pub(crate) registry: Arc<Registry>,
    pub(crate) backplane: Arc<dyn Backplane>,
    pub(crate) stage: watch::Sender<Stage>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) accepting: Accepting,
    watched: Mutex<Watched>,
}

/// Times of readiness probes.
#[derive(Debug, Default)]
struct Watched {
    last: Option<MonoTime>,
    /// The first probe that saw the drain.
    first_in_drain: Option<Instant>,
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
        let metrics = Arc::new(Metrics::default());
        let backplane = backplane::open(&config, &backend, &registry, clock, &metrics).await?;
        Ok(Self {
            session_config: Arc::new(config.session.clone()),
            accounts,
            backend,
            clock,
            gate: Gate::new(config.limits.clone()),
            registry,
            backplane,
            stage: watch::Sender::new(Stage::Open),
            metrics,
            accepting: Accepting::default(),
            watched: Mutex::default(),
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
            backplane: backplane::memory(&config, &registry, clock),
            registry,
            stage: watch::Sender::new(Stage::Open),
            metrics: Arc::default(),
            accepting: Accepting::default(),
            watched: Mutex::default(),
            config,
        }
    }

    /// Returns true if a session can begin now.
    pub(crate) fn takes_sessions(&self) -> bool {
        matches!(
            self.not_ready(),
            None | Some(NotReady::Connections | NotReady::Files)
        )
    }

    /// Reason no clients should be sent here, if there is one.
    pub(crate) fn not_ready(&self) -> Option<NotReady> {
        if self.stage() != Stage::Open {
            return Some(NotReady::Draining);
        }
        if !self.backplane.is_up() {
            return Some(NotReady::Backplane);
        }
        let full = self.gate.full(self.clock.now());
        full.or_else(|| self.accepting.is_failing().then_some(NotReady::Files))
    }

    /// Notes a readiness probe.
    pub(crate) fn watch(&self) {
        let mut watched = lock(&self.watched);
        watched.last = Some(self.clock.now());
        if self.stage() != Stage::Open {
            watched.first_in_drain.get_or_insert_with(Instant::now);
        }
    }

    /// Time of the first probe after the drain began.
    pub(crate) fn watched_since_drain(&self) -> Option<Instant> {
        lock(&self.watched).first_in_drain
    }

    /// Returns true if probes come often enough to expect another.
    pub(crate) fn is_watched(&self) -> bool {
        let last = lock(&self.watched).last;
        last.is_some_and(|last| self.clock.now().saturating_since(last) < WATCHED)
    }

    pub(crate) fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Advances the stage, never back.
    pub(crate) fn advance(&self, to: Stage) {
        let went_on = self.stage.send_if_modified(|stage| {
            let further = to > *stage;
            *stage = to.max(*stage);
            further
        });
        match to {
            _ if !went_on => {}
            Stage::Open => {}
            Stage::Draining => self.tell_draining(),
            Stage::Closing => {
                self.metrics.log.emit(Event::Closing {
                    sessions: self.gate.sessions(),
                    tickets: self.backplane.tickets(),
                });
                self.metrics.log.flush();
            }
        }
    }

    /// Logs what a drain waits for.
    pub(crate) fn tell_draining(&self) {
        self.metrics.log.emit(Event::Draining {
            sessions: self.gate.sessions(),
            tickets: self.backplane.tickets(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::NoAccounts;

    #[tokio::test(start_paused = true)]
    async fn who_has_not_asked_for_a_minute_does_not_watch() {
        let backend = Arc::new(ra_testkit::Fake);
        let shared = Shared::alone(Config::default(), Arc::new(NoAccounts), backend);
        assert!(!shared.is_watched());
        shared.watch();
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(shared.is_watched());
        shared.watch();
        tokio::time::advance(Duration::from_secs(61)).await;
        assert!(!shared.is_watched());
    }
}
