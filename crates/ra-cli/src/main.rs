//! The command line `ra`: reads arguments, shows what the drivers report, asks the person, and ends with an exit code.
//!
//! Nothing here speaks the protocol, and nothing is approved unless a person was asked.

#![forbid(unsafe_code)]

mod cli;
mod outcome;

mod commands;
mod desktop;
mod log;
mod network;
mod output;
mod prompt;
mod qr;
mod runtime;
mod sanitize;
mod secret_file;
mod signals;
mod usage;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command};
use commands::{approve, completions, demo, gateway, login, oauth2};
use outcome::{Exit, Failure};
use runtime::{all_threads, block_on, one_thread};

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => run(&cli),
        Err(error) => refuse(&error),
    }
    .into()
}

/// Runs the command and returns how it ended.
fn run(cli: &Cli) -> Exit {
    let ended = dispatch(cli);
    log::flush();
    ended.unwrap_or_else(|failure| report(&failure))
}

fn dispatch(cli: &Cli) -> Result<Exit, Failure> {
    // the gateway's file may have a filter of its own
    if !matches!(cli.command, Command::Gateway(_)) {
        log::start(&cli.log)?;
    }
    match &cli.command {
        Command::Demo(args) => demo::run(args),
        Command::Login(args) => block_on(one_thread(), login::run(args)),
        Command::Approve(args) => block_on(one_thread(), approve::run(args)),
        Command::Gateway(args) => block_on(all_threads(), gateway::run(args, &cli.log)),
        Command::Oauth2(args) => block_on(one_thread(), oauth2::run(args)),
        Command::Completions(args) => completions::run(args),
    }
}

/// Answers a command line that cannot be run. Prints the help or the version if that was asked for, else one line that
/// does not repeat what was typed.
fn refuse(error: &clap::Error) -> Exit {
    if !usage::is_answer(error) {
        return report(&usage::refusal(error));
    }
    // a closed pipe does not change the exit code
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Done
    }
}

fn report(failure: &Failure) -> Exit {
    // the exit code says it too if standard error is closed
    let _ = writeln!(io::stderr(), "error: {failure}");
    failure.exit()
}
