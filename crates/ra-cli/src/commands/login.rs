//! `ra login`: plays the desktop.

use core::time::Duration;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use ra_core::desktop::login::{Config, Outcome, ProofPolicy, Renewal};
use ra_core::desktop::session::Dialect;
use ra_crypto::AwsLc;
use ra_tokio::{Keys, LoginOptions};

use crate::desktop;
use crate::network::{NetworkArgs, network};
use crate::outcome::{End, Exit, Failure, after_help};
use crate::output::Printer;
use crate::prompt;
use crate::qr::Qr;
use crate::secret_file::{self, TokenFile};
use crate::usage::{parse, seconds};

/// Socket of the live service.
const DEFAULT_GATEWAY: &str = "wss://remote-auth-gateway.discord.gg";
/// Base of the live service's REST API.
pub(crate) const DEFAULT_API: &str = "https://discord.com/api/v9";
/// `Origin` of the official client.
const DEFAULT_ORIGIN: &str = "https://discord.com";
/// First part of a QR code's text.
const DEFAULT_QR_PREFIX: &str = "https://discord.com/ra/";

pub(crate) const LONG_ABOUT: &str = "\
Show a QR code and wait for a phone to approve it, as the desktop does.

The code is drawn in the terminal and replaced when it expires. The user who scanned it is shown before the login \
is approved or declined. The token goes to the file of --token-file, or alone to standard output. All other text goes \
to standard error, so that TOKEN=$(ra login) works.

With --json standard output carries one JSON object a line instead. Its `event` is one of `qr`, `user`, \
`captcha`, `renewed`, `declined`, `token` and `error`. An error has a `kind` (expired, refused, protocol, \
captcha, network, local), a `message` and `retry` (never, new_session or after:SECONDS). With --json, or \
without a terminal, no question is asked.";

const EXAMPLES: &str = "\
Examples:
  ra login --token-file token.txt
  TOKEN=$(ra login --renew 0)
  ra login --json --timeout 120 --qr-png qr.png
  ra login --gateway ws://127.0.0.1:8787 --api http://127.0.0.1:8787/api/v9";

/// `ra login`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES, Exit::ALL))]
pub(crate) struct LoginArgs {
    /// URL of the gateway; ?v=2 is added when the version is missing
    #[arg(long, value_name = "URL", default_value = DEFAULT_GATEWAY)]
    pub(crate) gateway: String,
    /// Base URL of the REST API
    #[arg(long, value_name = "URL", default_value = DEFAULT_API)]
    pub(crate) api: String,
    /// Origin header of the connection
    #[arg(long, value_name = "URL", default_value = DEFAULT_ORIGIN)]
    pub(crate) origin: String,
    /// Proof of the key; auto tries the other dialect when the first is refused
    #[arg(long, value_enum, default_value_t = Proof::Auto)]
    pub(crate) proof: Proof,
    /// First part of the QR code's address
    #[arg(long, value_name = "URL", default_value = DEFAULT_QR_PREFIX)]
    pub(crate) qr_prefix: String,
    #[command(flatten)]
    network: NetworkArgs,
    /// Number of further QR codes, or never [default: as many as needed]
    #[arg(long, value_name = "N|never")]
    pub(crate) renew: Option<Renewals>,
    /// Give up after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<u32>,
    /// Also write each QR code to this PNG file
    #[arg(long, value_name = "FILE")]
    qr_png: Option<PathBuf>,
    /// Also write each QR code to this SVG file
    #[arg(long, value_name = "FILE")]
    qr_svg: Option<PathBuf>,
    /// Write the token to this new file, readable by you alone
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Let --token-file replace a file
    #[arg(long, requires = "token_file")]
    force: bool,
    /// Print one JSON object a line on standard output
    #[arg(long)]
    json: bool,
}

/// Dialects of the proof that the desktop holds the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Proof {
    /// Digest first, then nonce
    Auto,
    /// SHA-256 of the nonce
    Digest,
    /// The nonce itself
    Nonce,
}

/// Number of QR codes that may follow the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Renewals(pub(crate) u32);

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

/// Logs in and shows how it goes.
///
/// # Errors
/// The output cannot be written. Every other failure is shown and returned as an exit code.
pub(crate) async fn run(args: &LoginArgs) -> Result<Exit, Failure> {
    let mut printer = Printer::new(args.json);
    match log_in(args, &mut printer).await {
        Ok(exit) => Ok(exit),
        Err(failure) => printer.end(End::Failed(failure)),
    }
}

async fn log_in(args: &LoginArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let login = login_options(args)?;
    refuse_same_file(args)?;
    let options = desktop::Options {
        invitation: "Scan it with the phone app",
        timeout: args.timeout.map(u64::from).map(Duration::from_secs),
        png: args.qr_png.clone(),
        svg: args.qr_svg.clone(),
        ask: prompt::has_terminal(),
        ..desktop::Options::default()
    };
    // before the connection: a token that cannot be kept is not asked for
    let file = match &args.token_file {
        Some(path) => Some(TokenFile::reserve(path, args.force)?),
        None => None,
    };
    let outcome = desktop::run(login, options, printer).await?;
    conclude(outcome, file, printer)
}

/// Shows the outcome, keeps the token, and returns the exit code.
///
/// # Errors
/// The token cannot be kept or printed.
pub(crate) fn conclude(
    outcome: Outcome,
    file: Option<TokenFile>,
    printer: &mut Printer,
) -> Result<Exit, Failure> {
    match outcome {
        Outcome::LoggedIn { token, user } => {
            let path = file.as_ref().map(|file| file.path().to_owned());
            if let Some(file) = file {
                file.keep(token.expose())?;
            }
            printer.token(&token, &user, path.as_deref())?;
            Ok(Exit::Done)
        }
        Outcome::Declined => {
            printer.declined()?;
            Ok(Exit::Declined)
        }
        // cancelled, and any outcome of a later version that has neither a token nor an error
        _ => {
            printer.remark("Cancelled.")?;
            Ok(Exit::Declined)
        }
    }
}

fn login_options(args: &LoginArgs) -> Result<LoginOptions, Failure> {
    let mut config = Config::default();
    config.gateway = parse("--gateway", &args.gateway)?;
    config.api = parse("--api", &args.api)?;
    config.origin = origin(&args.origin)?;
    config.scan_prefix = parse("--qr-prefix", &args.qr_prefix)?;
    config.user_agent = concat!("ra/", env!("CARGO_PKG_VERSION")).into();
    config.proof = match args.proof {
        Proof::Auto => ProofPolicy::Auto,
        Proof::Digest => ProofPolicy::Only(Dialect::Digest),
        Proof::Nonce => ProofPolicy::Only(Dialect::Nonce),
    };
    config.renewal = match args.renew {
        None => Renewal::Forever,
        Some(Renewals(limit)) => Renewal::Limit(limit),
    };
    // a fingerprint of 43 characters follows the prefix
    Qr::new(&format!("{}{:43}", config.scan_prefix, ""))
        .map_err(|error| Failure::usage("--qr-prefix", error))?;

    let mut options = LoginOptions::new(Keys::new(AwsLc));
    options.config = config;
    options.network = network(&args.network)?;
    Ok(options)
}

/// Refuses two options that name one file: a picture in the place of the token would cost the token after the approval.
fn refuse_same_file(args: &LoginArgs) -> Result<(), Failure> {
    let files = [
        ("--token-file", &args.token_file),
        ("--qr-png", &args.qr_png),
        ("--qr-svg", &args.qr_svg),
    ];
    for (at, (option, path)) in files.iter().enumerate() {
        for (earlier, other) in files.iter().take(at) {
            if let (Some(path), Some(other)) = (path, other)
                && secret_file::same(path, other)?
            {
                return Err(Failure::usage(
                    option,
                    format!("names the file of {earlier}"),
                ));
            }
        }
    }
    Ok(())
}

/// Checks that an origin is a scheme and a host. It is sent as it is written.
fn origin(text: &str) -> Result<String, Failure> {
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    match host {
        Some(host) if !host.is_empty() && host.bytes().all(may_stand_in_origin) => Ok(text.into()),
        _ => Err(Failure::usage(
            "--origin",
            "expected a scheme and a host, as in https://discord.com",
        )),
    }
}

fn may_stand_in_origin(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
}
