//! What is due next: a wheel that turns once. A heap would do, but what it takes a turn grows with what it holds, and that
//! would be measured with the machines.

use ra_core::MonoTime;

/// Milliseconds: slots few enough to weigh nothing, and each small enough to be sorted in the cache.
const SLOT: u64 = 1_024;
const NOTHING: u32 = u32::MAX;

/// What is due, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// The desktop's deadline.
    Desktop(u32),
    /// Its gateway's.
    Gateway(u32),
    /// A desktop connects.
    Open(u32),
    /// Somebody scans its code.
    Scan(u32),
    /// That somebody says yes or no.
    Decide(u32),
}

/// Everything that is due, the earliest first; what is due at the same time in the order of [`Due`].
pub(crate) struct Timeline {
    /// The first entry of each slot; later slots than the last are one with it.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    /// The first entry that is free.
    free: u32,
    /// What the slots before `next` held, the latest first.
    current: Vec<(MonoTime, Due)>,
    next: usize,
}

struct Entry {
    at: MonoTime,
    due: Due,
    /// The next one of the same slot.
    after: u32,
}

impl Timeline {
    /// For times up to `end`, with room for as many, so that its growth is not what is measured.
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

    /// The next one up to and with `until`.
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

/// Which entry of the timeline stands for a machine: a deadline that moves to a later time leaves it where it is, so
/// that each machine has one entry and not one a heartbeat.
#[derive(Clone, Copy, Default)]
pub(crate) struct Alarm(Option<MonoTime>);

impl Alarm {
    /// The machine now wants to be woken at `deadline`.
    pub(crate) fn set(&mut self, deadline: Option<MonoTime>, due: Due, timeline: &mut Timeline) {
        let Some(at) = deadline else { return };
        if self.0.is_none_or(|standing| at < standing) {
            self.0 = Some(at);
            timeline.add(at, due);
        }
    }

    /// The entry for `at` has come up: whether it still stands for the machine.
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
