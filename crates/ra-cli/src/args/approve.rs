//! Arguments of `ra approve`.

use std::path::PathBuf;

use clap::Args;

use super::NetworkArgs;
use super::login::DEFAULT_API;

pub(super) const LONG_ABOUT: &str = "\
Approve or decline a scanned QR code, as the phone does.

You are shown which login it is and are asked at the terminal. Only approve a code that you yourself \
opened on a device in front of you: whoever sent you a code or a picture of one gets into your account.

The token of the account comes from a file or from the variable RA_TOKEN, never from an argument, \
because arguments can be read by every program on the machine.";

const AFTER_HELP: &str = "\
Examples:
  ra approve https://discord.com/ra/... --token-file token.txt
  RA_TOKEN=... ra approve URL --api http://127.0.0.1:8787/api/v9 --yes

Exit codes: 0 approved, 2 wrong URL or nobody to ask, 3 declined, 4 the code has expired, 5 a second factor \
is required, 6 refused, 7 network, 8 file. Without a terminal nothing is approved.";

/// `ra approve`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ApproveArgs {
    /// The text of the scanned QR code
    pub url: String,
    /// Base of the REST API
    #[arg(long, value_name = "URL", default_value = DEFAULT_API)]
    pub api: String,
    /// Read the account's token from this file instead of the RA_TOKEN variable
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Where connections go through and whom they trust
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Approve without asking; only against an API on this machine
    #[arg(long, conflicts_with = "deny")]
    pub yes: bool,
    /// Decline without asking; only against an API on this machine
    #[arg(long)]
    pub deny: bool,
}
