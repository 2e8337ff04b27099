//! `ra-crowd` runs many desktops against as many gateway sessions on one thread and a virtual clock: handshake,
//! minutes of heartbeats, scans, decisions, expiry. Prints the work of each size as a Markdown table or as JSON.
//! Fails when a session is lost, or when events or allocations do not grow with the number of sessions. CPU times are
//! only reported.
#![forbid(unsafe_code)]

mod crowd;
mod report;
mod timeline;

use std::process::ExitCode;

use clap::{Parser, value_parser};

/// Run many sessions on one thread, without a network and cryptography.
#[derive(Parser)]
#[command(name = "ra-crowd")]
struct Arguments {
    /// Numbers of sessions, one for each size
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "1000,10000,100000",
        value_parser = value_parser!(u32).range(1..)
    )]
    sessions: Vec<u32>,
    /// Runs of each size; the fastest counts
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u32).range(1..))]
    rounds: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let report = match report::measure(&arguments.sessions, arguments.rounds) {
        Ok(report) => report,
        Err(why) => return failed(&why),
    };
    if arguments.json {
        println!("{}", report.json());
    } else {
        print!("{report}");
    }
    match report.verdict() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => failed(&why),
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}
