//! The gateway's clock: tokio's, as the milliseconds that everything below takes as an argument.

use ra_core::MonoTime;
use std::time::Duration;
use tokio::time::Instant;

/// Milliseconds since the gateway was bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn now(self) -> MonoTime {
        MonoTime::ZERO.saturating_add(Duration::from_millis(
            u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX),
        ))
    }

    /// When the clock will show `at`. A day at most: whoever waits asks again.
    pub(crate) fn instant(self, at: MonoTime) -> Instant {
        const DAY: Duration = Duration::from_secs(86_400);
        let wait = at.saturating_since(self.now());
        // one millisecond more, since `now` rounds down and a wake-up must not come early
        Instant::now() + wait.min(DAY) + Duration::from_millis(u64::from(!wait.is_zero()))
    }
}
