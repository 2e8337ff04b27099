//! The three clocks of a desktop session: the next answer, the heartbeat, the expiry.

use core::time::Duration;

use crate::{Deadline, Jitter, MonoTime, Wake};

/// no gateway may set our clocks beyond these.
const INTERVAL: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5 * 60));
const TIMEOUT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15 * 60));

#[derive(Debug)]
pub(super) struct Timers {
    /// Deadline of the next frame of the handshake.
    answer: Option<MonoTime>,
    heartbeat: Option<Heartbeat>,
    expiry: Option<MonoTime>,
}

#[derive(Debug)]
struct Heartbeat {
    interval: Duration,
    due: MonoTime,
    /// The last one has not been acknowledged yet.
    open: bool,
}

/// State of the heartbeat's clock.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pulse {
    Quiet,
    Send,
    Dead,
}

impl Timers {
    pub(super) fn start(answer_within: Duration, now: MonoTime) -> Self {
        let mut timers = Self {
            answer: None,
            heartbeat: None,
            expiry: None,
        };
        timers.expect_answer(answer_within, now);
        timers
    }

    pub(super) fn expect_answer(&mut self, within: Duration, now: MonoTime) {
        self.answer = Some(now.saturating_add(within).ahead_of(now));
    }

    pub(super) fn handshake_done(&mut self) {
        self.answer = None;
    }

    /// `hello` came: its two clocks start, clamped. The first heartbeat comes after a random part
    /// of the interval.
    pub(super) fn hello(
        &mut self,
        timeout_ms: u64,
        interval_ms: u64,
        jitter: &mut Jitter,
        now: MonoTime,
    ) {
        let interval = Duration::from_millis(interval_ms).clamp(INTERVAL.0, INTERVAL.1);
        let timeout = Duration::from_millis(timeout_ms).clamp(TIMEOUT.0, TIMEOUT.1);
        let due = now.saturating_add(jitter.part_of(interval));
        self.heartbeat = Some(Heartbeat {
            interval,
            due,
            open: false,
        });
        self.expiry = Some(now.saturating_add(timeout));
    }

    pub(super) fn acknowledged(&mut self) {
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.open = false;
        }
    }

    /// Moves the heartbeat's clock on to `now`.
    pub(super) fn pulse(&mut self, now: MonoTime) -> Pulse {
        match &mut self.heartbeat {
            Some(heartbeat) if heartbeat.due <= now => {
                if heartbeat.open {
                    return Pulse::Dead;
                }
                heartbeat.open = true;
                heartbeat.due = now.saturating_add(heartbeat.interval);
                Pulse::Send
            }
            _ => Pulse::Quiet,
        }
    }

    /// How long the session still has at `now`; zero before `hello`.
    pub(super) fn remaining(&self, now: MonoTime) -> Duration {
        self.expiry
            .map_or(Duration::ZERO, |at| at.saturating_since(now))
    }

    /// The next deadline of any clock.
    pub(super) fn next(&self) -> Option<Deadline> {
        let heartbeat = self
            .heartbeat
            .as_ref()
            .map(|h| Deadline::new(h.due, Wake::Heartbeat));
        [self.fatal(), heartbeat]
            .into_iter()
            .flatten()
            .min_by_key(|d| d.at)
    }

    /// The next deadline that ends the session.
    fn fatal(&self) -> Option<Deadline> {
        let expiry = self.expiry.map(|at| Deadline::new(at, Wake::Expiry));
        let answer = self.answer.map(|at| Deadline::new(at, Wake::Handshake));
        [expiry, answer].into_iter().flatten().min_by_key(|d| d.at)
    }

    /// The earliest deadline that has passed at `now`.
    pub(super) fn over(&self, now: MonoTime) -> Option<Wake> {
        self.fatal().filter(|d| d.at <= now).map(|d| d.wake)
    }
}
