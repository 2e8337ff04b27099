//! From a command to an exit code.

use core::future::Future;
use std::io::{self, Write as _};

use tokio::runtime::{Builder, Runtime};

use crate::args::{self, Command};
use crate::commands::{approve, completions, demo, gateway, login, oauth2};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};

/// Does what was asked.
#[must_use]
pub fn run(command: Command) -> Exit {
    let ended = match command {
        Command::Demo(args) => demo::run(&args),
        Command::Login(args) => on(one_thread(), login::run(&args)),
        Command::Approve(args) => on(one_thread(), approve::run(&args)),
        Command::Gateway(args) => on(all_threads(), gateway::run(&args)),
        Command::Oauth2(args) => on(one_thread(), oauth2::run(&args)),
        Command::Completions { shell } => completions::run(shell),
    };
    ended.unwrap_or_else(|failure| tell(&failure))
}

/// Answers a command line that cannot be run: with the help or the version if that was asked for, else with one line
/// that does not repeat what was typed.
#[must_use]
pub fn refuse(error: &clap::Error) -> Exit {
    if !args::is_answer(error) {
        return tell(&args::refusal(error));
    }
    // whether anybody reads it changes nothing
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Done
    }
}

fn tell(failure: &Failure) -> Exit {
    // the exit code says it too, should nobody be able to read this
    let _ = writeln!(io::stderr(), "error: {failure}");
    failure.exit()
}

/// Enough for one login; the key is made on threads of its own.
pub(crate) fn one_thread() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn all_threads() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}

/// Runs the future, and does not wait for workers that are still at something when it has ended: a key that nobody
/// needs any more, a name that is being resolved.
pub(crate) fn on(
    runtime: io::Result<Runtime>,
    future: impl Future<Output = Result<Exit, Failure>>,
) -> Result<Exit, Failure> {
    let runtime = runtime
        .map_err(|error| Failure::new(Kind::Local, format!("cannot start a runtime: {error}")))?;
    let ended = runtime.block_on(future);
    runtime.shutdown_background();
    ended
}
