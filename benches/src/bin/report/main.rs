//! `ra-report` writes `docs/benchmarks.md` from the results of the benches.
//!
//! `collect` keeps what criterion measured in `benches/results/criterion.json`. `write` fills the template
//! `benches/report.md` with it and with the tables that other programs printed (`benches/results/*.md`). `check` fails
//! when the page is out of date, or when a rival is faster than the aims allow. `.ci/recipes/bench.sh` calls all three.
#![forbid(unsafe_code)]

mod aims;
mod page;
mod results;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use results::{Machine, Results};

/// The page, below the root of the project.
const PAGE: &str = "docs/benchmarks.md";

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Write docs/benchmarks.md from the results of the benches.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Root of the project
    #[arg(long, default_value = ".", global = true)]
    root: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Keep the results of criterion
    Collect {
        /// Folder that criterion wrote to
        #[arg(long, default_value = "target/criterion")]
        criterion: PathBuf,
        /// First part of the names of the groups measured in this run; other results are kept
        #[arg(long = "part", required = true)]
        parts: Vec<String>,
        /// Day of the run, such as 2026-11-20
        #[arg(long)]
        date: String,
        /// Output of `rustc --version`
        #[arg(long)]
        rustc: String,
    },
    /// Write the page
    Write,
    /// Fail if the page is out of date, or if a result misses its aim
    Check,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ra-report: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<()> {
    let root = &arguments.root;
    match &arguments.command {
        Command::Collect {
            criterion,
            parts,
            date,
            rustc,
        } => {
            let newer = Results::of_criterion(criterion, parts, &Machine::here(date, rustc))?;
            let path = kept(root).join("criterion.json");
            Results::load(&path)?.replaced_by(newer).save(&path)
        }
        Command::Write => {
            let (path, page) = (root.join(PAGE), page(root)?);
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            Ok(fs::write(path, page)?)
        }
        Command::Check => {
            if fs::read_to_string(root.join(PAGE)).unwrap_or_default() != page(root)? {
                return Err(
                    format!("{PAGE} does not show these results: run `ra-report write`").into(),
                );
            }
            let missed = aims::missed(&results(root)?);
            if missed.is_empty() {
                Ok(())
            } else {
                Err(missed.join("\n").into())
            }
        }
    }
}

fn page(root: &Path) -> Outcome<String> {
    let template = fs::read_to_string(root.join("benches/report.md"))?;
    page::fill(&template, &results(root)?, &kept(root))
}

fn results(root: &Path) -> Outcome<Results> {
    Results::load(&kept(root).join("criterion.json"))
}

fn kept(root: &Path) -> PathBuf {
    root.join("benches/results")
}
