//! The `ra` binary; everything is in the library so that tests reach it.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    ra_cli::run(ra_cli::args::Cli::parse().command).into()
}
