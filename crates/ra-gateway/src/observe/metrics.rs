//! Metrics for operators. Their number is fixed, and none names a person.

use std::time::Duration;

use prometheus_client::encoding::{
    EncodeLabelKey, EncodeLabelSet, EncodeLabelValue, LabelSetEncoder, prometheus_text,
};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use ra_proto::rest::Call;

use super::log::{Event, Failure, ThrottledLog};
#[cfg(feature = "redis")]
use super::reason::RedisUnavailable;
use super::reason::{AccountsFailure, Label, Refusal, SessionEnd};

/// Upper bounds in seconds, from a socket's upgrade to a valid proof.
const HANDSHAKE: &[f64] = &[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Upper bounds in seconds, from a command to the answer of Redis.
const REDIS: &[f64] = &[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 3.0,
];
/// Upper bounds in seconds, from a question to the accounts' answer.
const ACCOUNTS: &[f64] = &[
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// Counters of one node since its start. Some events are logged as they are counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    calls: Counters<Call>,
    refusals: Counters<Refusal>,
    sessions_ended: Counters<SessionEnd>,
    handshake: Histogram,
    #[cfg_attr(not(feature = "tls"), allow(dead_code))]
    tls_failures: Counter,
    accounts: Histogram,
    accounts_failures: Counters<AccountsFailure>,
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    redis: Histogram,
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    redis_connections: Counter,
    #[cfg(feature = "redis")]
    redis_failures: Counters<RedisUnavailable>,
    pub(crate) log: ThrottledLog,
    registry: Registry,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("ra_gateway");
        let all = &mut registry;
        Self {
            calls: counters(all, "calls"),
            refusals: counters(all, "refusals"),
            sessions_ended: counters(all, "sessions_ended"),
            handshake: histogram(
                all,
                "handshake_seconds",
                "from a socket's upgrade to a valid proof",
                HANDSHAKE,
            ),
            tls_failures: counter(all, "tls_failures", "TLS handshakes that failed"),
            accounts: histogram(
                all,
                "accounts_seconds",
                "from a question to the accounts' answer",
                ACCOUNTS,
            ),
            accounts_failures: counters(all, "accounts_failures"),
            redis: histogram(
                all,
                "redis_seconds",
                "from a command to the answer of Redis",
                REDIS,
            ),
            redis_connections: counter(all, "redis_connections", "connections made"),
            #[cfg(feature = "redis")]
            redis_failures: counters(all, "redis_failures"),
            log: ThrottledLog::default(),
            registry,
        }
    }
}

impl Metrics {
    /// Counts a call that has come.
    pub(crate) fn called(&self, call: Call) {
        self.calls.count(call);
    }

    /// Logs the answer to a call, this long after it came.
    pub(crate) fn answered(&self, call: Call, status: u16, after: Duration) {
        self.log.emit(Event::Answered {
            call,
            status,
            after,
        });
    }

    /// Counts a call, an upgrade or a connection that was refused.
    pub(crate) fn refused(&self, reason: impl Into<Refusal>) {
        let reason = reason.into();
        self.refusals.count(reason);
        self.log.failed(Failure::Refused(reason));
    }

    /// Counts a question that the accounts have answered, or failed to.
    pub(crate) fn accounts_answered(&self, after: Duration, failure: Option<AccountsFailure>) {
        self.accounts.observe(after.as_secs_f64());
        if let Some(failure) = failure {
            self.accounts_failures.count(failure);
            self.log.failed(Failure::Accounts(failure));
        }
    }

    /// Counts a session that is over.
    pub(crate) fn session_ended(&self, end: SessionEnd) {
        self.sessions_ended.count(end);
    }

    /// Times the handshake of a desktop that has proven its key.
    pub(crate) fn proven(&self, after: Duration) {
        self.handshake.observe(after.as_secs_f64());
    }

    /// Times an answer of Redis.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_answered(&self, after: Duration) {
        self.redis.observe(after.as_secs_f64());
    }

    /// Counts a connection to Redis that is ready for use.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_connected(&self) {
        self.redis_connections.inc();
    }

    /// Counts a failure of Redis, whatever it was to do.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_failed(&self, why: RedisUnavailable) {
        self.redis_failures.count(why);
    }

    /// Counts and logs a failed command of a call.
    #[cfg(feature = "redis")]
    pub(crate) fn redis_command_failed(&self, why: RedisUnavailable) {
        self.redis_failed(why);
        self.log.failed(Failure::Redis(why));
    }

    /// Counts a failed TLS handshake with a client.
    #[cfg(feature = "tls")]
    pub(crate) fn tls_failed(&self) {
        self.tls_failures.inc();
        self.log.failed(Failure::Tls);
    }

    /// Returns all counters, then these gauges, in Prometheus' text format 0.0.4.
    pub(crate) fn page(&self, gauges: &Gauges) -> String {
        let mut page = String::with_capacity(8 * 1024);
        for registry in [&self.registry, &gauges.0] {
            // writing to a string cannot fail
            let _ = prometheus_text::encode(&mut page, registry);
        }
        page
    }
}

/// Values that are read when somebody asks for them.
pub(crate) struct Gauges(Registry);

impl Gauges {
    pub(crate) fn new() -> Self {
        Self(Registry::with_prefix("ra_gateway"))
    }

    /// A value without labels.
    pub(crate) fn set(&mut self, name: &str, help: &str, value: impl TryInto<i64>) {
        let gauge = Gauge::<i64>::default();
        gauge.set(value.try_into().unwrap_or(i64::MAX));
        self.0.register(name, help, gauge);
    }

    /// One value for each value of a label.
    pub(crate) fn set_by<L: Label>(&mut self, name: &str, help: &str, value: impl Fn(L) -> usize) {
        let gauges = Family::<LabelSet<L>, Gauge>::default();
        for label in L::ALL {
            let value = i64::try_from(value(*label)).unwrap_or(i64::MAX);
            gauges.get_or_create(&LabelSet(*label)).set(value);
        }
        self.0.register(name, help, gauges);
    }
}

fn counter(registry: &mut Registry, name: &str, help: &str) -> Counter {
    let counter = Counter::default();
    registry.register(name, help, counter.clone());
    counter
}

fn counters<L: Label>(registry: &mut Registry, name: &str) -> Counters<L> {
    let counters = Family::default();
    for label in L::ALL {
        drop(counters.get_or_create(&LabelSet(*label)));
    }
    let help = format!("by {}, since the start", L::KEY);
    registry.register(name, help, Family::clone(&counters));
    Counters(counters)
}

fn histogram(registry: &mut Registry, name: &str, help: &str, bounds: &[f64]) -> Histogram {
    let histogram = Histogram::new(bounds.iter().copied());
    registry.register(name, help, histogram.clone());
    histogram
}

/// One counter for each value of a label.
#[derive(Debug)]
struct Counters<L: Label>(Family<LabelSet<L>, Counter>);

impl<L: Label> Counters<L> {
    fn count(&self, label: L) {
        self.0.get_or_create(&LabelSet(label)).inc();
    }
}

/// A label as the only one of its metric.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LabelSet<L>(L);

impl<L: Label> EncodeLabelSet for LabelSet<L> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> std::fmt::Result {
        let mut label = encoder.encode_label();
        let mut key = label.encode_label_key()?;
        EncodeLabelKey::encode(&L::KEY, &mut key)?;
        let mut value = key.encode_label_value()?;
        EncodeLabelValue::encode(&self.0.name(), &mut value)?;
        value.finish()
    }
}
