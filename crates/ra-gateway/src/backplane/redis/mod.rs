//! The backplane of a fleet: a Redis that all its nodes share. `docs/scaling.md` lists its keys
//! and messages, and what each failure does.
//!
//! The node with a session's socket alone decides about it. It listens to a channel of the
//! session's own; a call that needs the session publishes to that channel and is answered on the
//! channel of the node that it reached. Handshake tokens, tickets and second factors stand in keys
//! that expire, so that they work on every node and outlive the node.

mod calls;
mod config;
mod link;
mod logins;
mod names;
mod node;
mod scripts;
mod second_factor;
mod unavailable;
mod wire;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use ra_core::MonoTime;
use ra_crypto::Backend;
use ra_proto::{Fingerprint, HandshakeToken, MfaTicket, MfaToken, Ticket, User};
use redis::{Cmd, FromRedisValue, RedisError, cmd};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, timeout};

use super::{Backplane, Step};
use crate::base::clock::Clock;
use crate::base::lock::lock;
use crate::config::Config;
use crate::observe::metrics::Metrics;
use crate::observe::problem::Problem;
use crate::session::registry::{Left, SessionId};
use crate::session::registry::{Registry, SessionHandle};
use crate::session::ttl_map::TtlMap;
use link::Link;
use names::{Names, NodeId};
use node::{Node, Parts};
use scripts::Tries;
use wire::{Answer, Ask, Request};

pub use config::{Redis, RedisUrlError};
pub use unavailable::RedisUnavailable;

/// Most commands that may wait for Redis. With more, the connection is made anew.
const OUTBOX: usize = 16 * 1024;
/// Interval at which sessions that Redis does not know in time are closed.
const SWEEP: Duration = Duration::from_millis(250);
const MFA_WINDOW: Duration = Duration::from_secs(300);

/// The backplane of one node in a fleet.
pub(super) struct Fleet {
    node: Arc<Node>,
    backend: Arc<dyn Backend>,
    ticket_millis: u64,
    mfa_ticket_millis: u64,
    mfa_token_millis: u64,
    tries: Tries,
    tasks: [JoinHandle<()>; 2],
}

impl Fleet {
    pub(super) async fn join(
        redis: &Redis,
        config: &Config,
        backend: &Arc<dyn Backend>,
        registry: &Arc<Registry>,
        clock: Clock,
        metrics: &Arc<Metrics>,
    ) -> io::Result<Self> {
        let mut id = [0; 16];
        let drawn = config.entropy.open().fill(&mut id);
        drawn.map_err(|_| io::Error::other("no randomness"))?;
        let capacity = usize::try_from(config.limits.sessions).unwrap_or(usize::MAX);
        let parts = Parts {
            id: NodeId(id),
            names: Names::new(redis.prefix.clone()),
            clock,
            registry: Arc::clone(registry),
            entropy: config.entropy.clone(),
            metrics: Arc::clone(metrics),
            within: redis.within,
            handshake_millis: millis(config.lifetimes.handshake_token),
            given: TtlMap::new(capacity, config.lifetimes.ticket),
        };
        let (outbox, errands) = mpsc::channel(OUTBOX);
        let node = Arc::new(Node::new(parts, outbox));
        let mut link = Link::new(&node, redis.connection(), errands);
        link.join().await?;
        let sweeping = Arc::clone(&node);
        let sweep = async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                sweeping.close_overdue();
            }
        };
        Ok(Self {
            tasks: [tokio::spawn(link.keep()), tokio::spawn(sweep)],
            node,
            backend: Arc::clone(backend),
            ticket_millis: millis(config.lifetimes.ticket),
            mfa_ticket_millis: millis(config.lifetimes.mfa_ticket),
            mfa_token_millis: millis(config.lifetimes.mfa_token),
            tries: Tries {
                by_ticket: config.limits.mfa_tries_per_ticket,
                by_account: config.limits.mfa_tries_per_account,
                window_millis: millis(MFA_WINDOW),
            },
        })
    }

    /// Runs a step within its time limit.
    fn step<'a, T: Send + 'a>(
        &'a self,
        step: impl Future<Output = Result<T, Problem>> + Send + 'a,
    ) -> Step<'a, T> {
        Box::pin(async move {
            let ended = timeout(self.node.within, step).await;
            ended.unwrap_or(Err(Problem::BUSY))
        })
    }

    /// Sends one command. The caller may try again after any failure.
    async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Problem> {
        let connection = lock(&self.node.connection).clone();
        let mut connection = connection.ok_or(Problem::BUSY)?;
        let start = Instant::now();
        let answer = command.query_async(&mut connection).await;
        self.node.metrics.redis_answered(start.elapsed());
        answer.map_err(|error: RedisError| {
            self.node.metrics.redis_command_failed(error.into());
            Problem::BUSY
        })
    }

    /// Asks the node that has the session's socket.
    async fn ask(&self, session: &SessionId, ask: Ask) -> Result<Answer, Problem> {
        let mut call = self.node.calls.open()?;
        let request = Request {
            node: self.node.id,
            call: call.id,
            ask,
        };
        let channel = self.node.names.session(session);
        let heard: u64 = self
            .query(cmd("PUBLISH").arg(channel).arg(request.encode()))
            .await?;
        if heard == 0 {
            return Err(self.node.nobody());
        }
        call.answer().await
    }
}

impl Backplane for Fleet {
    fn is_up(&self) -> bool {
        self.node.is_up()
    }

    fn open(&self, handle: &Arc<SessionHandle>, session: &SessionId) {
        self.node.open(handle, session);
    }

    fn close(&self, left: Left) {
        self.node.close(&left);
    }

    fn scan<'a>(
        &'a self,
        fingerprint: &'a Fingerprint,
        user: &'a User,
    ) -> Step<'a, HandshakeToken> {
        self.step(self.scan(fingerprint, user))
    }

    fn may_decide<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, Box<[u8]>> {
        self.step(self.may_decide(account, token))
    }

    fn approve<'a>(
        &'a self,
        user: &'a User,
        token: &'a HandshakeToken,
        sealed: Box<[u8]>,
    ) -> Step<'a, ()> {
        self.step(async move { self.decide(user.id, token, Some(&sealed)).await })
    }

    fn decline<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, ()> {
        self.step(self.decide(account, token, None))
    }

    fn redeem<'a>(&'a self, ticket: &'a Ticket) -> Step<'a, Box<[u8]>> {
        self.step(self.redeem(ticket))
    }

    fn ask(&self, account: u64) -> Step<'_, MfaTicket> {
        self.step(self.ask_mfa(account))
    }

    fn count<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, ()> {
        self.step(self.count(account, ticket))
    }

    fn pass<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, MfaToken> {
        self.step(self.pass(account, ticket))
    }

    fn has_passed<'a>(&'a self, account: u64, token: &'a MfaToken) -> Step<'a, bool> {
        self.step(self.has_passed(account, token))
    }

    fn tickets(&self) -> u32 {
        self.node.tickets()
    }

    fn last_ticket_until(&self) -> Option<MonoTime> {
        self.node.last_ticket_until()
    }

    fn redeemed_elsewhere(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.node.redeemed_elsewhere.notified())
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.node.close_for_good();
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis())
        .unwrap_or(u64::MAX)
        .max(1)
}
