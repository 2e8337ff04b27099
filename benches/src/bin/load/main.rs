//! Plays desktops and phones against a `ra gateway` of its own, on loopback, and beside it against a bare echo server
//! of the same libraries. Prints what was measured as a Markdown table; fails when a session is lost or costs too much.
//! Linux only. Nothing here stops an operator's gateway from noticing it: it is no tool against anybody else's.
#![forbid(unsafe_code)]

mod arguments;
mod desktop;
mod echo;
mod held;
mod keys;
mod logins;
mod measure;
mod phone;
mod process;
mod report;
mod run;

use std::process::ExitCode;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

/// What went wrong, for whoever reads standard error.
type Failed = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let ended = if arguments.echo {
        echo::serve().await
    } else {
        tokio::select! {
            ended = run::run(arguments) => ended,
            () = stopped() => Err("stopped".into()),
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Somebody wants it to stop: what it started is then ended, as everything that holds it is dropped.
async fn stopped() {
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    let [Ok(mut interrupt), Ok(mut terminate)] = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
