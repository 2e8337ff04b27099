//! The gateway: listens, admits connections, drains and ends.

#[cfg(test)]
mod tests;

use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ra_crypto::Backend;
use ra_proto::CloseCode;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::{Instant, interval_at, sleep_until, timeout, timeout_at};

use crate::accounts::Accounts;
use crate::limits::REFUSALS;
use crate::server::accept::Accept;
use crate::server::{http, metrics};
use crate::shared::{Shared, Stage};
use crate::{Config, Handle};

/// Interval at which a drain logs what it waits for.
const DRAINING: Duration = Duration::from_secs(5);

/// A gateway that listens.
///
/// ```
/// use std::sync::Arc;
/// use ra_gateway::{Accounts, Config, Gateway};
///
/// # async fn example(
/// #     accounts: Arc<dyn Accounts>,
/// #     backend: Arc<dyn ra_crypto::Backend>,
/// # ) -> std::io::Result<()> {
/// let gateway = Gateway::bind(Config::default(), accounts, backend).await?;
/// println!("listening on {}", gateway.local_addr());
/// let handle = gateway.handle();
/// # handle.shut_down();
/// // elsewhere, on SIGTERM: handle.drain();
/// gateway.run().await;
/// # Ok(())
/// # }
/// ```
pub struct Gateway {
    listener: TcpListener,
    address: SocketAddr,
    metrics: Option<TcpListener>,
    shared: Arc<Shared>,
}

impl Gateway {
    /// Listens at [`Config::listen`]. Connections wait in the system's queue until
    /// [`run`](Self::run).
    ///
    /// # Errors
    ///
    /// The system's error if it cannot listen at the address. If the backplane is a Redis that cannot
    /// be used, the error holds a `RedisUnavailable`.
    pub async fn bind(
        config: Config,
        accounts: Arc<dyn Accounts>,
        backend: Arc<dyn Backend>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let metrics = match config.metrics {
            Some(address) => Some(TcpListener::bind(address).await?),
            None => None,
        };
        let shared = Shared::new(config, accounts, backend).await?;
        Ok(Self {
            listener,
            address,
            metrics,
            shared: Arc::new(shared),
        })
    }

    /// Address that it listens at.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Address that it serves its metrics at.
    #[must_use]
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics.as_ref()?.local_addr().ok()
    }

    /// A handle that ends the gateway from elsewhere.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(&self.shared)
    }

    /// Serves until [`Handle::shut_down`], or until [`Handle::drain`] has come to its end.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future stops listening and closes all sessions and connections, like
    /// [`Handle::shut_down`], but does not wait for them.
    pub async fn run(self) {
        let Self {
            listener,
            metrics,
            shared,
            ..
        } = self;
        let closing = CloseOnDrop(Arc::clone(&shared));
        let collected = async {
            match &metrics {
                Some(listener) => metrics::serve(&shared, listener).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = accept_all(&shared, &listener) => {}
            () = collected => {}
            () = shared.metrics.log.keep_logging() => {}
            () = end_of(&shared) => {}
        }
        drop(listener);
        drop(closing);
        // every connection has a limit of its own; this one is for those that hang nevertheless
        let limits = &shared.config.limits;
        let all_gone = async {
            while shared.gate.connections() > 0 {
                shared.gate.changed().await;
            }
        };
        let _ = timeout(limits.write_within + limits.linger, all_gone).await;
        shared.metrics.log.flush();
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn accept_all(shared: &Arc<Shared>, listener: &TcpListener) {
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let mut accept = Accept::new(listener, shared);
    loop {
        let (stream, peer) = accept.next().await;
        admit(shared, stream, peer, &refusals);
        // connections that were asked to go come first, so that there is room for the next
        if shared.gate.is_being_left() {
            yield_now().await;
        }
    }
}

fn admit(shared: &Arc<Shared>, stream: TcpStream, peer: SocketAddr, refusals: &Arc<Semaphore>) {
    // frames are small and the client waits for each; without this option they only come late
    let _ = stream.set_nodelay(true);
    let peer = peer.ip();
    // a proxy's connection does not belong to the client whose request comes first
    let own = (!shared.config.trusted_proxies.trusts(peer)).then(|| peer.into());
    match shared.gate.connect(own) {
        Ok(permit) => {
            tokio::spawn(http::serve(Arc::clone(shared), stream, peer, permit));
        }
        Err(problem) => {
            if let Ok(place) = Arc::clone(refusals).try_acquire_owned() {
                let refusal = http::refuse(Arc::clone(shared), stream, problem);
                tokio::spawn(async move {
                    refusal.await;
                    drop(place);
                });
            }
        }
    }
}

/// Resolves when the gateway has to close: it was told to, or has drained.
async fn end_of(shared: &Shared) {
    let mut stage = shared.stage.subscribe();
    // the sender lives in `shared`, so this cannot fail
    let _ = stage.wait_for(|stage| *stage >= Stage::Draining).await;
    let now = Instant::now();
    let limit = now + shared.config.drain_within;
    let least = shared.config.drain_least;
    let was_watched = shared.is_watched();
    let drained = async {
        if was_watched {
            sleep_until(now + least).await;
        }
        drained(shared).await;
        // a readiness probe that began meanwhile has to see the drain as long
        if let (false, Some(first)) = (was_watched, shared.watched_since_drain()) {
            sleep_until(first + least).await;
        }
    };
    tokio::select! {
        _ = stage.wait_for(|stage| *stage == Stage::Closing) => {}
        () = drained => {}
        () = sleep_until(limit) => {}
        () = tell_what_is_left(shared) => {}
    }
}

/// Never resolves.
async fn tell_what_is_left(shared: &Shared) {
    let mut pace = interval_at(Instant::now() + DRAINING, DRAINING);
    loop {
        pace.tick().await;
        shared.tell_draining();
    }
}

/// Resolves when there is no session and no ticket left.
async fn drained(shared: &Shared) {
    loop {
        let ticket_until = shared.backplane.last_ticket_until();
        match (shared.gate.sessions(), ticket_until) {
            (0, None) => return,
            (_, Some(until)) => {
                let void = shared.clock.instant(until);
                let fewer = async {
                    tokio::select! {
                        () = shared.gate.changed() => {}
                        () = shared.backplane.redeemed_elsewhere() => {}
                    }
                };
                let _ = timeout_at(void, fewer).await;
            }
            (_, None) => shared.gate.changed().await,
        }
    }
}

/// Closes all sessions and connections when the gateway ends, however it ends.
struct CloseOnDrop(Arc<Shared>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.advance(Stage::Closing);
        self.0
            .registry
            .shut_down(self.0.clock.now(), CloseCode::GOING_AWAY);
    }
}
