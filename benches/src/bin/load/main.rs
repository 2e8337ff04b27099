//! `ra-load` plays desktops and phones on loopback against a `ra gateway` of its own, and against a bare echo server.
//! Prints the results as a Markdown table. Fails when a session is lost or costs too much. Linux only. It hides
//! nothing from a gateway, so it is no tool against gateways of others.
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

/// Error for people who read standard error.
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

/// Waits for a signal to stop. Dropping everything then ends the started processes.
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
