//! A map of secrets that expire: handshake tokens, tickets, MFA tickets, MFA tokens.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::time::Duration;

use ra_core::MonoTime;

use crate::base::lock::lock;
use crate::observe::problem::Problem;

/// SHA-256 of a secret. The map never stores the secret itself: a reader of this memory cannot use
/// it, and the time of a look-up tells nothing about stored secrets.
pub(crate) type Digest = [u8; 32];

pub(crate) fn digest(secret: &str) -> Digest {
    ra_crypto::sha256(secret.as_bytes())
}

/// Values behind secrets, each with the same lifetime, at most `capacity` of them.
pub(crate) struct TtlMap<V> {
    capacity: usize,
    lifetime: Duration,
    entries: Mutex<Entries<V>>,
}

struct Entries<V> {
    values: HashMap<Digest, (MonoTime, V)>,
    by_expiry: BTreeSet<(MonoTime, Digest)>,
}

impl<V> TtlMap<V> {
    pub(crate) fn new(capacity: usize, lifetime: Duration) -> Self {
        let entries = Entries {
            values: HashMap::new(),
            by_expiry: BTreeSet::new(),
        };
        Self {
            capacity,
            lifetime,
            entries: Mutex::new(entries),
        }
    }

    /// Stores `value` behind the secret with this digest.
    pub(crate) fn insert(&self, now: MonoTime, key: Digest, value: V) -> Result<(), Problem> {
        let mut entries = lock(&self.entries);
        entries.expire(now);
        entries.remove(&key);
        if entries.values.len() >= self.capacity {
            return Err(Problem::BUSY);
        }
        let expiry = now.saturating_add(self.lifetime);
        entries.values.insert(key, (expiry, value));
        entries.by_expiry.insert((expiry, key));
        Ok(())
    }

    /// Looks at the value behind `secret`, which stays.
    pub(crate) fn with<R>(
        &self,
        now: MonoTime,
        secret: &str,
        look: impl FnOnce(&mut V) -> R,
    ) -> Option<R> {
        let mut entries = lock(&self.entries);
        entries.expire(now);
        entries
            .values
            .get_mut(&digest(secret))
            .map(|(_, value)| look(value))
    }

    /// Takes the value behind `secret` out if `fits` says so: nobody gets it a second time.
    pub(crate) fn take_if(
        &self,
        now: MonoTime,
        secret: &str,
        fits: impl FnOnce(&V) -> bool,
    ) -> Option<V> {
        let mut entries = lock(&self.entries);
        entries.expire(now);
        let key = digest(secret);
        match entries.values.get(&key) {
            Some((_, value)) if fits(value) => entries.remove(&key),
            _ => None,
        }
    }

    /// Forgets the secret with this digest.
    pub(crate) fn remove(&self, key: &Digest) {
        lock(&self.entries).remove(key);
    }

    /// Returns true if one more value fits.
    pub(crate) fn has_room(&self, now: MonoTime) -> bool {
        let mut entries = lock(&self.entries);
        entries.expire(now);
        entries.values.len() < self.capacity
    }

    /// Number of values.
    pub(crate) fn count(&self, now: MonoTime) -> usize {
        let mut entries = lock(&self.entries);
        entries.expire(now);
        entries.values.len()
    }

    /// The digests of all secrets that there are.
    #[cfg(feature = "redis")]
    pub(crate) fn keys(&self, now: MonoTime) -> Vec<Digest> {
        let mut entries = lock(&self.entries);
        entries.expire(now);
        entries.values.keys().copied().collect()
    }

    /// When the last value will have expired; `None` when there is none.
    pub(crate) fn empty_at(&self, now: MonoTime) -> Option<MonoTime> {
        let mut entries = lock(&self.entries);
        entries.expire(now);
        entries.by_expiry.last().map(|(expiry, _)| *expiry)
    }
}

impl<V> Entries<V> {
    fn expire(&mut self, now: MonoTime) {
        while let Some((_, key)) = self.by_expiry.first().copied().filter(|(at, _)| *at <= now) {
            self.remove(&key);
        }
    }

    fn remove(&mut self, key: &Digest) -> Option<V> {
        let (expiry, value) = self.values.remove(key)?;
        self.by_expiry.remove(&(expiry, *key));
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> MonoTime {
        MonoTime::from_millis(millis)
    }

    fn minute(capacity: usize) -> TtlMap<u32> {
        TtlMap::new(capacity, Duration::from_secs(60))
    }

    #[test]
    fn r54_a_secret_works_once() {
        let map = minute(2);
        map.insert(at(0), digest("a"), 7).unwrap();
        assert_eq!(map.take_if(at(1), "a", |_| true), Some(7));
        assert_eq!(map.take_if(at(1), "a", |_| true), None);
    }

    #[test]
    fn r54_a_secret_dies_at_its_time_and_not_before() {
        let map = minute(2);
        map.insert(at(5), digest("a"), 7).unwrap();
        assert_eq!(map.with(at(60_004), "a", |v| *v), Some(7));
        assert_eq!(map.empty_at(at(60_004)), Some(at(60_005)));
        assert_eq!(map.with(at(60_005), "a", |v| *v), None);
        assert_eq!(map.take_if(at(60_005), "a", |_| true), None);
        assert_eq!(map.empty_at(at(60_005)), None);
    }

    #[test]
    fn what_is_there_is_counted_until_it_expires() {
        let map = minute(2);
        map.insert(at(0), digest("a"), 7).unwrap();
        map.insert(at(10), digest("b"), 7).unwrap();
        assert_eq!(map.count(at(59_999)), 2);
        assert_eq!(map.count(at(60_000)), 1);
        map.remove(&digest("b"));
        assert_eq!(map.count(at(60_000)), 0);
    }

    #[test]
    fn r54_who_does_not_fit_takes_nothing_and_burns_nothing() {
        let map = minute(2);
        map.insert(at(0), digest("a"), 7).unwrap();
        assert_eq!(map.take_if(at(1), "a", |v| *v == 8), None);
        assert_eq!(map.take_if(at(1), "b", |_| true), None);
        assert_eq!(map.take_if(at(1), "a", |v| *v == 7), Some(7));
    }

    #[test]
    fn r55_a_full_vault_refuses_until_something_expires() {
        let map = minute(2);
        map.insert(at(0), digest("a"), 1).unwrap();
        map.insert(at(10), digest("b"), 2).unwrap();
        assert!(!map.has_room(at(20)));
        assert_eq!(map.insert(at(20), digest("c"), 3), Err(Problem::BUSY));
        // the same secret again takes its own place
        map.insert(at(20), digest("b"), 4).unwrap();
        map.insert(at(60_000), digest("c"), 3).unwrap();
        assert_eq!(map.with(at(60_000), "b", |v| *v), Some(4));
        map.remove(&digest("b"));
        assert!(map.has_room(at(60_000)));
    }
}
