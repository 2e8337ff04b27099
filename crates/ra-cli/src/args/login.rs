//! Arguments of `ra login`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::NetworkArgs;

/// Where desktops of the live service connect.
pub(crate) const DEFAULT_GATEWAY: &str = "wss://remote-auth-gateway.discord.gg";
/// Base of the live service's REST API.
pub(crate) const DEFAULT_API: &str = "https://discord.com/api/v9";
/// What the official client sends as `Origin`.
pub(crate) const DEFAULT_ORIGIN: &str = "https://discord.com";
/// What a QR code starts with.
pub(crate) const DEFAULT_QR_PREFIX: &str = "https://discord.com/ra/";

pub(super) const LONG_ABOUT: &str = "\
Show a QR code and wait for a phone to approve it, as the desktop does.

The code is drawn in the terminal and replaced when it expires. Who scanned it is shown before the verdict. \
The token goes to the file of --token-file, or alone to standard output; everything else is written to \
standard error, so that TOKEN=$(ra login) works.

With --json standard output carries one JSON object a line instead. Its `event` is one of `qr`, `user`, \
`captcha`, `renewed`, `declined`, `token` and `error`; an error says `kind` (expired, refused, protocol, \
captcha, network, local), `message` and `retry` (never, new_session or after:SECONDS). With --json, or \
without a terminal, nothing is ever asked.";

const AFTER_HELP: &str = "\
Examples:
  ra login --token-file token.txt
  TOKEN=$(ra login --renew 0)
  ra login --json --timeout 120 --qr-png qr.png
  ra login --gateway ws://127.0.0.1:8787 --api http://127.0.0.1:8787/api/v9

Exit codes: 0 logged in, 2 wrong options, 3 declined or cancelled, 4 expired, 5 a captcha is required, \
6 refused by the gateway or protocol error, 7 network, 8 file or key.";

/// `ra login`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct LoginArgs {
    /// Where the gateway is; ?v=2 is added when the version is missing
    #[arg(long, value_name = "URL", default_value = DEFAULT_GATEWAY)]
    pub gateway: String,
    /// Base of the REST API
    #[arg(long, value_name = "URL", default_value = DEFAULT_API)]
    pub api: String,
    /// Origin header of the connection
    #[arg(long, value_name = "URL", default_value = DEFAULT_ORIGIN)]
    pub origin: String,
    /// How to prove the key; auto tries the other way when the first is refused
    #[arg(long, value_enum, default_value_t = Proof::Auto)]
    pub proof: Proof,
    /// What the QR code's address starts with
    #[arg(long, value_name = "URL", default_value = DEFAULT_QR_PREFIX)]
    pub qr_prefix: String,
    /// Where connections go through and whom they trust
    #[command(flatten)]
    pub network: NetworkArgs,
    /// How many further QR codes to show: a number, or never; without it as many as are needed
    #[arg(long, value_name = "N|never")]
    pub renew: Option<Renewals>,
    /// Give up after this many seconds, whatever is going on
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<u32>,
    /// Also write each QR code to this PNG file
    #[arg(long, value_name = "FILE")]
    pub qr_png: Option<PathBuf>,
    /// Also write each QR code to this SVG file
    #[arg(long, value_name = "FILE")]
    pub qr_svg: Option<PathBuf>,
    /// Write the token to this new file, readable by you alone
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Let --token-file replace a file
    #[arg(long, requires = "token_file")]
    pub force: bool,
    /// Print one JSON object a line on standard output
    #[arg(long)]
    pub json: bool,
}

/// How the desktop proves that it holds the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Proof {
    /// Digest first, then nonce
    Auto,
    /// SHA-256 of the nonce
    Digest,
    /// The nonce itself
    Nonce,
}

/// Not the library's range of numbers: its refusal repeats the value.
pub(super) fn seconds(text: &str) -> Result<u32, &'static str> {
    match text.parse() {
        Ok(seconds) if seconds > 0 => Ok(seconds),
        _ => Err("expected a whole number of seconds above 0"),
    }
}

/// How many QR codes may follow the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewals(pub u32);

impl FromStr for Renewals {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "never" {
            return Ok(Self(0));
        }
        text.parse()
            .map(Self)
            .map_err(|_| "expected a whole number or `never`")
    }
}
