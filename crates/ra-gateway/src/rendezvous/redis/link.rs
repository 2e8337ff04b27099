//! The one connection of a node to its Redis: keeps it, and makes it anew.
//!
//! ```text
//!          connected             all our channels subscribed,
//!   Down ────────────► Joining ──────────────────────────────► Up ──┐
//!    ▲    after a pause   │      lost sessions closed               │ lost, silent, or behind
//!    └────────────────────┴─────────────────────────────────────────┘
//! ```

use std::fmt;
use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use ra_core::MonoTime;
use ra_proto::CloseCode;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, PushInfo, PushKind, RedisError,
    cmd, pipe,
};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::node::Node;
use crate::registry::Slot;
use crate::rendezvous::SessionId;
use crate::vault::Digest;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How often Redis is asked whether it is there.
const PULSE: Duration = Duration::from_secs(1);
/// How many commands may wait inside of the client.
const PIPELINE: usize = 1024;
/// How many channels are subscribed at a time after a reconnection.
const CHUNK: usize = 1000;

/// Why a node cannot join its fleet; inside of the error that
/// [`Gateway::bind`](crate::Gateway::bind) answers. Says nothing that the other side has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedisUnavailable {
    /// Nothing listens at its address.
    Refused,
    /// It did not answer within [`Redis::within`](crate::Redis::within).
    TimedOut,
    /// User or password are wrong, or missing.
    Password,
    /// The user may not use a command or a name that a node has to.
    Forbidden,
    /// It is older than 6.2.
    TooOld,
    /// Anything else: it cannot be reached, or it is no Redis.
    Unreachable,
}

impl fmt::Display for RedisUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "nothing listens there",
            Self::TimedOut => "no answer in time",
            Self::Password => "user or password are wrong",
            Self::Forbidden => "this user may not do what a node has to",
            Self::TooOld => "too old: it has to be a Redis 6.2 or later",
            Self::Unreachable => "it cannot be reached, or is no Redis",
        })
    }
}

impl std::error::Error for RedisUnavailable {}

impl From<RedisError> for RedisUnavailable {
    fn from(error: RedisError) -> Self {
        match error.kind() {
            ErrorKind::AuthenticationFailed => Self::Password,
            ErrorKind::RESP3NotSupported => Self::TooOld,
            _ if error.is_timeout() => Self::TimedOut,
            _ if error.is_connection_refusal() => Self::Refused,
            _ => match error.code() {
                Some("NOAUTH" | "WRONGPASS") => Self::Password,
                Some("NOPERM") => Self::Forbidden,
                _ => Self::Unreachable,
            },
        }
    }
}

impl From<RedisUnavailable> for io::Error {
    fn from(error: RedisUnavailable) -> Self {
        let kind = match error {
            RedisUnavailable::Refused => io::ErrorKind::ConnectionRefused,
            RedisUnavailable::TimedOut => io::ErrorKind::TimedOut,
            RedisUnavailable::Password | RedisUnavailable::Forbidden => {
                io::ErrorKind::PermissionDenied
            }
            RedisUnavailable::TooOld => io::ErrorKind::Unsupported,
            RedisUnavailable::Unreachable => io::ErrorKind::NotConnected,
        };
        Self::new(kind, error)
    }
}

/// Keeps a node connected.
pub(super) struct Link {
    node: Arc<Node>,
    to: ConnectionInfo,
    errands: mpsc::Receiver<Cmd>,
    /// Of the connection that counts; told when it is gone.
    gone: Arc<Notify>,
}

impl Link {
    pub(super) fn new(node: &Arc<Node>, to: ConnectionInfo, errands: mpsc::Receiver<Cmd>) -> Self {
        Self {
            node: Arc::clone(node),
            to,
            errands,
            gone: Arc::default(),
        }
    }

    /// Connects for the first time.
    pub(super) async fn join(&mut self) -> Result<(), RedisUnavailable> {
        let mut connection = self.connect().await?;
        // what a node does all the time; said here, where somebody reads it, if it may not
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
        self.rejoin(&mut connection).await?;
        self.node.set_connection(Some(connection));
        Ok(())
    }

    /// Goes on for ever. Whoever drops it ends it.
    pub(super) async fn keep(mut self) {
        loop {
            let connection = lock_connection(&self.node);
            if let Some(mut connection) = connection {
                self.serve(&mut connection).await;
                self.node.set_connection(None);
                self.node.metrics.redis_lost();
            }
            self.reconnect().await;
        }
    }

    /// Until the connection is of no use any more.
    async fn serve(&mut self, connection: &mut MultiplexedConnection) {
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut asked = connection.clone();
        let (node, gone) = (Arc::clone(&self.node), Arc::clone(&self.gone));
        let pulse = async {
            loop {
                pulse.tick().await;
                let start = Instant::now();
                let answer: Result<(), _> = cmd("PING").query_async(&mut asked).await;
                node.metrics.redis_answered(start.elapsed());
                if answer.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            () = pulse => {}
            () = gone.notified() => {}
            () = node.behind.notified() => {}
            () = say_all(&mut self.errands, connection) => {}
        }
    }

    async fn reconnect(&mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            // all nodes have lost it at once: they do not come back at once
            sleep(self.spread(pause)).await;
            if let Ok(mut connection) = self.connect().await
                && self.rejoin(&mut connection).await.is_ok()
            {
                self.node.set_connection(Some(connection));
                return;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// From three quarters of `about` to all of it.
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
        // runs on the connection's own task, for each thing that Redis says unasked: what is not
        // taken waits in Redis
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
        let connection = Client::open(self.to.clone())?
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        self.node.metrics.redis_connected();
        Ok(connection)
    }

    /// Tells a Redis that may know nothing of us all that it has to know. Sessions whose handshake
    /// token it has lost end: no phone can decide them any more.
    async fn rejoin(&mut self, connection: &mut MultiplexedConnection) -> Result<(), RedisError> {
        // it is all said anew, from what is so now
        while self.errands.try_recv().is_ok() {}
        let _ = self.node.behind.notified().now_or_never();
        // whoever is scanned from here on is none of those who may have been lost
        let sessions = self.node.registry.all_ready();
        let scanned: Vec<(Arc<Slot>, Digest)> = sessions
            .iter()
            .filter_map(|(_, slot)| Some((Arc::clone(slot), slot.handshake()?)))
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
            self.close_lost(connection, chunk).await?;
        }
        Ok(())
    }

    async fn close_lost(
        &self,
        connection: &mut MultiplexedConnection,
        scanned: &[(Arc<Slot>, Digest)],
    ) -> Result<(), RedisError> {
        let mut exist = pipe();
        for (_, handshake) in scanned {
            exist.exists(self.node.names.handshake(handshake));
        }
        let exist: Vec<bool> = exist.query_async(connection).await?;
        let now: MonoTime = self.node.clock.now();
        for ((slot, handshake), _) in scanned.iter().zip(exist).filter(|(_, exists)| !exists) {
            slot.command(|hold| {
                if hold.spend(handshake).is_some() {
                    hold.session.shut_down(now, CloseCode::GOING_AWAY);
                }
            });
        }
        Ok(())
    }
}

fn lock_connection(node: &Node) -> Option<MultiplexedConnection> {
    crate::lock::lock(&node.connection).clone()
}

/// Says what is to be said, in order, without waiting for answers; until the connection does not
/// take it any more.
async fn say_all(errands: &mut mpsc::Receiver<Cmd>, connection: &mut MultiplexedConnection) {
    while let Some(errand) = errands.recv().await {
        if connection.send_packed_command(&errand).await.is_err() {
            return;
        }
    }
}
