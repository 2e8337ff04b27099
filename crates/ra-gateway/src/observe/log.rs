//! What a gateway tells its host while it runs.

#[cfg(test)]
mod tests;

use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, interval};

use crate::base::lock::lock;

/// How often the same failure is told at most; what comes in between is counted.
const PACE: Duration = Duration::from_secs(10);
/// How often it is looked whether a count is due.
const LOOK: Duration = Duration::from_secs(1);

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
    /// Calls, upgrades or connections were refused. Told at most every ten seconds for each reason,
    /// and no more than eleven after the last one.
    #[non_exhaustive]
    Refused {
        /// As the metrics name it.
        reason: &'static str,
        /// How many since it was told last.
        count: u64,
    },
    /// No new sessions; those there are may finish. Told at first and every five seconds.
    #[non_exhaustive]
    Draining {
        /// How many there are.
        sessions: u32,
        /// How many tickets wait for their desktops.
        tickets: u32,
    },
    /// All that is left is closed.
    #[non_exhaustive]
    Closing {
        /// How many sessions that is.
        sessions: u32,
        /// How many tickets.
        tickets: u32,
    },
    /// The accounts did not answer. Told at most every ten seconds for each reason.
    #[non_exhaustive]
    AccountsFailed {
        /// As [`AccountsFailure::name`](crate::accounts::AccountsFailure::name) says.
        reason: &'static str,
        /// How many questions since it was told last.
        count: u64,
    },
    /// Redis can be used, for the first time or again.
    RedisConnected,
    /// Redis cannot be used. Told again when the reason changes.
    #[non_exhaustive]
    RedisLost {
        /// As `RedisUnavailable::name` says.
        reason: &'static str,
    },
    /// Redis answers, and takes no logins. Told again when the reason changes.
    #[non_exhaustive]
    RedisRefuses {
        /// As `RedisUnavailable::name` says.
        reason: &'static str,
    },
    /// Redis did not do what a call needed. Told at most every ten seconds for each reason.
    #[non_exhaustive]
    RedisFailed {
        /// As `RedisUnavailable::name` says.
        reason: &'static str,
        /// How many commands since it was told last.
        count: u64,
    },
}

/// Refusals that are the host's to end.
const HOSTS_OWN: [&str; 3] = ["no_files", "no_system_files", "not_accepted"];

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
            Self::AccountsFailed { .. } => "accounts_failed",
            Self::RedisConnected => "redis_connected",
            Self::RedisLost { .. } => "redis_lost",
            Self::RedisRefuses { .. } => "redis_refuses",
            Self::RedisFailed { .. } => "redis_failed",
        }
    }

    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::SessionBegan { .. } | Self::Answered { .. } => Level::Debug,
            Self::AccountsFailed { .. }
            | Self::RedisLost { .. }
            | Self::RedisRefuses { .. }
            | Self::RedisFailed { .. } => Level::Warning,
            Self::Refused { reason, .. } if HOSTS_OWN.contains(reason) => Level::Warning,
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
            Self::Refused { reason, count }
            | Self::AccountsFailed { reason, count }
            | Self::RedisFailed { reason, count } => {
                vec![("reason", Word(reason)), ("count", Number(count))]
            }
            Self::Draining { sessions, tickets } | Self::Closing { sessions, tickets } => vec![
                ("sessions", Number(sessions.into())),
                ("tickets", Number(tickets.into())),
            ],
            Self::RedisLost { reason } | Self::RedisRefuses { reason } => {
                vec![("reason", Word(reason))]
            }
            Self::RedisConnected => Vec::new(),
        }
    }
}

/// Tells the host's log, if there is one.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    log: Option<Arc<dyn Log>>,
    /// By what has failed, and why. Few of them.
    failures: Mutex<Vec<Failures>>,
}

#[derive(Debug)]
struct Failures {
    of: Failed,
    untold: u64,
    told: Instant,
}

/// What has failed, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    Refused(&'static str),
    Accounts(&'static str),
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    Redis(&'static str),
}

impl Failed {
    fn times(self, count: u64) -> Event {
        match self {
            Self::Refused(reason) => Event::Refused { reason, count },
            Self::Accounts(reason) => Event::AccountsFailed { reason, count },
            Self::Redis(reason) => Event::RedisFailed { reason, count },
        }
    }
}

impl Journal {
    pub(crate) fn new(log: Option<Arc<dyn Log>>) -> Self {
        Self {
            log,
            failures: Mutex::default(),
        }
    }

    pub(crate) fn tell(&self, event: Event) {
        if let Some(log) = &self.log {
            log.record(&event);
        }
    }

    pub(crate) fn refused(&self, reason: &'static str) {
        self.failed(Failed::Refused(reason));
    }

    pub(crate) fn accounts_failed(&self, reason: &'static str) {
        self.failed(Failed::Accounts(reason));
    }

    #[cfg(feature = "redis")]
    pub(crate) fn redis_failed(&self, reason: &'static str) {
        self.failed(Failed::Redis(reason));
    }

    /// Tells the first one, and then how many, at a bounded pace.
    fn failed(&self, of: Failed) {
        if self.log.is_none() {
            return;
        }
        let now = Instant::now();
        let mut all = lock(&self.failures);
        let count = match all.iter_mut().find(|known| known.of == of) {
            Some(known) => {
                known.untold += 1;
                if now.duration_since(known.told) < PACE {
                    return;
                }
                known.told = now;
                std::mem::take(&mut known.untold)
            }
            None => {
                all.push(Failures {
                    of,
                    untold: 0,
                    told: now,
                });
                1
            }
        };
        drop(all);
        self.tell(of.times(count));
    }

    /// Tells what the pace holds back as soon as it may be told, whether or not the same happens
    /// again. Never resolves.
    pub(crate) async fn keep_telling(&self) {
        if self.log.is_none() {
            return pending().await;
        }
        let mut look = interval(LOOK);
        loop {
            look.tick().await;
            self.tell_held_back(PACE);
        }
    }

    /// Tells all that the pace has held back.
    pub(crate) fn flush(&self) {
        self.tell_held_back(Duration::ZERO);
    }

    /// Tells it of those that were told last at least this long ago.
    fn tell_held_back(&self, ago: Duration) {
        let now = Instant::now();
        let untold: Vec<_> = lock(&self.failures)
            .iter_mut()
            .filter(|known| known.untold > 0 && now.duration_since(known.told) >= ago)
            .map(|known| {
                known.told = now;
                (known.of, std::mem::take(&mut known.untold))
            })
            .collect();
        for (of, count) in untold {
            self.tell(of.times(count));
        }
    }
}
