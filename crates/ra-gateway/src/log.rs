//! What a gateway tells its host while it runs.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::lock::lock;

/// How often the same refusal is told at most; what comes in between is counted.
const PACE: Duration = Duration::from_secs(10);

/// Hears what happens, from many tasks at once. It must not wait: sessions would wait with it.
pub trait Log: fmt::Debug + Send + Sync {
    /// Something has happened.
    fn record(&self, event: &Event);
}

/// Something that happened. It holds numbers and words of the gateway's own and nothing that a
/// client, a phone or an account has said: no name, id, address, key, ticket or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A desktop has opened a socket.
    #[non_exhaustive]
    SessionBegan {
        /// Counted from 0 since this node's start.
        session: u64,
    },
    /// A session is over.
    #[non_exhaustive]
    SessionEnded {
        /// Its number.
        session: u64,
        /// How far it came: `handshake`, `waiting` or `scanned`.
        phase: &'static str,
        /// As the metrics name it.
        outcome: &'static str,
        /// Since its socket was opened.
        after: Duration,
    },
    /// A call was answered.
    #[non_exhaustive]
    Answered {
        /// As the metrics name it.
        call: &'static str,
        /// HTTP status.
        status: u16,
        /// Since its head was read.
        after: Duration,
    },
    /// Calls, upgrades or connections were refused. Told at most every ten seconds for each reason.
    #[non_exhaustive]
    Refused {
        /// As the metrics name it.
        reason: &'static str,
        /// How many since it was told last.
        count: u64,
    },
    /// No new sessions from now on; those there are may finish.
    #[non_exhaustive]
    Draining {
        /// How many there are.
        sessions: u32,
    },
    /// All that is left is closed.
    #[non_exhaustive]
    Closing {
        /// How many sessions that is.
        sessions: u32,
    },
    /// Redis can be used, for the first time or again.
    RedisConnected,
    /// Redis cannot be used.
    RedisLost,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// One thing of many that go on all the time.
    Debug,
    /// Worth a line.
    Info,
    /// Somebody should look.
    Warning,
}

/// A field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// A number.
    Number(u64),
    /// A word of the gateway's own.
    Word(&'static str),
}

impl Event {
    /// What it is called, with underscores.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SessionBegan { .. } => "session_began",
            Self::SessionEnded { .. } => "session_ended",
            Self::Answered { .. } => "answered",
            Self::Refused { .. } => "refused",
            Self::Draining { .. } => "draining",
            Self::Closing { .. } => "closing",
            Self::RedisConnected => "redis_connected",
            Self::RedisLost => "redis_lost",
        }
    }

    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::SessionBegan { .. } | Self::Answered { .. } => Level::Debug,
            Self::RedisLost => Level::Warning,
            _ => Level::Info,
        }
    }

    /// Its fields, in order. Times are in milliseconds.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        use Value::{Number, Word};
        let ms = |after: Duration| Number(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        match *self {
            Self::SessionBegan { session } => vec![("session", Number(session))],
            Self::SessionEnded {
                session,
                phase,
                outcome,
                after,
            } => vec![
                ("session", Number(session)),
                ("phase", Word(phase)),
                ("outcome", Word(outcome)),
                ("ms", ms(after)),
            ],
            Self::Answered {
                call,
                status,
                after,
            } => vec![
                ("call", Word(call)),
                ("status", Number(status.into())),
                ("ms", ms(after)),
            ],
            Self::Refused { reason, count } => {
                vec![("reason", Word(reason)), ("count", Number(count))]
            }
            Self::Draining { sessions } | Self::Closing { sessions } => {
                vec![("sessions", Number(sessions.into()))]
            }
            Self::RedisConnected | Self::RedisLost => Vec::new(),
        }
    }
}

/// Tells the host's log, if there is one.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    log: Option<Arc<dyn Log>>,
    /// By reason. Few of them.
    refused: Mutex<Vec<Refusals>>,
}

#[derive(Debug)]
struct Refusals {
    reason: &'static str,
    untold: u64,
    told: Instant,
}

impl Journal {
    pub(crate) fn new(log: Option<Arc<dyn Log>>) -> Self {
        Self {
            log,
            refused: Mutex::default(),
        }
    }

    pub(crate) fn tell(&self, event: Event) {
        if let Some(log) = &self.log {
            log.record(&event);
        }
    }

    /// Tells the first one, and then how many, at a bounded pace.
    pub(crate) fn refused(&self, reason: &'static str) {
        if self.log.is_none() {
            return;
        }
        let now = Instant::now();
        let mut all = lock(&self.refused);
        let count = match all.iter_mut().find(|known| known.reason == reason) {
            Some(known) => {
                known.untold += 1;
                if now.duration_since(known.told) < PACE {
                    return;
                }
                known.told = now;
                std::mem::take(&mut known.untold)
            }
            None => {
                all.push(Refusals {
                    reason,
                    untold: 0,
                    told: now,
                });
                1
            }
        };
        drop(all);
        self.tell(Event::Refused { reason, count });
    }

    /// Tells what a pace has held back.
    pub(crate) fn flush(&self) {
        let untold: Vec<_> = lock(&self.refused)
            .iter_mut()
            .map(|known| (known.reason, std::mem::take(&mut known.untold)))
            .filter(|(_, count)| *count > 0)
            .collect();
        for (reason, count) in untold {
            self.tell(Event::Refused { reason, count });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Kept(Mutex<Vec<Event>>);

    impl Log for Kept {
        fn record(&self, event: &Event) {
            lock(&self.0).push(*event);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_told_at_a_bounded_pace_and_none_is_lost() {
        let kept = Arc::new(Kept::default());
        let log: Arc<dyn Log> = Arc::<Kept>::clone(&kept);
        let journal = Journal::new(Some(log));
        for _ in 0..1_000 {
            journal.refused("busy");
            journal.refused("forbidden");
        }
        tokio::time::advance(PACE).await;
        journal.refused("busy");
        journal.refused("busy");
        journal.flush();
        journal.flush();
        let told = [
            ("busy", 1),
            ("forbidden", 1),
            ("busy", 1_000),
            ("busy", 1),
            ("forbidden", 999),
        ];
        let told = told.map(|(reason, count)| Event::Refused { reason, count });
        assert_eq!(*lock(&kept.0), told);
    }
}
