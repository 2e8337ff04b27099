//! What is due next: a heap of times.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ra_core::MonoTime;

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
pub(crate) struct Timeline(BinaryHeap<Reverse<(MonoTime, Due)>>);

impl Timeline {
    /// With room for as many, so that its growth is not what is measured.
    pub(crate) fn with_capacity(most: usize) -> Self {
        Self(BinaryHeap::with_capacity(most))
    }

    pub(crate) fn add(&mut self, at: MonoTime, due: Due) {
        self.0.push(Reverse((at, due)));
    }

    /// The next one up to and with `until`.
    pub(crate) fn next(&mut self, until: MonoTime) -> Option<(MonoTime, Due)> {
        let Reverse((at, _)) = self.0.peek()?;
        if *at > until {
            return None;
        }
        self.0.pop().map(|Reverse(next)| next)
    }
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
