//! Writes `docs/benchmarks.md` and its plots from a run of the benches.
//!
//! `collect` keeps what criterion measured in `benches/results/criterion.json`; `write` fills the template `benches/report.md`
//! with it and with the tables that other programs printed (`benches/results/*.md`); `check` fails where the page is another,
//! or where a rival is quicker than the aims allow.
//! The recipe `.ci/recipes/bench.sh` does all of it.
#![forbid(unsafe_code)]

mod aims;
mod page;
mod plot;
mod results;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use page::Page;
use results::{Machine, Results};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Writes docs/benchmarks.md from a run of the benches.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The root of the project.
    #[arg(long, default_value = ".", global = true)]
    root: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Keep what criterion measured
    Collect {
        /// Where criterion wrote to
        #[arg(long, default_value = "target/criterion")]
        criterion: PathBuf,
        /// What was measured in this run: first parts of groups' names; all else is kept as it was
        #[arg(long = "part", required = true)]
        parts: Vec<String>,
        /// The day of the run, as 2026-11-20
        #[arg(long)]
        date: String,
        /// What `rustc --version` says
        #[arg(long)]
        rustc: String,
    },
    /// Write the page and its plots
    Write,
    /// Fail if the page or a plot is not what `write` would write
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
            let page = page(root)?;
            for (path, text) in page.files() {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap_or(root))?;
                fs::write(path, text)?;
            }
            Ok(())
        }
        Command::Check => {
            for (path, text) in page(root)?.files() {
                if fs::read_to_string(root.join(&path)).unwrap_or_default() != *text {
                    let path = path.display();
                    return Err(format!("{path} is not what the results say: write it anew").into());
                }
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

fn page(root: &Path) -> Outcome<Page> {
    let template = fs::read_to_string(root.join("benches/report.md"))?;
    Page::fill(&template, &results(root)?, &kept(root))
}

fn results(root: &Path) -> Outcome<Results> {
    Results::load(&kept(root).join("criterion.json"))
}

fn kept(root: &Path) -> PathBuf {
    root.join("benches/results")
}
