//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Measure what sessions and logins cost a gateway: memory, CPU, latency.
///
/// Starts `ra gateway` with limits that let one address and a few accounts do everything, plays desktops and phones
/// against it over loopback, and an echo server for comparison. Everything it starts it also ends. Progress is on
/// standard error, the results are a Markdown table on standard output. Exit code 1 when a session was lost, when one
/// costs more memory than allowed, or when anything else fails.
#[derive(Clone, Debug, Parser)]
#[command(name = "ra-load")]
pub(crate) struct Arguments {
    /// The program `ra` [default: the one beside this program]
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) gateway: Option<PathBuf>,
    /// Idle sessions, all with their QR code out, held at the same time
    #[arg(long, default_value_t = 19_000, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub(crate) sessions: u32,
    /// How long they are held, in seconds, once all are there
    #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) hold: u64,
    /// Sessions that are opened at a time on the way there
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) openings: u32,
    /// Resident bytes of the gateway that a held session may cost
    #[arg(long, value_name = "BYTES", default_value_t = 4_096)]
    pub(crate) max_bytes: u64,
    /// Logins, one after the other while the sessions are held, whose scan is timed
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) probes: u32,
    /// Full logins at full speed, against a gateway that holds nothing else
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) logins: u32,
    /// Desktops that log in at a time
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) desktops: u32,
    /// Phones that approve at a time, each with an account of its own
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) phones: u32,
    /// Be the echo server, until standard input ends
    #[arg(long, hide = true)]
    pub(crate) echo: bool,
}
