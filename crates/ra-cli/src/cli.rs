//! The command line: its commands, and the help that they share.
//!
//! URLs stay text here. Each command reads them and names the option in its refusal, but never repeats the value: it
//! may hold a password or a pasted token.

use clap::{Parser, Subcommand};

use crate::commands::approve::ApproveArgs;
use crate::commands::completions::CompletionsArgs;
use crate::commands::demo::DemoArgs;
use crate::commands::gateway::GatewayArgs;
use crate::commands::login::LoginArgs;
use crate::commands::oauth2::Oauth2Args;
use crate::commands::{approve, demo, gateway, login, oauth2};
use crate::log::LogArgs;
use crate::outcome::{Exit, after_help};

const LONG_ABOUT: &str = "\
Log a desktop in by a QR code that a phone approves. The commands play each role: the desktop (login), \
the phone (approve), the gateway between them (gateway), or all three at once on this machine (demo).

This is a tool for people who build and test clients and gateways of this protocol. Discord's terms do not allow \
automating user accounts: use it with accounts and services that are yours to test with. Protect a token like a \
password. Only approve a code that you yourself opened on a device in front of you.";

const AFTER_HELP: &str = "\
Try `ra demo` first: it needs no network and no account.
`ra --help` shows exit codes and examples.";

const EXAMPLES: &str = "\
Examples:
  ra demo                              the whole login on this machine
  ra login --token-file token.txt      show a QR code, write the token
  ra login --json | my-program         one JSON object a line
  RA_TOKEN=... ra approve URL          play the phone, ask before approving
  ra gateway --accounts accounts.toml  a gateway of your own on loopback
  ra oauth2 login --client-id ID --scope identify
                                       OAuth2 in the browser";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "ra",
    bin_name = "ra",
    version,
    about = "Log in by QR code: desktop, phone and gateway of Discord's remote auth",
    long_about = LONG_ABOUT,
    after_help = AFTER_HELP,
    after_long_help = after_help(EXAMPLES, Exit::ALL),
    max_term_width = 100,
    disable_help_subcommand = true,
    arg_required_else_help = true,
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play all three roles on this machine and watch a login happen
    #[command(long_about = demo::LONG_ABOUT)]
    Demo(DemoArgs),
    /// Show a QR code and wait for a phone to approve it (the desktop)
    #[command(long_about = login::LONG_ABOUT)]
    Login(LoginArgs),
    /// Approve or decline a scanned QR code (the phone)
    #[command(long_about = approve::LONG_ABOUT)]
    Approve(ApproveArgs),
    /// Serve the gateway between desktops and phones
    #[command(long_about = gateway::LONG_ABOUT)]
    Gateway(Box<GatewayArgs>),
    /// Discord's OAuth2: get tokens, refresh and revoke them, ask what they say
    #[command(long_about = oauth2::LONG_ABOUT)]
    Oauth2(Box<Oauth2Args>),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

#[cfg(test)]
mod tests;
