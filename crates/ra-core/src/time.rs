//! Deadlines: when and why a machine wants to be woken; and a clock that never runs backwards.

use ra_types::MonoTime;

/// The latest time for `handle(now, Tick)`, and the reason.
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
    /// The reason to wake.
    pub wake: Wake,
}

impl Deadline {
    pub(crate) const fn new(at: MonoTime, wake: Wake) -> Self {
        Self { at, wake }
    }
}

/// Reason why a machine wakes at its [`Deadline`].
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
    /// The peer has not sent the next frame of the handshake in time.
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

/// A machine's clock: it never runs backwards.
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
    fn the_clock_never_runs_backwards() {
        let mut clock = Clock::new(MonoTime::from_millis(5));
        assert_eq!(clock.advance(MonoTime::from_millis(2)).as_millis(), 5);
        assert_eq!(clock.advance(MonoTime::from_millis(8)).as_millis(), 8);
    }
}
