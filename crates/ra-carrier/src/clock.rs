//! The clock of the machines.

use std::time::Instant;

use ra_core::{Deadline, MonoTime};

/// A monotonic clock for machines: milliseconds since its start. Machines may share a clock or have one each.
///
/// ```
/// use ra_carrier::Clock;
/// use ra_core::Jitter;
/// use ra_core::desktop::login::{Config, Login};
///
/// let clock = Clock::start();
/// let login = Login::new(Config::default(), Jitter::from_seed(7), clock.now());
/// let wake_at = clock.instant(login.deadline());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts a clock at zero.
    ///
    /// ```
    /// use ra_carrier::Clock;
    ///
    /// let clock = Clock::start();
    /// ```
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// Returns the current time in whole milliseconds, rounded down.
    ///
    /// ```
    /// use ra_carrier::Clock;
    /// use ra_core::desktop::login::{Input, Login};
    ///
    /// fn tick(login: &mut Login, clock: Clock) {
    ///     login.handle(clock.now(), Input::Tick);
    /// }
    /// ```
    #[must_use]
    pub fn now(&self) -> MonoTime {
        let millis = self.start.elapsed().as_millis();
        MonoTime::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }

    /// Returns whether a machine's deadline has passed.
    ///
    /// ```
    /// use ra_carrier::Clock;
    /// use ra_core::desktop::login::{Input, Login};
    ///
    /// fn tick_if_due(login: &mut Login, clock: Clock) {
    ///     if clock.is_due(login.deadline()) {
    ///         login.handle(clock.now(), Input::Tick);
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn is_due(&self, deadline: Option<Deadline>) -> bool {
        deadline.is_some_and(|deadline| deadline.at <= self.now())
    }

    /// Returns the instant of a machine's deadline; `None` if there is none, or if the clock cannot reach it.
    ///
    /// ```
    /// use std::time::Instant;
    /// use ra_carrier::Clock;
    /// use ra_core::desktop::login::Login;
    ///
    /// /// The earliest of many.
    /// fn wake_at(logins: &[Login], clock: Clock) -> Option<Instant> {
    ///     logins.iter().filter_map(|login| clock.instant(login.deadline())).min()
    /// }
    /// ```
    #[must_use]
    pub fn instant(&self, deadline: Option<Deadline>) -> Option<Instant> {
        let ahead = deadline?.at.saturating_since(MonoTime::ZERO);
        self.start.checked_add(ahead)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ra_core::Wake;

    use super::*;

    fn at(millis: u64) -> Option<Deadline> {
        let (at, wake) = (MonoTime::from_millis(millis), Wake::Handshake);
        Some(Deadline { at, wake })
    }

    #[test]
    fn a_deadline_is_due_when_it_has_come_and_not_before() {
        let clock = Clock {
            start: Instant::now() - Duration::from_secs(5),
        };
        assert!(clock.now().as_millis() >= 5_000);
        assert!(clock.is_due(at(0)) && clock.is_due(at(5_000)));
        assert!(!clock.is_due(at(3_600_000)) && !clock.is_due(None));
        assert!(clock.instant(at(5_000)) <= Some(Instant::now()));
        assert!(clock.instant(at(3_600_000)) > Some(Instant::now()));
    }

    #[test]
    fn a_deadline_beyond_all_time_is_none() {
        let clock = Clock::start();
        assert_eq!(clock.instant(None), None);
        // the range of an instant depends on the system
        assert!(
            clock
                .instant(at(u64::MAX))
                .is_none_or(|far| far > Instant::now())
        );
    }
}
