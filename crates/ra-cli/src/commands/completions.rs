//! `ra completions`: prints a completion script.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::outcome::{Exit, Failure, after_help};
use crate::output::write_stdout;

const EXAMPLES: &str = "\
Example:
  ra completions bash > ~/.local/share/bash-completion/completions/ra";

/// `ra completions`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES, &[Exit::Done, Exit::Usage, Exit::Local]))]
pub(crate) struct CompletionsArgs {
    /// Shell that the script is for
    shell: Shell,
}

/// Writes the script to standard output.
///
/// # Errors
/// [`Kind::Local`](crate::outcome::Kind::Local) if standard output cannot be written.
pub(crate) fn run(args: &CompletionsArgs) -> Result<Exit, Failure> {
    write_stdout(&script(args.shell))?;
    Ok(Exit::Done)
}

fn script(shell: Shell) -> Vec<u8> {
    // through a buffer: the generator panics if its output fails, as a closed pipe does
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
