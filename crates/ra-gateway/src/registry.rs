//! Who is connected: one slot a socket, found by fingerprint once its QR is out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use ra_core::gateway::{Input, Output, Session};
use ra_core::{Deadline, MonoTime};
use ra_crypto::Entropy;
use ra_proto::{CloseCode, Fingerprint};

use crate::lock::lock;
use crate::vault::Digest;

/// One socket's machine. Its own task feeds it; REST calls reach into it and wake that task.
/// The lock is held for one step of the machine, never across a wait.
pub(crate) struct Slot {
    id: u64,
    inner: Mutex<Inner>,
}

struct Inner {
    session: Session,
    entropy: Box<dyn Entropy + Send>,
    /// Who carries out what a REST call caused.
    waker: Option<Waker>,
    /// The one handshake token that may decide this session.
    handshake: Option<Digest>,
}

impl Slot {
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
        let output = inner.session.poll_output();
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
    pub(crate) fn command<R>(&self, command: impl FnOnce(&mut Hold<'_>) -> R) -> R {
        let mut inner = lock(&self.inner);
        let Inner {
            session,
            entropy,
            handshake,
            ..
        } = &mut *inner;
        let result = command(&mut Hold {
            session,
            entropy: &mut **entropy,
            handshake,
        });
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
        result
    }
}

/// A session within reach.
pub(crate) struct Hold<'a> {
    pub(crate) session: &'a mut Session,
    pub(crate) entropy: &'a mut dyn Entropy,
    pub(crate) handshake: &'a mut Option<Digest>,
}

/// All sockets.
#[derive(Default)]
pub(crate) struct Registry {
    next: AtomicU64,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    live: HashMap<u64, Arc<Slot>>,
    ready: HashMap<Fingerprint, Arc<Slot>>,
}

impl Registry {
    /// A socket has opened.
    pub(crate) fn enter(&self, session: Session, entropy: Box<dyn Entropy + Send>) -> Arc<Slot> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let inner = Mutex::new(Inner {
            session,
            entropy,
            waker: None,
            handshake: None,
        });
        let slot = Arc::new(Slot { id, inner });
        lock(&self.tables).live.insert(id, Arc::clone(&slot));
        slot
    }

    /// A QR is out: phones may name its fingerprint from now on. If another socket has proven the
    /// same key before, it is returned: only the newest is found.
    pub(crate) fn ready(&self, fingerprint: Fingerprint, slot: &Arc<Slot>) -> Option<Arc<Slot>> {
        lock(&self.tables)
            .ready
            .insert(fingerprint, Arc::clone(slot))
    }

    /// A socket's session is over. Returns the handshake token that has died with it.
    pub(crate) fn leave(&self, slot: &Slot, fingerprint: Option<Fingerprint>) -> Option<Digest> {
        let mut tables = lock(&self.tables);
        tables.live.remove(&slot.id);
        if let Some(fingerprint) = fingerprint
            && tables
                .ready
                .get(&fingerprint)
                .is_some_and(|found| found.id == slot.id)
        {
            tables.ready.remove(&fingerprint);
        }
        drop(tables);
        lock(&slot.inner).handshake.take()
    }

    /// The socket whose QR has this fingerprint.
    pub(crate) fn find(&self, fingerprint: &Fingerprint) -> Option<Arc<Slot>> {
        lock(&self.tables).ready.get(fingerprint).cloned()
    }

    /// Closes all sockets.
    pub(crate) fn shut_down(&self, now: MonoTime, code: CloseCode) {
        let all: Vec<Arc<Slot>> = lock(&self.tables).live.values().cloned().collect();
        for slot in all {
            slot.command(|hold| hold.session.shut_down(now, code));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ra_testkit::{Fake, SeededEntropy};

    fn enter(registry: &Registry) -> Arc<Slot> {
        let session = Session::new(Arc::default(), Arc::new(Fake), MonoTime::ZERO);
        registry.enter(session, Box::new(SeededEntropy::new(1)))
    }

    #[test]
    fn r55_who_has_left_is_forgotten() {
        let registry = Registry::default();
        let fingerprint = Fingerprint::from_bytes([7; 32]);
        let slot = enter(&registry);
        assert!(registry.ready(fingerprint, &slot).is_none());
        assert!(registry.find(&fingerprint).is_some());
        registry.leave(&slot, Some(fingerprint));
        assert!(registry.find(&fingerprint).is_none());
        assert_eq!(Arc::strong_count(&slot), 1, "nobody else holds it");
    }

    #[test]
    fn who_leaves_late_does_not_take_the_newer_one_along() {
        let registry = Registry::default();
        let fingerprint = Fingerprint::from_bytes([7; 32]);
        let (old, new) = (enter(&registry), enter(&registry));
        registry.ready(fingerprint, &old);
        assert_eq!(registry.ready(fingerprint, &new).unwrap().id, old.id);
        registry.leave(&old, Some(fingerprint));
        assert_eq!(registry.find(&fingerprint).unwrap().id, new.id);
    }
}
