//! Connected desktops: one handle for each socket, found by fingerprint once its QR code is shown.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use ra_core::gateway::{Input, Output, Session};
use ra_core::{Deadline, MonoTime};
use ra_crypto::Entropy;
use ra_proto::{CloseCode, Fingerprint, Ticket};

use crate::base::lock::lock;
use crate::observe::reason::SessionPhase;
use crate::session::ttl_map::Digest;

/// The machine of one socket. The socket's task feeds it; REST calls reach into it and wake that
/// task. The lock is output_deferred for one step of the machine, never across a wait.
pub(crate) struct SessionHandle {
    id: u64,
    inner: Mutex<Inner>,
}

struct Inner {
    session: Session,
    entropy: Box<dyn Entropy + Send>,
    /// Wakes the task that carries out the effects of a REST call.
    waker: Option<Waker>,
    /// The decision that is open. A pointer, since most sessions of a node still wait for a scan.
    pending: Option<Box<PendingDecision>>,
    /// Number of scans so far. Tells a late scan from a current one.
    scan_epoch: u32,
    /// Output waits until the backplane knows the session.
    output_deferred: bool,
}

/// The one handshake token that may decide a session.
pub(crate) struct PendingDecision {
    pub(crate) handshake: Digest,
    /// Ticket for the desktop after an approval, if it is made beforehand.
    #[cfg_attr(not(feature = "redis"), allow(dead_code))] // one node makes it when it is due
    pub(crate) ticket: Option<Ticket>,
}

impl PendingDecision {
    pub(crate) fn new(handshake: Digest) -> Self {
        Self {
            handshake,
            ticket: None,
        }
    }
}

impl SessionHandle {
    /// For the socket's own task.
    pub(crate) fn handle(&self, now: MonoTime, input: Input<'_>) {
        let Inner {
            session, entropy, ..
        } = &mut *lock(&self.inner);
        session.handle(now, input, &mut **entropy);
    }

    /// For the socket's own task: what is to be done. With nothing left, `waker` is woken for more.
    pub(crate) fn poll_output(&self, waker: &Waker) -> Option<Output> {
        let mut inner = lock(&self.inner);
        let output = if inner.output_deferred {
            None
        } else {
            inner.session.poll_output()
        };
        if output.is_none() {
            match &mut inner.waker {
                Some(known) => known.clone_from(waker),
                none => *none = Some(waker.clone()),
            }
        }
        output
    }

    /// For the socket's own task: the fingerprint, once the proof was right.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint> {
        lock(&self.inner).session.fingerprint()
    }

    /// For the socket's own task.
    pub(crate) fn deadline(&self) -> Option<Deadline> {
        lock(&self.inner).session.deadline()
    }

    /// Reaches into the session from elsewhere and has its task carry out what that causes.
    pub(crate) fn command<R>(&self, command: impl FnOnce(&mut SessionGuard<'_>) -> R) -> R {
        let mut inner = lock(&self.inner);
        let Inner {
            session,
            entropy,
            pending,
            scan_epoch,
            ..
        } = &mut *inner;
        let result = command(&mut SessionGuard {
            session,
            entropy: &mut **entropy,
            pending,
            scan_epoch,
        });
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
        result
    }

    /// Keeps back all that the session has to say until it is [released](Self::release_output).
    #[cfg(feature = "redis")]
    pub(crate) fn defer_output(&self) {
        lock(&self.inner).output_deferred = true;
    }

    /// Lets the session speak. Says whether it was output_deferred.
    #[cfg(feature = "redis")]
    pub(crate) fn release_output(&self) -> bool {
        let mut inner = lock(&self.inner);
        let was_deferred = std::mem::take(&mut inner.output_deferred);
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
        was_deferred
    }

    /// Returns true if the session's output is deferred.
    #[cfg(feature = "redis")]
    pub(crate) fn is_deferred(&self) -> bool {
        lock(&self.inner).output_deferred
    }

    /// The handshake token that may decide this session.
    #[cfg(feature = "redis")]
    pub(crate) fn handshake(&self) -> Option<Digest> {
        lock(&self.inner).pending.as_ref().map(|s| s.handshake)
    }

    /// Returns true if a phone has scanned and may still decide.
    pub(crate) fn is_scanned(&self) -> bool {
        lock(&self.inner).pending.is_some()
    }

    /// Which of this node's sockets it is, counted from 0.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }
}

/// A session within reach.
pub(crate) struct SessionGuard<'a> {
    pub(crate) session: &'a mut Session,
    pub(crate) entropy: &'a mut dyn Entropy,
    pub(crate) pending: &'a mut Option<Box<PendingDecision>>,
    #[cfg_attr(not(feature = "redis"), allow(dead_code))] // one node needs no such number
    pub(crate) scan_epoch: &'a mut u32,
}

impl SessionGuard<'_> {
    /// Uses up the right to decide, if it is this token's.
    pub(crate) fn spend(&mut self, handshake: &Digest) -> Option<Box<PendingDecision>> {
        self.pending.take_if(|s| s.handshake == *handshake)
    }
}

/// Identifies a session: a digest of its fingerprint, so that a reader of the backplane learns no
/// code to scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(pub(crate) Digest);

impl SessionId {
    pub(crate) fn of(fingerprint: &Fingerprint) -> Self {
        Self(ra_crypto::sha256(fingerprint.as_bytes()))
    }
}

/// Entries that a session leaves behind.
pub(crate) struct Left {
    /// Its id, unless a newer socket has it.
    #[cfg_attr(not(feature = "redis"), allow(dead_code))] // nobody else knows of it
    pub(crate) session: Option<SessionId>,
    /// Its handshake token, which is void now.
    pub(crate) handshake: Option<Digest>,
}

/// All sockets.
#[derive(Default)]
pub(crate) struct Registry {
    next: AtomicU64,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    live: HashMap<u64, Arc<SessionHandle>>,
    ready: HashMap<SessionId, Arc<SessionHandle>>,
}

impl Registry {
    /// Adds a socket that has opened.
    pub(crate) fn enter(
        &self,
        session: Session,
        entropy: Box<dyn Entropy + Send>,
    ) -> Arc<SessionHandle> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let inner = Mutex::new(Inner {
            session,
            entropy,
            waker: None,
            pending: None,
            scan_epoch: 0,
            output_deferred: false,
        });
        let handle = Arc::new(SessionHandle { id, inner });
        lock(&self.tables).live.insert(id, Arc::clone(&handle));
        handle
    }

    /// A QR is out: it is found by phones that name its fingerprint from now on. If another socket
    /// has proven the same key before, it is returned: only the newest is found.
    pub(crate) fn ready(
        &self,
        session: SessionId,
        handle: &Arc<SessionHandle>,
    ) -> Option<Arc<SessionHandle>> {
        lock(&self.tables).ready.insert(session, Arc::clone(handle))
    }

    /// Removes a session that is over.
    pub(crate) fn leave(&self, handle: &SessionHandle, session: Option<SessionId>) -> Left {
        let mut tables = lock(&self.tables);
        tables.live.remove(&handle.id);
        let session = session.filter(|session| {
            let is_found = tables.ready.get(session).is_some_and(|s| s.id == handle.id);
            if is_found {
                tables.ready.remove(session);
            }
            is_found
        });
        drop(tables);
        let pending = lock(&handle.inner).pending.take();
        Left {
            session,
            handshake: pending.map(|pending| pending.handshake),
        }
    }

    /// Finds a session.
    pub(crate) fn find(&self, session: &SessionId) -> Option<Arc<SessionHandle>> {
        lock(&self.tables).ready.get(session).cloned()
    }

    /// Returns all sessions that phones can find, with their ids.
    #[cfg(feature = "redis")]
    pub(crate) fn all_ready(&self) -> Vec<(SessionId, Arc<SessionHandle>)> {
        let tables = lock(&self.tables);
        let pairs = tables.ready.iter();
        pairs
            .map(|(id, handle)| (*id, Arc::clone(handle)))
            .collect()
    }

    /// Phases of all sessions that are not over. Looks at each.
    pub(crate) fn phases(&self) -> Vec<SessionPhase> {
        let all: Vec<Arc<SessionHandle>> = lock(&self.tables).live.values().cloned().collect();
        let phases = all.iter().map(|handle| lock(&handle.inner).session.phase());
        phases.filter_map(SessionPhase::of).collect()
    }

    /// Closes all sockets.
    pub(crate) fn shut_down(&self, now: MonoTime, code: CloseCode) {
        let all: Vec<Arc<SessionHandle>> = lock(&self.tables).live.values().cloned().collect();
        for handle in all {
            handle.command(|guard| guard.session.shut_down(now, code));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ra_testkit::{Fake, SeededEntropy};

    fn enter(registry: &Registry) -> Arc<SessionHandle> {
        let session = Session::new(Arc::default(), Arc::new(Fake), MonoTime::ZERO);
        registry.enter(session, Box::new(SeededEntropy::new(1)))
    }

    #[test]
    fn r55_who_has_left_is_forgotten() {
        let registry = Registry::default();
        let session = SessionId([7; 32]);
        let handle = enter(&registry);
        assert!(registry.ready(session, &handle).is_none());
        assert!(registry.find(&session).is_some());
        registry.leave(&handle, Some(session));
        assert!(registry.find(&session).is_none());
        assert_eq!(Arc::strong_count(&handle), 1, "nobody else holds it");
    }

    #[test]
    fn who_leaves_late_does_not_take_the_newer_one_along() {
        let registry = Registry::default();
        let session = SessionId([7; 32]);
        let (old, new) = (enter(&registry), enter(&registry));
        registry.ready(session, &old);
        assert_eq!(registry.ready(session, &new).unwrap().id, old.id);
        registry.leave(&old, Some(session));
        assert_eq!(registry.find(&session).unwrap().id, new.id);
    }
}
