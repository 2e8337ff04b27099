//! So many a minute for each key, with bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use ra_core::MonoTime;

/// Lets each key through `burst` times at once and then at a steady pace (GCRA: one time stamp a
/// key). Keys that have been quiet for long enough are forgotten.
#[derive(Debug)]
pub(crate) struct Rate<K> {
    pace: Duration,
    window: Duration,
    capacity: usize,
    ready_at: HashMap<K, MonoTime>,
    sweep_after: MonoTime,
}

impl<K: Eq + Hash> Rate<K> {
    /// `burst` times in any `window`, for at most `capacity` keys at a time. A `burst` of 0 lets
    /// nobody through.
    pub(crate) fn new(burst: u32, window: Duration, capacity: usize) -> Self {
        let pace = window.checked_div(burst).unwrap_or(Duration::MAX);
        Self {
            pace,
            window,
            capacity,
            ready_at: HashMap::new(),
            sweep_after: MonoTime::ZERO,
        }
    }

    /// Lets `key` through, or says how long it has to wait.
    pub(crate) fn pass(&mut self, now: MonoTime, key: K) -> Result<(), Duration> {
        let known = self.ready_at.get(&key).copied();
        if known.is_none() && self.ready_at.len() >= self.capacity && !self.sweep(now) {
            return Err(Duration::from_secs(1));
        }
        let next = known.unwrap_or(now).max(now).saturating_add(self.pace);
        let wait = next.saturating_since(now).saturating_sub(self.window);
        if !wait.is_zero() {
            return Err(wait);
        }
        self.ready_at.insert(key, next);
        Ok(())
    }

    /// Forgets who has nothing left to wait for; at most once a second. Whether there is room.
    fn sweep(&mut self, now: MonoTime) -> bool {
        if now >= self.sweep_after {
            self.sweep_after = now.saturating_add(Duration::from_secs(1));
            self.ready_at.retain(|_, ready_at| *ready_at > now);
        }
        self.ready_at.len() < self.capacity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn at(millis: u64) -> MonoTime {
        MonoTime::from_millis(millis)
    }

    #[test]
    fn r55_a_burst_passes_and_then_one_at_a_time() {
        let mut rate = Rate::new(3, MINUTE, 10);
        for _ in 0..3 {
            assert_eq!(rate.pass(at(0), 'a'), Ok(()));
        }
        assert_eq!(rate.pass(at(0), 'a'), Err(Duration::from_secs(20)));
        assert_eq!(rate.pass(at(19_999), 'a'), Err(Duration::from_millis(1)));
        assert_eq!(rate.pass(at(20_000), 'a'), Ok(()));
        assert!(rate.pass(at(20_000), 'a').is_err());
        assert_eq!(rate.pass(at(0), 'b'), Ok(()), "keys do not share");
    }

    #[test]
    fn r55_zero_lets_nobody_through() {
        let mut rate = Rate::new(0, MINUTE, 10);
        assert!(rate.pass(at(0), 'a').is_err());
    }

    #[test]
    fn r55_memory_is_bounded_and_comes_back() {
        let mut rate = Rate::new(1, MINUTE, 2);
        assert_eq!(rate.pass(at(0), 1), Ok(()));
        assert_eq!(rate.pass(at(0), 2), Ok(()));
        assert_eq!(rate.pass(at(0), 3), Err(Duration::from_secs(1)));
        assert_eq!(rate.ready_at.len(), 2);
        assert_eq!(rate.pass(at(60_000), 3), Ok(()));
        assert_eq!(rate.ready_at.len(), 1);
    }
}
