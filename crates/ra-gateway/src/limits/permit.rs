//! Places that are given back on drop.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::Address;
use super::eviction_queue::EvictionQueue;
use crate::base::lock::lock;

#[derive(Default)]
pub(super) struct Counters {
    pub(super) connections: Mutex<Connections>,
    sessions: AtomicU32,
    pub(super) changed: Notify,
}

impl Counters {
    pub(super) fn sessions(&self) -> u32 {
        self.sessions.load(Ordering::Acquire)
    }
}

#[derive(Default)]
pub(super) struct Connections {
    pub(super) all: u32,
    pub(super) by_address: HashMap<Address, u32>,
    pub(super) queue: EvictionQueue<ConnectionPermit>,
}

/// A connection's place. The connection keeps it while a call is answered, and for good once a
/// desktop has proven its key. Until then it may be [asked to go](Self::asked_to_go) to make room.
pub(crate) struct ConnectionPermit {
    counters: Arc<Counters>,
    _own: Option<AddressPlace>,
    /// Its number in the eviction queue; 0 while it is not in it. Changes under the lock of the
    /// counters only.
    number: AtomicU64,
    go: Notify,
}

impl ConnectionPermit {
    /// A place, last in the eviction queue. The caller has counted it.
    pub(super) fn new(
        counters: &Arc<Counters>,
        taken: &mut Connections,
        own: Option<AddressPlace>,
    ) -> Arc<Self> {
        let permit = Arc::new(Self {
            counters: Arc::clone(counters),
            _own: own,
            number: AtomicU64::new(0),
            go: Notify::new(),
        });
        permit.wait_in(&mut taken.queue);
        permit
    }

    /// Resolves when another connection needs the place: this one has to be closed at once.
    pub(crate) async fn asked_to_go(&self) {
        self.go.notified().await;
    }

    pub(super) fn ask_to_go(&self) {
        self.go.notify_one();
    }

    /// Keeps the place while a call is answered. `None` if the connection was asked to go already: its
    /// client would not get the answer.
    pub(crate) fn answering(self: &Arc<Self>) -> Option<Answering> {
        self.stay().then(|| Answering(Arc::clone(self)))
    }

    /// Keeps the place for good. Says whether it could be kept.
    pub(crate) fn stay(&self) -> bool {
        let mut taken = lock(&self.counters.connections);
        let is_here = taken.queue.leave(self.number.load(Ordering::Relaxed));
        if is_here {
            self.number.store(0, Ordering::Relaxed);
        }
        is_here
    }

    /// Gives up the right to stay.
    pub(crate) fn may_go(self: &Arc<Self>) {
        let mut taken = lock(&self.counters.connections);
        if self.number.load(Ordering::Relaxed) == 0 {
            self.wait_in(&mut taken.queue);
        }
    }

    fn wait_in(self: &Arc<Self>, queue: &mut EvictionQueue<Self>) {
        let number = queue.join(Arc::downgrade(self));
        self.number.store(number, Ordering::Relaxed);
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut taken = lock(&self.counters.connections);
        taken.all = taken.all.saturating_sub(1);
        match self.number.load(Ordering::Relaxed) {
            0 => {}
            number => taken.queue.gone(number),
        }
        drop(taken);
        self.counters.changed.notify_one();
    }
}

/// A call that is being answered. After it the connection joins the end of the eviction queue.
pub(crate) struct Answering(Arc<ConnectionPermit>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.may_go();
    }
}

/// A connection's place among those of its address.
pub(crate) struct AddressPlace {
    counters: Arc<Counters>,
    address: Address,
}

impl AddressPlace {
    pub(super) fn new(counters: Arc<Counters>, address: Address) -> Self {
        Self { counters, address }
    }
}

impl Drop for AddressPlace {
    fn drop(&mut self) {
        let mut taken = lock(&self.counters.connections);
        if let Entry::Occupied(mut own) = taken.by_address.entry(self.address) {
            match own.get().checked_sub(1) {
                Some(left @ 1..) => drop(own.insert(left)),
                _ => drop(own.remove()),
            }
        }
    }
}

/// A session's place.
pub(crate) struct SessionPermit(Arc<Counters>);

impl SessionPermit {
    /// A place, unless `limit` are taken.
    pub(super) fn new(counters: &Arc<Counters>, limit: u32) -> Option<Self> {
        counters
            .sessions
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |taken| {
                (taken < limit).then_some(taken + 1)
            })
            .ok()?;
        Some(Self(Arc::clone(counters)))
    }
}

impl Drop for SessionPermit {
    fn drop(&mut self) {
        self.0.sessions.fetch_sub(1, Ordering::AcqRel);
        self.0.changed.notify_one();
    }
}
