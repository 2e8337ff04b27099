//! The `ra` binary; everything is in the library so that tests reach it.

#![forbid(unsafe_code)]

use clap::Parser as _;

fn main() {
    let cli = ra_cli::args::Cli::parse();
    println!("{cli:?}");
}
