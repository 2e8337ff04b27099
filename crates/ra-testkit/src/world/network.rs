//! The network between the roles: latency, cuts, duplicates and reordering, from one seed.

use std::collections::BTreeMap;

use crate::SeededEntropy;

/// Behaviour of the network for messages on the socket.
#[derive(Clone, Debug)]
pub struct Network {
    /// Least and most milliseconds a message takes.
    pub latency: (u64, u64),
    /// Messages in a thousand that break the connection.
    pub cut: u64,
    /// Messages in a thousand that arrive twice.
    pub duplicate: u64,
    /// Messages in a thousand that may overtake earlier ones.
    pub reorder: u64,
    /// Number of attempts to connect that fail before one succeeds.
    pub refuse_connects: u32,
}

impl Default for Network {
    /// 5 to 40 ms, nothing else.
    fn default() -> Self {
        Self {
            latency: (5, 40),
            cut: 0,
            duplicate: 0,
            reorder: 0,
            refuse_connects: 0,
        }
    }
}

/// Fate of one message.
pub(super) enum Fate {
    Arrive { delays: Vec<(u64, bool)> },
    Cut { delay: u64 },
}

impl Network {
    pub(super) fn fate(&self, rng: &mut SeededEntropy) -> Fate {
        let delay = self.delay(rng);
        if rng.below(1000) < self.cut {
            return Fate::Cut { delay };
        }
        let overtakes = rng.below(1000) < self.reorder;
        let mut delays = vec![(delay, overtakes)];
        if rng.below(1000) < self.duplicate {
            delays.push((self.delay(rng), overtakes));
        }
        Fate::Arrive { delays }
    }

    pub(super) fn delay(&self, rng: &mut SeededEntropy) -> u64 {
        self.latency.0 + rng.below(self.latency.1.saturating_sub(self.latency.0) + 1)
    }
}

/// Items on their way, ordered by time of arrival and then of departure.
#[derive(Debug)]
pub(super) struct Agenda<T> {
    items: BTreeMap<(u64, u64), T>,
    left: u64,
}

impl<T> Agenda<T> {
    pub(super) const fn new() -> Self {
        Self {
            items: BTreeMap::new(),
            left: 0,
        }
    }

    pub(super) fn add(&mut self, at: u64, item: T) {
        self.left += 1;
        self.items.insert((at, self.left), item);
    }

    pub(super) fn next_at(&self) -> Option<u64> {
        self.items.keys().next().map(|(at, _)| *at)
    }

    pub(super) fn take_due(&mut self, now: u64) -> Option<T> {
        let entry = self.items.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }
}
