//! The `ra` binary; everything is in the library so that tests reach it.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match ra_cli::args::Cli::try_parse() {
        Ok(cli) => ra_cli::run(cli.command),
        Err(error) => ra_cli::refuse(&error),
    }
    .into()
}
