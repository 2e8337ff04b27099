//! The results, as a table.

use std::fmt;
use std::time::Duration;

use crate::Failed;
use crate::arguments::Arguments;
use crate::measure::{Arithmetic, percentile};

/// Results of held sockets. A lost socket fails the run instead.
#[derive(Default)]
pub(crate) struct Holding {
    /// Resident bytes of the idle process.
    pub(crate) idle: u64,
    /// Additional resident bytes of all sessions.
    pub(crate) resident: u64,
    pub(crate) per_session: u64,
    /// Answered heartbeats.
    pub(crate) answered: u64,
    pub(crate) opening_cpu: f64,
    pub(crate) heartbeat_cpu: f64,
    /// Time from scan to event; at the echo server, of an echo.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Holding {
    pub(crate) fn probe(&mut self, mut times: Vec<Duration>) {
        self.p50 = percentile(&mut times, 50);
        self.p99 = percentile(&mut times, 99);
    }
}

/// Logins at full speed. Times in microseconds.
pub(crate) struct Logins {
    pub(crate) count: usize,
    pub(crate) a_second: f64,
    pub(crate) cpu: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// All results.
pub(crate) struct Report<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) arithmetic: Arithmetic,
    pub(crate) gateway: (Holding, Logins),
    pub(crate) echo: (Holding, Logins),
}

impl Report<'_> {
    /// Fails if a session costs more memory than allowed.
    pub(crate) fn verdict(&self) -> Result<(), Failed> {
        let (is, limit) = (self.gateway.0.per_session, self.arguments.max_bytes);
        if is > limit {
            return Err(format!("a session takes {is} resident bytes, more than {limit}").into());
        }
        Ok(())
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((held, full), (bare, burst)) = (&self.gateway, &self.echo);
        let Arguments {
            sessions,
            hold,
            desktops,
            phones,
            probes,
            ..
        } = self.arguments;
        let floor = self.arithmetic.gateway;
        writeln!(f, "| | gateway | bare echo server | ratio |")?;
        writeln!(f, "|---|--:|--:|--:|")?;
        writeln!(
            f,
            "| sessions held, the gateway's for {hold} s | {sessions} | {sessions} | |"
        )?;
        writeln!(f, "| of them lost | 0 | 0 | |")?;
        writeln!(
            f,
            "| heartbeats answered | {} | {} | |",
            held.answered, bare.answered
        )?;
        let mut row = |what: &str, ours: f64, theirs: f64, digits: usize| {
            let ratio = ours / theirs;
            writeln!(
                f,
                "| {what} | {ours:.digits$} | {theirs:.digits$} | {ratio:.2} |"
            )
        };
        let bytes = |holding: &Holding| holding.per_session as f64;
        row("resident bytes a session", bytes(held), bytes(bare), 0)?;
        row("CPU to open one, µs", held.opening_cpu, bare.opening_cpu, 0)?;
        row(
            "CPU a heartbeat, µs",
            held.heartbeat_cpu,
            bare.heartbeat_cpu,
            1,
        )?;
        row(
            "scan → desktop's event, or an echo: p50, µs",
            held.p50,
            bare.p50,
            0,
        )?;
        row("the same: p99, µs", held.p99, bare.p99, 0)?;
        row(
            "full logins, or connections with four echoes, a second",
            full.a_second,
            burst.a_second,
            0,
        )?;
        row("one of them: p50, µs", full.p50, burst.p50, 0)?;
        row("one of them: p99, µs", full.p99, burst.p99, 0)?;
        row("CPU of one of them, µs", full.cpu, burst.cpu, 0)?;
        writeln!(f)?;
        writeln!(
            f,
            "{} logins by {desktops} desktops and {phones} phones; {probes} scans timed with the sessions held.\n\
             Idle gateway: {} KiB resident. \
             Arithmetic of a login: {floor:.0} µs at the gateway, whose CPU time is {:.1} times that;\n\
             {:.0} µs at the desktop.",
            full.count,
            held.idle / 1024,
            full.cpu / floor,
            self.arithmetic.desktop,
        )
    }
}
