//! What an operator counts. A fixed set of numbers, none of which names anybody. What is counted is
//! told to the log, too.

mod histogram;
mod page;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ra_core::gateway::{Outcome, SessionError};

use crate::accounts::AccountsFailure;
use crate::api::Call;
#[cfg(feature = "redis")]
use crate::backplane::redis::RedisUnavailable;
use crate::observe::log::{Event, Journal, Log};
use crate::observe::problem::Problem;
use crate::server::accept::Exhausted;
use histogram::Histogram;

pub(crate) use page::page;

/// From a socket's upgrade to a valid proof.
const HANDSHAKE_MICROS: &[u64] = &[
    10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
];
/// From a command to its answer.
const REDIS_MICROS: &[u64] = &[
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000, 3_000_000,
];

/// From a question to the accounts' answer.
const ACCOUNTS_MICROS: &[u64] = &[
    1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000,
];

/// Counters of one node, from its start.
#[derive(Debug)]
pub(crate) struct Metrics {
    calls: [Counter; CALLS.len()],
    refusals: [Counter; REFUSALS.len()],
    ends: [Counter; ENDS.len()],
    handshake: Histogram,
    redis: Histogram,
    redis_connections: Counter,
    redis_failures: [Counter; REDIS_FAILURES.len()],
    accounts: Histogram,
    accounts_failures: [Counter; AccountsFailure::ALL.len()],
    tls_failures: Counter,
    pub(crate) journal: Journal,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            calls: Default::default(),
            refusals: Default::default(),
            ends: Default::default(),
            handshake: Histogram::new(HANDSHAKE_MICROS),
            redis: Histogram::new(REDIS_MICROS),
            redis_connections: Counter::default(),
            redis_failures: Default::default(),
            accounts: Histogram::new(ACCOUNTS_MICROS),
            accounts_failures: Default::default(),
            tls_failures: Counter::default(),
            journal: Journal::default(),
        }
    }
}

#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl Counter {
    fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The calls, by name.
const CALLS: [&str; 5] = ["create", "finish", "cancel", "login", "mfa_finish"];

/// Why something was refused.
const REFUSALS: [&str; 19] = [
    "bad_request",
    "unauthorized",
    "unknown_session",
    "unknown_ticket",
    "unknown_mfa_ticket",
    "wrong_mfa_code",
    "mfa_required",
    "captcha",
    "rate_limited",
    "busy",
    "internal",
    "not_found",
    "forbidden",
    "accounts_broken",
    "accounts_unavailable",
    "shed",
    "no_files",
    "no_system_files",
    "not_accepted",
];

/// What is wrong with Redis, by name.
#[cfg(feature = "redis")]
const REDIS_FAILURES: [&str; RedisUnavailable::ALL.len()] = {
    let mut names = [""; RedisUnavailable::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = RedisUnavailable::ALL[at].name();
        at += 1;
    }
    names
};
#[cfg(not(feature = "redis"))]
const REDIS_FAILURES: [&str; 0] = [];

/// How sessions end.
const ENDS: [&str; 13] = [
    "approved",
    "declined",
    "left",
    "shut_down",
    "expired",
    "heartbeat_missed",
    "handshake_timed_out",
    "proof_refused",
    "key_refused",
    "protocol",
    "backlog",
    "internal",
    "shed",
];

impl Metrics {
    pub(crate) fn new(log: Option<Arc<dyn Log>>) -> Self {
        Self {
            journal: Journal::new(log),
            ..Self::default()
        }
    }

    /// A call has come.
    pub(crate) fn called(&self, call: Call) {
        self.calls[number_of(call)].count();
    }

    /// A call was answered, this long after it came.
    pub(crate) fn answered(&self, call: Call, status: u16, after: Duration) {
        self.journal.tell(Event::Answered {
            call: CALLS[number_of(call)],
            status,
            after,
        });
    }

    /// A call, an upgrade or a connection was refused.
    pub(crate) fn refused(&self, problem: &Problem) {
        let reason = match problem {
            Problem::BadUpgrade
            | Problem::NotJson
            | Problem::BadField(..)
            | Problem::TooLarge
            | Problem::TooSlow => 0,
            Problem::Unauthorized => 1,
            Problem::UnknownSession => 2,
            Problem::UnknownTicket => 3,
            Problem::UnknownMfaTicket => 4,
            Problem::WrongMfaCode => 5,
            Problem::MfaRequired(_) => 6,
            Problem::Captcha(_) => 7,
            Problem::RateLimited(_) => 8,
            Problem::Busy(_) => 9,
            Problem::Internal => 10,
            Problem::NotFound | Problem::MethodNotAllowed | Problem::NotAnUpgrade => 11,
            Problem::Forbidden => 12,
            Problem::BadGateway => 13,
            Problem::AccountsUnavailable(_) => 14,
        };
        self.refuse(reason);
    }

    /// A connection was closed before it had shown anything, since others needed its place.
    pub(crate) fn shed(&self) {
        self.refuse(15);
    }

    /// The system had no connection to give.
    pub(crate) fn not_accepted(&self, why: Exhausted) {
        self.refuse(match why {
            Exhausted::Files => 16,
            Exhausted::SystemFiles => 17,
            Exhausted::Other => 18,
        });
    }

    fn refuse(&self, reason: usize) {
        self.refusals[reason].count();
        self.journal.refused(REFUSALS[reason]);
    }

    /// The accounts have answered a question, or failed to.
    pub(crate) fn accounts_answered(&self, after: Duration, failure: Option<AccountsFailure>) {
        self.accounts.observe(after);
        if let Some(failure) = failure {
            self.accounts_failures[failure as usize].count();
            self.journal.accounts_failed(failure.name());
        }
    }

    /// A session is over. Says what its end is called.
    pub(crate) fn ended(&self, end: &Result<Outcome, SessionError>) -> &'static str {
        let end = match end {
            Ok(Outcome::Approved) => 0,
            Ok(Outcome::Declined) => 1,
            Ok(Outcome::ShutDown) => 3,
            Ok(_) => 2,
            Err(SessionError::Expired) => 4,
            Err(SessionError::HeartbeatMissed) => 5,
            Err(SessionError::HandshakeTimedOut) => 6,
            Err(SessionError::ProofRefused) => 7,
            Err(SessionError::Key(_) | SessionError::KeyEncoding) => 8,
            Err(SessionError::Backlog) => 10,
            Err(SessionError::Local) => 11,
            Err(_) => 9,
        };
        self.end(end)
    }

    /// A session was closed for others that needed its place. Says what that is called.
    pub(crate) fn ended_for_others(&self) -> &'static str {
        self.end(12)
    }

    fn end(&self, end: usize) -> &'static str {
        self.ends[end].count();
        ENDS[end]
    }

    /// A desktop has proven its key this long after its upgrade.
    pub(crate) fn proven(&self, after: Duration) {
        self.handshake.observe(after);
    }

    /// Redis has answered.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_answered(&self, after: Duration) {
        self.redis.observe(after);
    }

    /// A connection to Redis was made, and all is said that has to be.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_connected(&self) {
        self.redis_connections.count();
    }

    /// Redis did not do what it was to, whatever that was.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_failed(&self, why: RedisUnavailable) {
        self.redis_failures[why as usize].count();
    }

    /// A call's command came to nothing.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_command_failed(&self, why: RedisUnavailable) {
        self.redis_failed(why);
        self.journal.redis_failed(why.name());
    }

    /// A client and the gateway did not agree on TLS.
    #[cfg(feature = "tls")]
    pub(crate) fn tls_failed(&self) {
        self.tls_failures.count();
        self.journal.refused("tls");
    }
}

fn number_of(call: Call) -> usize {
    match call {
        Call::Create => 0,
        Call::Finish => 1,
        Call::Cancel => 2,
        Call::Login => 3,
        Call::MfaFinish => 4,
    }
}
