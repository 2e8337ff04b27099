//! A node's only connection to its Redis: opens it, watches it, reconnects.
//!
//! ```text
//!          connected             all our channels subscribed,
//!   Down ────────────► Joining ──────────────────────────────► Up ──┐
//!    ▲    after a pause   │      lost sessions closed               │ lost, silent, or behind
//!    └────────────────────┴─────────────────────────────────────────┘
//! ```

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use ra_core::MonoTime;
use ra_proto::CloseCode;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, PushInfo, PushKind, RedisError, cmd, pipe,
};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::node::Node;
use super::unavailable::RedisUnavailable;
use crate::observe::log::Event;
use crate::session::registry::SessionHandle;
use crate::session::registry::SessionId;
use crate::session::ttl_map::Digest;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Interval of the check that Redis answers and accepts writes.
const PULSE: Duration = Duration::from_secs(1);
/// Shortest time between two log lines about a lost Redis.
const TELL: Duration = Duration::from_secs(1);
/// Most commands that may wait inside the client library.
const PIPELINE: usize = 1024;
/// Number of channels subscribed with one command after a reconnection.
const CHUNK: usize = 1000;

/// Keeps a node connected.
pub(super) struct Link {
    node: Arc<Node>,
    to: ConnectionInfo,
    errands: mpsc::Receiver<Cmd>,
    /// Notified when the current connection is gone.
    gone: Arc<Notify>,
    told: Told,
}

/// Redis state that was logged last.
#[derive(Default)]
struct Told {
    /// `Ok` if Redis could be used, else the reason it could not.
    state: Option<Result<(), RedisUnavailable>>,
    /// Time of the last log line about a lost Redis.
    lost_at: Option<Instant>,
}

impl Told {
    /// Returns true if a loss must be logged: not twice for the same reason, and not too often.
    fn lost(&mut self, why: RedisUnavailable, now: Instant) -> bool {
        let soon = self.lost_at.is_some_and(|at| now.duration_since(at) < TELL);
        if soon || self.state == Some(Err(why)) {
            return false;
        }
        (self.state, self.lost_at) = (Some(Err(why)), Some(now));
        true
    }

    /// Returns true if a connection must be logged: only after a loss or at the start.
    fn connected(&mut self) -> bool {
        self.state.replace(Ok(())) != Some(Ok(()))
    }
}

impl Link {
    pub(super) fn new(node: &Arc<Node>, to: ConnectionInfo, errands: mpsc::Receiver<Cmd>) -> Self {
        Self {
            node: Arc::clone(node),
            to,
            errands,
            gone: Arc::default(),
            told: Told::default(),
        }
    }

    /// Connects for the first time.
    pub(super) async fn join(&mut self) -> Result<(), RedisUnavailable> {
        let mut connection = self.connect().await?;
        // tries the commands every node needs, so that a missing right shows at the start
        let probe = self.node.names.session(&SessionId([0; 32]));
        let () = pipe()
            .cmd("GETDEL")
            .arg(&probe)
            .cmd("PUBLISH")
            .arg(&probe)
            .arg("")
            .cmd("EVAL")
            .arg("return redis.call('GET', KEYS[1])")
            .arg(1)
            .arg(&probe)
            .query_async(&mut connection)
            .await?;
        self.rejoin(connection).await
    }

    /// Keeps the connection. Never resolves; dropping the future ends it.
    pub(super) async fn keep(mut self) {
        loop {
            let connection = lock_connection(&self.node);
            if let Some(mut connection) = connection {
                let why = self.serve(&mut connection).await;
                self.node.set_connection(None);
                self.lost(why);
            }
            self.reconnect().await;
        }
    }

    /// Serves a connection until it fails. Returns the reason.
    async fn serve(&mut self, connection: &mut MultiplexedConnection) -> RedisUnavailable {
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut asked = connection.clone();
        let (node, gone) = (Arc::clone(&self.node), Arc::clone(&self.gone));
        let pulse = async {
            loop {
                pulse.tick().await;
                if let Err(why) = try_writing(&node, &mut asked).await {
                    return why;
                }
                if let Err(why) = forget_redeemed(&node, &mut asked).await {
                    return why;
                }
            }
        };
        tokio::select! {
            why = pulse => why,
            () = gone.notified() => RedisUnavailable::Cut,
            () = node.behind.notified() => RedisUnavailable::Behind,
            why = say_all(&mut self.errands, connection) => why,
        }
    }

    /// Counts a loss, and logs it if it is new.
    fn lost(&mut self, why: RedisUnavailable) {
        self.node.metrics.redis_failed(why);
        if self.told.lost(why, Instant::now()) {
            let lost = Event::RedisLost(why);
            self.node.metrics.log.emit(lost);
        }
    }

    async fn reconnect(&mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            // all nodes lost Redis at the same time, so spread their reconnections
            sleep(self.spread(pause)).await;
            let connected = match self.connect().await {
                Ok(connection) => self.rejoin(connection).await,
                Err(error) => Err(error.into()),
            };
            match connected {
                Ok(()) => return,
                Err(why) => self.lost(why),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Returns a random duration from three quarters of `about` to all of it.
    fn spread(&self, about: Duration) -> Duration {
        let mut part = [0];
        let drawn = self.node.entropy.open().fill(&mut part);
        let part = drawn.map_or(0, |()| u32::from(part[0]));
        about - about / 4 * part / 256
    }

    async fn connect(&mut self) -> Result<MultiplexedConnection, RedisError> {
        let node: Weak<Node> = Arc::downgrade(&self.node);
        let gone = Arc::new(Notify::new());
        self.gone = Arc::clone(&gone);
        // runs on the connection's own task for each push message; messages not taken yet wait in
        // Redis
        let heard = move |push: PushInfo| {
            let node = node.upgrade().ok_or(redis::aio::SendError)?;
            match push.kind {
                PushKind::Disconnection => gone.notify_one(),
                _ => node.heard(&push),
            }
            Ok::<(), redis::aio::SendError>(())
        };
        let within = Some(self.node.within);
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(within)
            .set_response_timeout(within)
            .set_pipeline_buffer_size(PIPELINE)
            .set_push_sender(heard);
        Client::open(self.to.clone())?
            .get_multiplexed_async_connection_with_config(&config)
            .await
    }

    /// Registers this node and its sessions with a Redis that may have lost them. Closes sessions
    /// whose handshake token Redis has lost, because no phone can decide them any more. Then puts
    /// the connection into use.
    async fn rejoin(
        &mut self,
        mut connection: MultiplexedConnection,
    ) -> Result<(), RedisUnavailable> {
        try_writing(&self.node, &mut connection).await?;
        // queued commands are outdated: everything is sent again from the current state
        while self.errands.try_recv().is_ok() {}
        let _ = self.node.behind.notified().now_or_never();
        // sessions scanned from here on use the new connection, so their tokens cannot be lost
        let sessions = self.node.registry.all_ready();
        let scanned: Vec<(Arc<SessionHandle>, Digest)> = sessions
            .iter()
            .filter_map(|(_, handle)| Some((Arc::clone(handle), handle.handshake()?)))
            .collect();
        connection
            .subscribe(self.node.names.node(self.node.id))
            .await?;
        for chunk in sessions.chunks(CHUNK) {
            let channels: Vec<String> = chunk
                .iter()
                .map(|(session, _)| self.node.names.session(session))
                .collect();
            connection.subscribe(channels).await?;
        }
        for chunk in scanned.chunks(CHUNK) {
            self.close_lost(&mut connection, chunk).await?;
        }
        self.node.set_connection(Some(connection));
        self.node.metrics.redis_connected();
        if self.told.connected() {
            self.node.metrics.log.emit(Event::RedisConnected);
        }
        Ok(())
    }

    async fn close_lost(
        &self,
        connection: &mut MultiplexedConnection,
        scanned: &[(Arc<SessionHandle>, Digest)],
    ) -> Result<(), RedisError> {
        let mut exist = pipe();
        for (_, handshake) in scanned {
            exist.exists(self.node.names.handshake(handshake));
        }
        let exist: Vec<bool> = exist.query_async(connection).await?;
        let now: MonoTime = self.node.clock.now();
        for ((handle, handshake), _) in scanned.iter().zip(exist).filter(|(_, exists)| !exists) {
            handle.command(|guard| {
                if guard.spend(handshake).is_some() {
                    guard.session.shut_down(now, CloseCode::GOING_AWAY);
                }
            });
        }
        Ok(())
    }
}

fn lock_connection(node: &Node) -> Option<MultiplexedConnection> {
    crate::base::lock::lock(&node.connection).clone()
}

/// Sends queued commands in order, without waiting for answers, until the connection fails.
async fn say_all(
    errands: &mut mpsc::Receiver<Cmd>,
    connection: &mut MultiplexedConnection,
) -> RedisUnavailable {
    while let Some(errand) = errands.recv().await {
        if let Err(error) = connection.send_packed_command(&errand).await {
            return error.into();
        }
    }
    // all senders are gone
    RedisUnavailable::Cut
}

/// Checks that Redis answers and accepts writes, with a command that changes nothing because its
/// key does not exist. A passing refusal is noted and does not cause a reconnection.
async fn try_writing(
    node: &Node,
    connection: &mut MultiplexedConnection,
) -> Result<(), RedisUnavailable> {
    let mut write = cmd("SET");
    write.arg(node.names.node(node.id)).arg("").arg("XX");
    let start = Instant::now();
    let written: Result<(), RedisError> = write.query_async(connection).await;
    node.metrics.redis_answered(start.elapsed());
    match written.map_err(RedisUnavailable::from) {
        Ok(()) => node.refused(None),
        Err(why) if why.may_pass() => {
            node.metrics.redis_failed(why);
            node.refused(Some(why));
        }
        Err(why) => return Err(why),
    }
    Ok(())
}

/// Forgets the tickets that other nodes have redeemed: nothing stands behind them any more.
async fn forget_redeemed(
    node: &Node,
    connection: &mut MultiplexedConnection,
) -> Result<(), RedisUnavailable> {
    for tickets in node.given().chunks(CHUNK) {
        let mut exist = pipe();
        for ticket in tickets {
            exist.exists(node.names.ticket(ticket));
        }
        let exist: Result<Vec<bool>, RedisError> = exist.query_async(connection).await;
        let exist = match exist.map_err(RedisUnavailable::from) {
            Ok(exist) => exist,
            // they expire
            Err(why) if why.may_pass() => return Ok(()),
            Err(why) => return Err(why),
        };
        for (ticket, _) in tickets.iter().zip(exist).filter(|(_, exists)| !exists) {
            node.redeemed(ticket);
            node.redeemed_elsewhere.notify_one();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use RedisUnavailable::{Cut, Password};

    #[tokio::test(start_paused = true)]
    async fn r56_a_loss_is_told_once_for_each_reason_and_at_a_bounded_pace() {
        let mut told = Told::default();
        assert!(told.connected());
        assert!(told.lost(Cut, Instant::now()));
        assert!(!told.lost(Password, Instant::now()), "too soon");
        tokio::time::advance(TELL).await;
        assert!(!told.lost(Cut, Instant::now()), "no news");
        assert!(told.lost(Password, Instant::now()));
        assert!(told.connected());
        // one that comes and goes all the time
        assert!(!told.lost(Cut, Instant::now()));
        assert!(!told.connected());
        tokio::time::advance(TELL).await;
        assert!(told.lost(Cut, Instant::now()));
    }
}
