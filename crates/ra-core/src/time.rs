//! Time as an argument: milliseconds since any start, and why a machine wants to be woken.

use core::fmt;
use core::time::Duration;

/// A point on the caller's monotonic clock: milliseconds since any start the caller likes.
///
/// ```
/// use core::time::Duration;
/// use ra_core::MonoTime;
///
/// let start = MonoTime::from_millis(5_000);
/// assert_eq!(start.saturating_add(Duration::from_secs(2)).as_millis(), 7_000);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MonoTime(u64);

impl MonoTime {
    /// The start of the clock.
    pub const ZERO: Self = Self(0);

    /// The time that lies `millis` milliseconds after the clock's start.
    ///
    /// ```
    /// use ra_core::MonoTime;
    /// use std::time::Instant;
    ///
    /// fn now(since_start: Instant) -> MonoTime {
    ///     MonoTime::from_millis(since_start.elapsed().as_millis() as u64)
    /// }
    /// ```
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's start.
    ///
    /// ```
    /// use ra_core::MonoTime;
    /// use std::time::{Duration, Instant};
    ///
    /// /// When a timer has to go off.
    /// fn instant(start: Instant, at: MonoTime) -> Instant {
    ///     start + Duration::from_millis(at.as_millis())
    /// }
    /// ```
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This time and `wait` more, whole milliseconds rounded up; stops at the end of the clock.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ra_core::MonoTime;
    ///
    /// let later = MonoTime::from_millis(10).saturating_add(Duration::from_micros(1));
    /// assert_eq!(later.as_millis(), 11);
    /// ```
    #[must_use]
    pub fn saturating_add(self, wait: Duration) -> Self {
        let millis = wait.as_nanos().div_ceil(1_000_000);
        Self(
            self.0
                .saturating_add(u64::try_from(millis).unwrap_or(u64::MAX)),
        )
    }

    /// How long it is from `earlier` to this time; zero if `earlier` is not earlier.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ra_core::MonoTime;
    ///
    /// let (now, due) = (MonoTime::from_millis(30), MonoTime::from_millis(75));
    /// assert_eq!(due.saturating_since(now), Duration::from_millis(45)); // so long may a loop sleep
    /// ```
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// This time, or the next millisecond after `now` if it does not lie ahead of `now`.
    pub(crate) fn ahead_of(self, now: Self) -> Self {
        self.max(Self(now.0.saturating_add(1)))
    }
}

impl fmt::Debug for MonoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

/// When a machine wants `handle(now, Tick)` at the latest, and why.
///
/// ```
/// use core::time::Duration;
/// use ra_core::{Deadline, MonoTime};
///
/// fn time_to_sleep(deadline: Option<Deadline>, now: MonoTime) -> Option<Duration> {
///     deadline.map(|deadline| deadline.at.saturating_since(now))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The time to wake at.
    pub at: MonoTime,
    /// What happens then.
    pub wake: Wake,
}

impl Deadline {
    pub(crate) const fn new(at: MonoTime, wake: Wake) -> Self {
        Self { at, wake }
    }
}

/// Why a machine wakes at its [`Deadline`].
///
/// ```
/// use ra_core::Wake;
///
/// fn is_urgent(wake: Wake) -> bool {
///     wake != Wake::Person // people take minutes
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wake {
    /// The connection has not opened in time.
    Connect,
    /// The key has not been made in time.
    Key,
    /// The peer has not said the next thing of the handshake in time.
    Handshake,
    /// A heartbeat is due, ours or the peer's.
    Heartbeat,
    /// The session runs out.
    Expiry,
    /// The pause before the next try is over.
    BackOff,
    /// The reply to an HTTP call has not come in time.
    Call,
    /// Nobody has answered the captcha or the second factor in time.
    Person,
}

/// The time machines see: it never runs backwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(MonoTime);

impl Clock {
    pub(crate) const fn new(now: MonoTime) -> Self {
        Self(now)
    }

    /// Moves on to `now`, or stays where it is if `now` lies behind, and answers the time.
    pub(crate) fn advance(&mut self, now: MonoTime) -> MonoTime {
        self.0 = self.0.max(now);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_rounds_up_and_stops_at_the_end() {
        let t = MonoTime::from_millis(10);
        assert_eq!(t.saturating_add(Duration::from_micros(1)).as_millis(), 11);
        assert_eq!(t.saturating_add(Duration::from_millis(1)).as_millis(), 11);
        let hardly_more = Duration::from_nanos(1_000_001);
        assert_eq!(t.saturating_add(hardly_more).as_millis(), 12);
        assert_eq!(t.saturating_add(Duration::ZERO).as_millis(), 10);
        assert_eq!(t.saturating_add(Duration::MAX).as_millis(), u64::MAX);
    }

    #[test]
    fn since_never_goes_below_zero() {
        let (a, b) = (MonoTime::from_millis(3), MonoTime::from_millis(9));
        assert_eq!(b.saturating_since(a), Duration::from_millis(6));
        assert_eq!(a.saturating_since(b), Duration::ZERO);
    }

    #[test]
    fn ahead_of_moves_only_what_is_due() {
        let (a, b) = (MonoTime::from_millis(3), MonoTime::from_millis(9));
        assert_eq!(b.ahead_of(a), b);
        assert_eq!(a.ahead_of(b).as_millis(), 10);
        assert_eq!(a.ahead_of(a).as_millis(), 4);
    }

    #[test]
    fn the_clock_never_runs_backwards() {
        let mut clock = Clock::new(MonoTime::from_millis(5));
        assert_eq!(clock.advance(MonoTime::from_millis(2)).as_millis(), 5);
        assert_eq!(clock.advance(MonoTime::from_millis(8)).as_millis(), 8);
    }

    #[test]
    fn debug_names_the_unit() {
        assert_eq!(std::format!("{:?}", MonoTime::from_millis(7)), "7ms");
    }
}
