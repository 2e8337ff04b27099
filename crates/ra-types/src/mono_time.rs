//! Monotonic time in milliseconds. Callers pass it in; nothing here reads a clock.

use core::fmt;
use core::time::Duration;

/// A point on the caller's monotonic clock: milliseconds since any start the caller likes.
///
/// ```
/// use core::time::Duration;
/// use ra_types::MonoTime;
/// use std::time::Instant;
///
/// let start = Instant::now();
/// let now = MonoTime::from_millis(start.elapsed().as_millis() as u64);
/// let due = now.saturating_add(Duration::from_micros(1_500)); // rounded up to 2 ms
/// assert_eq!(due.saturating_since(now), Duration::from_millis(2)); // how long a loop may sleep
/// assert_eq!(now.saturating_since(due), Duration::ZERO);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MonoTime(u64);

impl MonoTime {
    /// The start of the clock.
    pub const ZERO: Self = Self(0);

    /// The time `millis` milliseconds after the clock's start.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's start.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Adds `wait`, rounded up to whole milliseconds; stops at the end of the clock.
    #[must_use]
    pub fn saturating_add(self, wait: Duration) -> Self {
        let millis = u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// The time from `earlier` to this time; zero if `earlier` is not earlier.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// This time, but at least one millisecond after `now`: a deadline that is always ahead.
    #[must_use]
    pub fn ahead_of(self, now: Self) -> Self {
        self.max(Self(now.0.saturating_add(1)))
    }
}

impl fmt::Debug for MonoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o140_adding_rounds_up_and_stops_at_the_end() {
        for (start, wait, sum) in [
            (10, Duration::ZERO, 10),
            (10, Duration::from_nanos(1), 11),
            (10, Duration::from_millis(1), 11),
            (10, Duration::from_nanos(1_000_001), 12),
            (1, Duration::from_secs(u64::MAX), u64::MAX),
            (1, Duration::MAX, u64::MAX),
        ] {
            let sum_found = MonoTime::from_millis(start).saturating_add(wait);
            assert_eq!(sum_found.as_millis(), sum, "{start} + {wait:?}");
        }
    }

    #[test]
    fn differences_are_never_negative() {
        let (early, late) = (MonoTime::from_millis(3), MonoTime::from_millis(9));
        assert_eq!(late.saturating_since(early), Duration::from_millis(6));
        assert_eq!(early.saturating_since(late), Duration::ZERO);
    }

    #[test]
    fn ahead_of_moves_only_times_that_are_due() {
        let (early, late) = (MonoTime::from_millis(3), MonoTime::from_millis(9));
        assert_eq!(late.ahead_of(early), late);
        assert_eq!(early.ahead_of(late).as_millis(), 10);
        assert_eq!(early.ahead_of(early).as_millis(), 4);
    }

    #[test]
    fn debug_names_the_unit() {
        assert_eq!(alloc::format!("{:?}", MonoTime::from_millis(7)), "7ms");
    }
}
