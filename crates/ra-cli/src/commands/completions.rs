//! `ra completions`.

use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::exit::Exit;
use crate::failure::Failure;

/// Writes the script to standard output.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn run(shell: Shell) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    out.write_all(&script(shell))
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}

fn script(shell: Shell) -> Vec<u8> {
    // through a buffer: the generator panics when what it writes to fails, as a closed pipe does
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "ra", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_gets_every_subcommand_and_option() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8(script(*shell)).unwrap();
            for word in [
                "demo",
                "login",
                "approve",
                "gateway",
                "qr-prefix",
                "token-file",
                "rendezvous",
                "client-credentials",
                "client-secret-file",
                "userinfo-url",
            ] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }
}
