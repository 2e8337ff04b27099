//! Places that are given back on drop.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::Address;
use crate::lock::lock;

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
}

/// One connection's place.
pub(crate) struct ConnectionPermit {
    counters: Arc<Counters>,
    _own: Option<AddressPlace>,
}

impl ConnectionPermit {
    pub(super) fn new(counters: Arc<Counters>, own: Option<AddressPlace>) -> Self {
        Self {
            counters,
            _own: own,
        }
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut taken = lock(&self.counters.connections);
        taken.all = taken.all.saturating_sub(1);
        drop(taken);
        self.counters.changed.notify_one();
    }
}

/// One connection's place among those of its address.
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

/// One session's place.
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
