//! The frame of every machine: its clock, its state, and the step from one state to the next.

use crate::MonoTime;
use crate::time::Clock;

/// A machine with the states `S` and the data `C` that all states share. `S::default()` is the state after the end.
pub(crate) struct Machine<S, C> {
    pub(crate) clock: Clock,
    pub(crate) state: S,
    pub(crate) cx: C,
}

impl<S: Default, C> Machine<S, C> {
    pub(crate) const fn new(now: MonoTime, state: S, cx: C) -> Self {
        let clock = Clock::new(now);
        Self { clock, state, cx }
    }

    /// Replaces the state by the one that `step` returns.
    pub(crate) fn step(&mut self, step: impl FnOnce(S, &mut C) -> S) {
        self.state = step(core::mem::take(&mut self.state), &mut self.cx);
    }

    /// Runs a caller's command and returns its answer. Deadlines that have passed come first: a late command is late.
    pub(crate) fn command<T>(
        &mut self,
        now: MonoTime,
        on_time: impl FnOnce(S, &mut C, MonoTime) -> S,
        command: impl FnOnce(S, &mut C, MonoTime) -> (S, T),
    ) -> T {
        let now = self.clock.advance(now);
        self.step(|state, cx| on_time(state, cx, now));
        let (state, answer) = command(core::mem::take(&mut self.state), &mut self.cx, now);
        self.state = state;
        answer
    }
}

/// Implements `Debug` for a machine: its name and phase.
macro_rules! debug_phase {
    ($machine:ident) => {
        impl core::fmt::Debug for $machine {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($machine))
                    .field("phase", &self.phase())
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use debug_phase;

/// Implements `Display` for an enum without data: the name of the variant.
macro_rules! display_as_debug {
    ($name:ident) => {
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(self, f)
            }
        }
    };
}
pub(crate) use display_as_debug;
