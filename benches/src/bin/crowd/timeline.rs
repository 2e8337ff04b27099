//! A timeline of events: a wheel that turns once. The cost of a heap would grow with its size, and would be measured
//! with the machines.

use ra_core::MonoTime;

/// Milliseconds a slot. Few slots cost little memory, and a small slot is sorted in the cache.
const SLOT: u64 = 1_024;
const NOTHING: u32 = u32::MAX;

/// An event that is due, with the number of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// The desktop's deadline.
    Desktop(u32),
    /// The gateway session's deadline.
    Gateway(u32),
    /// A desktop connects.
    Open(u32),
    /// Somebody scans its code.
    Scan(u32),
    /// That person decides.
    Decide(u32),
}

/// All events, the earliest first. Events of the same time come in the order of [`Due`].
pub(crate) struct Timeline {
    /// The first entry of each slot. The last slot holds all later times.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    /// The first free entry.
    free: u32,
    /// Entries of the slots before `next`, the latest first.
    current: Vec<(MonoTime, Due)>,
    next: usize,
}

struct Entry {
    at: MonoTime,
    due: Due,
    /// The next entry of the same slot.
    after: u32,
}

impl Timeline {
    /// Makes a timeline for times up to `end`, with room for `most` events, so that growing is not measured.
    pub(crate) fn new(end: MonoTime, most: usize) -> Self {
        Self {
            slots: vec![NOTHING; slot_of(end) + 2],
            entries: Vec::with_capacity(most),
            free: NOTHING,
            current: Vec::new(),
            next: 0,
        }
    }

    pub(crate) fn add(&mut self, at: MonoTime, due: Due) {
        let slot = slot_of(at).min(self.slots.len() - 1);
        if slot < self.next {
            let place = self.current.partition_point(|&later| later > (at, due));
            self.current.insert(place, (at, due));
            return;
        }
        let after = std::mem::replace(&mut self.slots[slot], self.free);
        let entry = Entry { at, due, after };
        match self.entries.get_mut(self.free as usize) {
            Some(free) => self.free = std::mem::replace(free, entry).after,
            None => {
                self.slots[slot] = u32::try_from(self.entries.len()).unwrap_or(NOTHING);
                self.entries.push(entry);
            }
        }
    }

    /// Takes the next event up to `until`.
    pub(crate) fn next(&mut self, until: MonoTime) -> Option<(MonoTime, Due)> {
        while self.current.is_empty() {
            if self.next > slot_of(until) || self.next == self.slots.len() {
                return None;
            }
            let mut entry = std::mem::replace(&mut self.slots[self.next], NOTHING);
            while let Some(Entry { at, due, after }) = self.entries.get_mut(entry as usize) {
                self.current.push((*at, *due));
                (entry, self.free, *after) = (*after, entry, self.free);
            }
            self.current.sort_unstable_by(|one, other| other.cmp(one));
            self.next += 1;
        }
        self.current.pop_if(|(at, _)| *at <= until)
    }
}

fn slot_of(at: MonoTime) -> usize {
    usize::try_from(at.as_millis() / SLOT).unwrap_or(usize::MAX)
}

/// The timeline's entry of a machine. A deadline that moves to a later time keeps its entry, so that each machine has
/// one entry instead of one for each heartbeat.
#[derive(Clone, Copy, Default)]
pub(crate) struct Alarm(Option<MonoTime>);

impl Alarm {
    /// Adds an entry if the machine wants to be woken earlier than by the present one.
    pub(crate) fn set(&mut self, deadline: Option<MonoTime>, due: Due, timeline: &mut Timeline) {
        let Some(at) = deadline else { return };
        if self.0.is_none_or(|standing| at < standing) {
            self.0 = Some(at);
            timeline.add(at, due);
        }
    }

    /// Returns whether the entry for `at` is the machine's present one.
    pub(crate) fn take(&mut self, at: MonoTime) -> bool {
        let stands = self.0 == Some(at);
        if stands {
            self.0 = None;
        }
        stands
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ra_testkit::SeededEntropy;

    use super::*;

    const END: u64 = 20_000;

    #[test]
    fn all_comes_in_its_order_whenever_it_was_added() {
        let mut numbers = SeededEntropy::new(1);
        let mut timeline = Timeline::new(MonoTime::from_millis(END), 0);
        let mut expected = BTreeSet::new();
        let mut added = 0;
        for until in (0..=END).step_by(70) {
            for _ in 0..numbers.next_u64() % 9 {
                // some of it at once, some behind the end
                let at = MonoTime::from_millis(until + numbers.next_u64() % 5_000);
                let due = [Due::Desktop, Due::Gateway][added as usize % 2](added);
                timeline.add(at, due);
                expected.insert((at, due));
                added += 1;
            }
            let until = MonoTime::from_millis(until);
            while let Some(next) = timeline.next(until) {
                assert_eq!(Some(next), expected.pop_first());
                assert!(next.0 <= until);
            }
            assert!(expected.first().is_none_or(|(at, _)| *at > until));
        }
        assert!(added > 500 && !expected.is_empty());
        let rest = std::iter::from_fn(|| timeline.next(MonoTime::from_millis(2 * END)));
        assert_eq!(rest.collect::<BTreeSet<_>>(), expected);
    }
}
