//! The numbers as Prometheus reads them (text format 0.0.4).

use std::fmt::Write as _;
#[cfg(feature = "tls")]
use std::time::UNIX_EPOCH;

use super::histogram::Histogram;
use super::{CALLS, Counter, ENDS, REDIS_FAILURES, REFUSALS};
use crate::accounts::AccountsFailure;
use crate::shared::{NotReady, Shared};

/// All numbers of this node, now.
pub(crate) fn page(shared: &Shared) -> String {
    let metrics = &shared.metrics;
    let phases = shared.registry.phases();
    let mut page = Page(String::with_capacity(8 * 1024));
    let failures = AccountsFailure::ALL.map(AccountsFailure::name);
    page.head("connections", "gauge", "connections, sockets included");
    page.line("connections", "", f64::from(shared.gate.connections()));
    page.head("sessions", "gauge", "sessions by how far they are");
    for (phase, count) in ["handshake", "waiting", "scanned"].iter().zip(phases) {
        page.line("sessions", &format!("{{phase=\"{phase}\"}}"), count);
    }
    page.head(
        "tickets",
        "gauge",
        "tickets that wait for desktops of this node",
    );
    page.line("tickets", "", shared.backplane.tickets());
    page.counters("sessions_ended_total", "outcome", &ENDS, &metrics.ends)
        .counters("calls_total", "call", &CALLS, &metrics.calls)
        .counters("refusals_total", "reason", &REFUSALS, &metrics.refusals);
    page.histogram(
        "handshake_seconds",
        "from a socket's upgrade to a valid proof",
        &metrics.handshake,
    );
    page.head(
        "tls_failures_total",
        "counter",
        "TLS handshakes that failed",
    );
    page.line("tls_failures_total", "", metrics.tls_failures.value());
    #[cfg(feature = "tls")]
    if let Some(tls) = &shared.config.tls {
        let until = tls.validity().until.duration_since(UNIX_EPOCH);
        page.head(
            "tls_valid_until_seconds",
            "gauge",
            "when a certificate that is shown ends, since 1970",
        );
        page.line(
            "tls_valid_until_seconds",
            "",
            until.unwrap_or_default().as_secs(),
        );
    }
    page.histogram(
        "accounts_seconds",
        "from a question to the accounts' answer",
        &metrics.accounts,
    );
    page.counters(
        "accounts_failures_total",
        "reason",
        &failures,
        &metrics.accounts_failures,
    );
    let not_ready = shared.not_ready();
    page.head("ready", "gauge", "1 if new clients should be sent here");
    page.line("ready", "", u8::from(not_ready.is_none()));
    page.head("not_ready", "gauge", "1 for why they should not");
    for why in NotReady::ALL {
        let labels = format!("{{reason=\"{}\"}}", why.name());
        page.line("not_ready", &labels, u8::from(not_ready == Some(why)));
    }
    page.head("rendezvous_up", "gauge", "1 if the rendezvous can be used");
    page.line("rendezvous_up", "", u8::from(shared.backplane.is_up()));
    page.head("redis_connections_total", "counter", "connections made");
    page.line(
        "redis_connections_total",
        "",
        metrics.redis_connections.value(),
    );
    page.counters(
        "redis_failures_total",
        "reason",
        &REDIS_FAILURES,
        &metrics.redis_failures,
    );
    page.histogram(
        "redis_seconds",
        "from a command to the answer of Redis",
        &metrics.redis,
    );
    page.0
}

struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // writing to a string cannot fail
        let _ = writeln!(self.0, "# HELP ra_gateway_{name} {help}");
        let _ = writeln!(self.0, "# TYPE ra_gateway_{name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "ra_gateway_{name}{labels} {value}");
    }

    fn counters(
        &mut self,
        name: &str,
        label: &str,
        values: &[&str],
        counters: &[Counter],
    ) -> &mut Self {
        self.head(name, "counter", &format!("by {label}, since the start"));
        for (value, counter) in values.iter().zip(counters) {
            self.line(name, &format!("{{{label}=\"{value}\"}}"), counter.value());
        }
        self
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, "histogram", help);
        let (buckets, sum) = histogram.read();
        let count = buckets.last().map_or(0, |(_, count)| *count);
        for (bound, count) in buckets {
            let bound = bound.map_or("+Inf".to_owned(), |bound| bound.to_string());
            let bucket = format!("{name}_bucket");
            self.line(&bucket, &format!("{{le=\"{bound}\"}}"), count);
        }
        self.line(&format!("{name}_sum"), "", sum);
        self.line(&format!("{name}_count"), "", count);
    }
}
