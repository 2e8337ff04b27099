//! A node's side of the fleet: its sessions, and requests of other nodes about them.
//!
//! Commands about one session are sent in order: a handshake token is stored before the phone has
//! it, and deleted after that.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use ra_core::MonoTime;
use ra_crypto::PUBLIC_KEY_BYTES;
use ra_proto::{CloseCode, Ticket};
use redis::aio::MultiplexedConnection;
use redis::{Cmd, PushInfo, PushKind, Value, cmd};
use tokio::sync::{Notify, mpsc};

use super::calls::Calls;
use super::names::{Names, NodeId, Record};
use super::scripts;
use super::unavailable::RedisUnavailable;
use super::wire::{Answer, Ask, Leave, Reply, Request, Scan};
use crate::base::clock::Clock;
use crate::base::entropy::EntropySource;
use crate::base::lock::lock;
use crate::observe::log::Event;
use crate::observe::metrics::Metrics;
use crate::observe::problem::Problem;
use crate::session::registry::{Left, SessionId};
use crate::session::registry::{PendingDecision, Registry, SessionHandle};
use crate::session::ttl_map::{Digest, TtlMap, digest};

/// State shared by calls, sessions and the connection.
pub(super) struct Node {
    pub(super) id: NodeId,
    pub(super) names: Names,
    pub(super) clock: Clock,
    pub(super) registry: Arc<Registry>,
    pub(super) entropy: EntropySource,
    pub(super) metrics: Arc<Metrics>,
    pub(super) within: Duration,
    pub(super) handshake_millis: u64,
    pub(super) calls: Calls,
    /// Set while Redis answers and knows all our sessions.
    pub(super) connection: Mutex<Option<MultiplexedConnection>>,
    /// Reason a Redis that answers cannot take logins.
    refuses: Mutex<Option<RedisUnavailable>>,
    /// Commands queued for Redis, in order. If the queue is full, the node reconnects and sends its
    /// current state.
    pub(super) outbox: mpsc::Sender<Cmd>,
    pub(super) behind: Notify,
    /// Sessions that Redis does not know yet, each with its deadline.
    unannounced: Mutex<VecDeque<(MonoTime, Weak<SessionHandle>)>>,
    /// Tickets sent over this node's sockets. Their desktops are likely to redeem them here too.
    given: TtlMap<()>,
    pub(super) redeemed_elsewhere: Notify,
    closed: AtomicBool,
    joined: Mutex<Joined>,
}

/// Past connections, and the time until which other nodes may still be reconnecting.
#[derive(Default)]
struct Joined {
    before: bool,
    others_until: MonoTime,
}

/// Parts that a node is built from.
pub(super) struct Parts {
    pub(super) id: NodeId,
    pub(super) names: Names,
    pub(super) clock: Clock,
    pub(super) registry: Arc<Registry>,
    pub(super) entropy: EntropySource,
    pub(super) metrics: Arc<Metrics>,
    pub(super) within: Duration,
    pub(super) handshake_millis: u64,
    pub(super) given: TtlMap<()>,
}

impl Node {
    pub(super) fn new(parts: Parts, outbox: mpsc::Sender<Cmd>) -> Self {
        Self {
            id: parts.id,
            names: parts.names,
            clock: parts.clock,
            registry: parts.registry,
            entropy: parts.entropy,
            metrics: parts.metrics,
            within: parts.within,
            handshake_millis: parts.handshake_millis,
            calls: Calls::default(),
            connection: Mutex::default(),
            refuses: Mutex::default(),
            outbox,
            behind: Notify::new(),
            unannounced: Mutex::default(),
            given: parts.given,
            redeemed_elsewhere: Notify::new(),
            closed: AtomicBool::new(false),
            joined: Mutex::default(),
        }
    }

    /// Drops the connection because the gateway is gone. Steps in progress fail.
    pub(super) fn close_for_good(&self) {
        self.closed.store(true, Ordering::Release);
        *lock(&self.connection) = None;
    }

    pub(super) fn set_connection(&self, connection: Option<MultiplexedConnection>) {
        if connection.is_some() {
            self.joins();
        }
        let mut current = lock(&self.connection);
        *current = connection.filter(|_| !self.closed.load(Ordering::Acquire));
    }

    /// Notes that Redis knows our sessions. After a reconnection the other nodes may be
    /// reconnecting too: this waits for their longest pause and their time to connect.
    fn joins(&self) {
        let mut joined = lock(&self.joined);
        if joined.before {
            let wait = super::link::LONGEST_PAUSE + self.within;
            joined.others_until = self.clock.now().saturating_add(wait);
        }
        joined.before = true;
    }

    /// Error for a session that no node listens to: it is unknown, or its node is still
    /// reconnecting.
    pub(super) fn nobody(&self) -> Problem {
        let wait = lock(&self.joined).others_until;
        let wait = wait.saturating_since(self.clock.now());
        if wait.is_zero() {
            return Problem::UnknownSession;
        }
        Problem::Busy(wait.min(super::link::LONGEST_PAUSE))
    }

    /// Returns true if logins can begin and end.
    pub(super) fn is_up(&self) -> bool {
        lock(&self.connection).is_some() && lock(&self.refuses).is_none()
    }

    /// Notes why a Redis that answers refuses logins, or that it accepts them again.
    pub(super) fn refused(&self, why: Option<RedisUnavailable>) {
        let before = std::mem::replace(&mut *lock(&self.refuses), why);
        // a new connection logs this itself
        if before == why || why.is_none() && lock(&self.connection).is_none() {
            return;
        }
        self.metrics.log.emit(match why {
            Some(why) => Event::RedisRefuses(why),
            None => Event::RedisConnected,
        });
    }

    /// Registers a session whose QR is ready. The QR is sent once Redis leads phones to this node.
    pub(super) fn open(&self, handle: &Arc<SessionHandle>, session: &SessionId) {
        handle.defer_output();
        let until = self.clock.now().saturating_add(self.within);
        lock(&self.unannounced).push_back((until, Arc::downgrade(handle)));
        let channel = self.names.session(session);
        let newer = Request {
            node: self.id,
            call: handle.id(),
            ask: Ask::Newer,
        };
        self.say(cmd("SUBSCRIBE").arg(&channel).take());
        self.say(cmd("PUBLISH").arg(&channel).arg(newer.encode()).take());
    }

    /// Forgets a session that is over.
    pub(super) fn close(&self, left: &Left) {
        if let Some(session) = &left.session {
            let channel = self.names.session(session);
            self.say(cmd("UNSUBSCRIBE").arg(channel).take());
        }
        if let Some(handshake) = &left.handshake {
            self.forget(handshake);
        }
    }

    /// Closes sessions that Redis did not learn of in time. Their desktops reconnect.
    pub(super) fn close_overdue(&self) {
        let now = self.clock.now();
        while let Some(handle) = self.next_overdue(now) {
            if let Some(handle) = handle.upgrade()
                && handle.is_deferred()
            {
                handle.command(|guard| guard.session.shut_down(now, CloseCode::GOING_AWAY));
                handle.release_output();
            }
        }
    }

    /// All wait equally long, so the first in the queue is the first overdue.
    fn next_overdue(&self, now: MonoTime) -> Option<Weak<SessionHandle>> {
        let mut waiting = lock(&self.unannounced);
        waiting.front().filter(|(until, _)| *until <= now)?;
        waiting.pop_front().map(|(_, handle)| handle)
    }

    /// Handles a push message of Redis.
    pub(super) fn heard(&self, push: &PushInfo) {
        match (&push.kind, push.data.as_slice()) {
            (PushKind::Subscribe, [Value::BulkString(channel), ..]) => {
                self.is_known(channel);
            }
            (PushKind::Message, [Value::BulkString(channel), Value::BulkString(message)]) => {
                match self.names.session_of(channel) {
                    Some(session) => self.asked(&session, message),
                    None => self.answered(message),
                }
            }
            _ => {}
        }
    }

    fn is_known(&self, channel: &[u8]) {
        let session = self.names.session_of(channel);
        if let Some(handle) = session.and_then(|session| self.registry.find(&session)) {
            handle.release_output();
        }
    }

    fn answered(&self, message: &[u8]) {
        if let Some(reply) = Reply::decode(message) {
            self.calls.heard(reply);
        }
    }

    fn asked(&self, session: &SessionId, message: &[u8]) {
        let Some(request) = Request::decode(message) else {
            return;
        };
        let handle = self.registry.find(session);
        let answer = match (handle, request.ask) {
            (handle, Ask::Newer) => return self.replaced(request.node, handle),
            (None, _) => Some(Answer::No),
            (Some(handle), Ask::Key) => Some(self.give_leave(&handle)),
            (Some(handle), Ask::Scan(scan)) => {
                self.scanned(&handle, &scan, request.node, request.call)
            }
            (Some(handle), Ask::Approve(handshake)) => Some(self.approved(&handle, &handshake)),
            (Some(handle), Ask::Decline(handshake)) => Some(self.declined(&handle, &handshake)),
        };
        if let Some(answer) = answer {
            let call = request.call;
            self.say_to(request.node, &Reply { call, answer });
        }
    }

    /// Closes our session of a key that was proven later on another node: only the newest counts.
    fn replaced(&self, by: NodeId, handle: Option<Arc<SessionHandle>>) {
        // the registry handles sockets of this node
        if by != self.id
            && let Some(handle) = handle
        {
            let now = self.clock.now();
            handle.command(|guard| guard.session.shut_down(now, CloseCode::SESSION_TIMED_OUT));
        }
    }

    fn give_leave(&self, handle: &SessionHandle) -> Answer {
        let at = self.clock.now().as_millis();
        handle.command(|guard| {
            let scan_epoch = *guard.scan_epoch;
            let key = guard.session.public_key();
            let key: Option<Box<[u8; PUBLIC_KEY_BYTES]>> =
                key.and_then(|key| Box::<[u8]>::from(key).try_into().ok());
            key.map_or(Answer::No, |key| Answer::Key(Leave { scan_epoch, at }, key))
        })
    }

    /// Handles a scan. `None` if its answer is sent already, or if nobody waits for it any more.
    fn scanned(
        &self,
        handle: &SessionHandle,
        scan: &Scan,
        from: NodeId,
        call: u64,
    ) -> Option<Answer> {
        let now = self.clock.now();
        let given = MonoTime::from_millis(scan.leave.at);
        if given > now || now >= given.saturating_add(self.within) {
            return None;
        }
        // a random string: it names nobody, and only the desktop gets it
        let ticket = Ticket::new(self.entropy.secret().ok()?);
        let shown = handle.command(|guard| {
            if *guard.scan_epoch != scan.leave.scan_epoch {
                return Err(Answer::Again);
            }
            let record = Record {
                bond: scan.bond,
                ticket: digest(ticket.expose()),
                public_key: guard.session.public_key().ok_or(Answer::No)?.into(),
            };
            let pending = PendingDecision {
                handshake: scan.handshake,
                ticket: Some(ticket),
            };
            let shown = guard.session.attach_sealed(now, &scan.user);
            shown.map_err(|_| Answer::No)?;
            *guard.scan_epoch = guard.scan_epoch.wrapping_add(1);
            // sent under the session's lock, so before the session can end
            if let Some(replaced) = guard.pending.replace(Box::new(pending)) {
                self.forget(&replaced.handshake);
            }
            let yes = Reply {
                call,
                answer: Answer::Yes,
            };
            self.say(scripts::keep(
                &self.names.handshake(&scan.handshake),
                &record.encode(),
                self.handshake_millis,
                &self.names.node(from),
                &yes.encode(),
            ));
            Ok(())
        });
        shown.err()
    }

    fn approved(&self, handle: &SessionHandle, handshake: &Digest) -> Answer {
        let now = self.clock.now();
        handle.command(|guard| {
            let ticket = guard.spend(handshake).and_then(|pending| pending.ticket);
            let Some(ticket) = ticket.filter(|ticket| guard.session.approve(now, ticket).is_ok())
            else {
                return Answer::No;
            };
            // if there is no room, a drain does not wait for this ticket
            let _ = self.given.insert(now, digest(ticket.expose()), ());
            Answer::Yes
        })
    }

    /// Notes that a ticket was redeemed.
    pub(super) fn redeemed(&self, ticket: &Digest) {
        self.given.remove(ticket);
    }

    /// Returns the tickets sent here and not known to be redeemed.
    pub(super) fn given(&self) -> Vec<Digest> {
        self.given.keys(self.clock.now())
    }

    /// Number of tickets sent here and not known to be redeemed.
    pub(super) fn tickets(&self) -> u32 {
        let tickets = self.given.count(self.clock.now());
        u32::try_from(tickets).unwrap_or(u32::MAX)
    }

    /// Expiry of the last ticket that is not redeemed yet.
    pub(super) fn last_ticket_until(&self) -> Option<MonoTime> {
        self.given.empty_at(self.clock.now())
    }

    fn declined(&self, handle: &SessionHandle, handshake: &Digest) -> Answer {
        let now = self.clock.now();
        handle.command(|guard| match guard.spend(handshake) {
            Some(_) if guard.session.decline(now).is_ok() => Answer::Yes,
            _ => Answer::No,
        })
    }

    fn forget(&self, handshake: &Digest) {
        self.say(cmd("UNLINK").arg(self.names.handshake(handshake)).take());
    }

    fn say_to(&self, node: NodeId, reply: &Reply) {
        let channel = self.names.node(node);
        self.say(cmd("PUBLISH").arg(channel).arg(reply.encode()).take());
    }

    /// Queues a command without waiting. If the queue is full, the node reconnects and sends its
    /// state.
    fn say(&self, mut command: Cmd) {
        command.set_no_response(true);
        if let Err(mpsc::error::TrySendError::Full(_)) = self.outbox.try_send(command) {
            self.behind.notify_one();
        }
    }
}
