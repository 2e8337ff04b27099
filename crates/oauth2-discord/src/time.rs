//! Wall time, as an argument: this crate reads no clock.

use core::time::Duration;

/// Wall time in whole seconds since 1970, for times that outlive the process, such as a token's expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The time this many seconds after the start of 1970.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs)
    }

    /// The seconds since 1970.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// Adds `wait` in whole seconds; stops at the largest time.
    #[must_use]
    pub const fn saturating_add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait.as_secs()))
    }

    /// The time from `earlier` to this time; zero if it is not earlier.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o140_no_sum_overflows() {
        let end = Duration::from_secs(u64::MAX);
        assert_eq!(
            UnixTime::from_secs(1).saturating_add(end).as_secs(),
            u64::MAX
        );
    }

    #[test]
    fn differences_are_never_negative() {
        let (early, late) = (UnixTime::from_secs(5), UnixTime::from_secs(8));
        assert_eq!(late.saturating_since(early), Duration::from_secs(3));
        assert_eq!(early.saturating_since(late), Duration::ZERO);
    }
}
