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
    /// The program `ra` [default: the one in the folder of this program]
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) gateway: Option<PathBuf>,
    /// Idle sessions, with their QR code shown, held at the same time
    #[arg(long, default_value_t = 19_000, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub(crate) sessions: u32,
    /// Seconds for which all sessions are held
    #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) hold: u64,
    /// Sessions opened at a time
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) openings: u32,
    /// Most resident bytes of the gateway for a held session
    #[arg(long, value_name = "BYTES", default_value_t = 4_096)]
    pub(crate) max_bytes: u64,
    /// Logins whose scan is timed, one after the other, while the sessions are held
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) probes: u32,
    /// Logins at full speed, against a gateway without held sessions
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) logins: u32,
    /// Desktops that log in at a time
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) desktops: u32,
    /// Phones that approve at a time, each with its own account
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) phones: u32,
    /// Run the echo server until standard input ends
    #[arg(long, hide = true)]
    pub(crate) echo: bool,
}
