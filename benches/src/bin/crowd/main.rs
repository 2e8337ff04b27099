//! Runs many desktops against as many sessions of a gateway on one thread and a clock of its own: handshake, minutes of
//! heartbeats, scans, verdicts, expiry. Prints what it took for each size as a Markdown table or as JSON; fails when a
//! session is lost or when the work counted, events and allocations, does not grow with the number of sessions.
//! Times are those of its thread on a processor, and only reported.
#![forbid(unsafe_code)]

mod crowd;
mod report;
mod timeline;

use std::process::ExitCode;

use clap::{Parser, value_parser};

/// Drive many sessions on one thread, without a network and without cryptography.
#[derive(Parser)]
#[command(name = "ra-crowd")]
struct Arguments {
    /// How many sessions, once for each size
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000", value_parser = value_parser!(u32).range(1..))]
    sessions: Vec<u32>,
    /// How often each size is run; the fastest counts
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
