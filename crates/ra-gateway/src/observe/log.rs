//! The gateway's log: turns typed events into `tracing` events, and throttles those that repeat.
//!
//! [`emit`](ThrottledLog::emit) is the only place that logs. Events hold numbers and names from
//! [`reason`](super::reason), nothing that a client, a phone or an account has said.

#[cfg(test)]
pub(crate) mod tests;

use std::mem;
use std::sync::Mutex;
use std::time::Duration;

use ra_proto::rest::Call;
use tokio::time::{Instant, interval};

#[cfg(feature = "redis")]
use super::reason::RedisUnavailable;
use super::reason::{AccountsFailure, Refusal, SessionEnd, SessionPhase};
use crate::base::lock::lock;

/// The same failure is logged at most this often; those in between are counted.
const PACE: Duration = Duration::from_secs(10);
/// Interval at which counts that are due are looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Something that happened.
pub(crate) enum Event {
    /// A desktop has opened a socket.
    SessionBegan {
        /// Counted from 0 since this node's start.
        session: u64,
    },
    SessionEnded {
        session: u64,
        phase: SessionPhase,
        outcome: SessionEnd,
        /// Time since its socket was opened.
        after: Duration,
    },
    /// A call was answered.
    Answered {
        call: Call,
        status: u16,
        /// Time since its head was read.
        after: Duration,
    },
    /// Failures since the same one was logged last.
    Failed { failure: Failure, count: u64 },
    /// No new sessions begin. Logged at first and every five seconds.
    Draining { sessions: u32, tickets: u32 },
    /// All sessions and tickets that are left are closed.
    Closing { sessions: u32, tickets: u32 },
    /// Redis can be used, for the first time or again.
    #[cfg(feature = "redis")]
    RedisConnected,
    /// Redis cannot be used. Logged again when the reason changes.
    #[cfg(feature = "redis")]
    RedisLost(RedisUnavailable),
    /// Redis answers, but takes no logins. Logged again when the reason changes.
    #[cfg(feature = "redis")]
    RedisRefuses(RedisUnavailable),
}

/// A failure that may repeat quickly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A call, an upgrade or a connection was refused.
    Refused(Refusal),
    /// A client and the gateway did not agree on TLS.
    #[cfg(feature = "tls")]
    Tls,
    /// The accounts did not answer.
    Accounts(AccountsFailure),
    /// Redis did not do what a call needed.
    #[cfg(feature = "redis")]
    Redis(RedisUnavailable),
}

/// Writes one event with its name and fields.
macro_rules! event {
    ($level:ident, $name:literal $(, $field:ident = $value:expr)*) => {
        tracing::$level!(target: "ra_gateway", event = $name $(, $field = $value)*)
    };
}

fn emit(event: Event) {
    let ms = |after: Duration| u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
    match event {
        Event::SessionBegan { session } => event!(debug, "session_began", session = session),
        Event::SessionEnded {
            session,
            phase,
            outcome,
            after,
        } => event!(
            info,
            "session_ended",
            session = session,
            phase = phase.name(),
            outcome = outcome.name(),
            ms = ms(after)
        ),
        Event::Answered {
            call,
            status,
            after,
        } => event!(
            debug,
            "answered",
            call = call.name(),
            status = status,
            ms = ms(after)
        ),
        Event::Failed { failure, count } => match failure {
            Failure::Refused(reason) if reason.needs_attention() => {
                event!(warn, "refused", reason = reason.name(), count = count);
            }
            Failure::Refused(reason) => {
                event!(info, "refused", reason = reason.name(), count = count);
            }
            #[cfg(feature = "tls")]
            Failure::Tls => event!(info, "refused", reason = "tls", count = count),
            Failure::Accounts(reason) => {
                event!(
                    warn,
                    "accounts_failed",
                    reason = reason.name(),
                    count = count
                );
            }
            #[cfg(feature = "redis")]
            Failure::Redis(reason) => {
                event!(warn, "redis_failed", reason = reason.name(), count = count);
            }
        },
        Event::Draining { sessions, tickets } => {
            event!(info, "draining", sessions = sessions, tickets = tickets);
        }
        Event::Closing { sessions, tickets } => {
            event!(info, "closing", sessions = sessions, tickets = tickets);
        }
        #[cfg(feature = "redis")]
        Event::RedisConnected => event!(info, "redis_connected"),
        #[cfg(feature = "redis")]
        Event::RedisLost(reason) => event!(warn, "redis_lost", reason = reason.name()),
        #[cfg(feature = "redis")]
        Event::RedisRefuses(reason) => event!(warn, "redis_refuses", reason = reason.name()),
    }
}

/// Logs events; failures that repeat at a bounded pace.
#[derive(Debug, Default)]
pub(crate) struct ThrottledLog {
    /// Few entries: one for each failure that has happened.
    failures: Mutex<Vec<Repeated>>,
}

#[derive(Debug)]
struct Repeated {
    failure: Failure,
    unlogged: u64,
    logged_at: Instant,
}

impl ThrottledLog {
    pub(crate) fn emit(&self, event: Event) {
        emit(event);
    }

    /// Logs a failure for the first time, and then their number at a bounded pace.
    pub(crate) fn failed(&self, failure: Failure) {
        let now = Instant::now();
        let mut failures = lock(&self.failures);
        let count = match failures.iter_mut().find(|known| known.failure == failure) {
            Some(known) => {
                known.unlogged += 1;
                if now.duration_since(known.logged_at) < PACE {
                    return;
                }
                known.logged_at = now;
                mem::take(&mut known.unlogged)
            }
            None => {
                failures.push(Repeated {
                    failure,
                    unlogged: 0,
                    logged_at: now,
                });
                1
            }
        };
        drop(failures);
        emit(Event::Failed { failure, count });
    }

    /// Logs counts as soon as the pace allows, also when the failure does not repeat. Never
    /// resolves.
    pub(crate) async fn keep_logging(&self) {
        let mut look = interval(LOOK);
        loop {
            look.tick().await;
            self.log_counts(PACE);
        }
    }

    /// Logs all counts at once.
    pub(crate) fn flush(&self) {
        self.log_counts(Duration::ZERO);
    }

    /// Logs the counts of failures that were logged last at least this long ago.
    fn log_counts(&self, ago: Duration) {
        let now = Instant::now();
        let due: Vec<_> = lock(&self.failures)
            .iter_mut()
            .filter(|known| known.unlogged > 0 && now.duration_since(known.logged_at) >= ago)
            .map(|known| {
                known.logged_at = now;
                (known.failure, mem::take(&mut known.unlogged))
            })
            .collect();
        for (failure, count) in due {
            emit(Event::Failed { failure, count });
        }
    }
}
