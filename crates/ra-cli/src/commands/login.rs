//! `ra login`.

use core::time::Duration;

use ra_core::desktop::login::{Config, Outcome, ProofPolicy, Renewal};
use ra_core::desktop::session::Dialect;
use ra_crypto::AwsLc;
use ra_tokio::{Keys, LoginOptions};

use crate::args::{LoginArgs, Proof, Renewals};
use crate::desktop::{self, Around};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files::{self, TokenFile};
use crate::network::network;
use crate::output::Report;
use crate::output::screen::Screen;
use crate::prompt;
use crate::qr::Qr;

/// Logs in and tells about it.
///
/// # Errors
/// What could not be told any more; everything else is told and answered as an exit code.
pub(crate) async fn run(args: &LoginArgs) -> Result<Exit, Failure> {
    let mut report = if args.json {
        Report::for_programs()
    } else {
        Report::for_people(Screen::stderr(), "Scan it with the phone app")
    };
    match log_in(args, &mut report).await {
        Ok(exit) => Ok(exit),
        Err(failure) => {
            report.failure(&failure)?;
            Ok(failure.exit())
        }
    }
}

async fn log_in(args: &LoginArgs, report: &mut Report) -> Result<Exit, Failure> {
    let options = options(args)?;
    distinct(args)?;
    let around = Around {
        timeout: args.timeout.map(u64::from).map(Duration::from_secs),
        png: args.qr_png.clone(),
        svg: args.qr_svg.clone(),
        ask: prompt::somebody_is_there(),
        ..Around::default()
    };
    // before anything is connected: a token that cannot be kept is not asked for
    let file = match &args.token_file {
        Some(path) => Some(TokenFile::reserve(path, args.force)?),
        None => None,
    };
    let outcome = desktop::run(options, around, report).await?;
    conclude(outcome, file, report)
}

/// Tells how it ended, keeps the token, and answers the exit code.
///
/// # Errors
/// When the token cannot be kept or told.
pub(crate) fn conclude(
    outcome: Outcome,
    file: Option<TokenFile>,
    report: &mut Report,
) -> Result<Exit, Failure> {
    match outcome {
        Outcome::LoggedIn { token, user } => {
            let path = file.as_ref().map(|file| file.path().to_owned());
            if let Some(file) = file {
                file.keep(token.expose())?;
            }
            report.token(&token, &user, path.as_deref())?;
            Ok(Exit::Done)
        }
        Outcome::Declined => {
            report.declined()?;
            Ok(Exit::Declined)
        }
        // cancelled, and whatever may come to mean that there is neither a token nor an error
        _ => {
            report.cancelled()?;
            Ok(Exit::Declined)
        }
    }
}

fn options(args: &LoginArgs) -> Result<LoginOptions, Failure> {
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
    // 43 characters of fingerprint follow
    Qr::new(&format!("{}{:43}", config.scan_prefix, ""))
        .map_err(|error| Failure::usage("--qr-prefix", error))?;

    let mut options = LoginOptions::new(Keys::new(AwsLc));
    options.config = config;
    options.network = network(&args.network)?;
    Ok(options)
}

/// Each file has a path of its own: a picture in the place of the token would cost the token after the approval.
fn distinct(args: &LoginArgs) -> Result<(), Failure> {
    let files = [
        ("--token-file", &args.token_file),
        ("--qr-png", &args.qr_png),
        ("--qr-svg", &args.qr_svg),
    ];
    for (at, (option, path)) in files.iter().enumerate() {
        for (earlier, other) in files.iter().take(at) {
            if let (Some(path), Some(other)) = (path, other)
                && files::same(path, other)?
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

/// Reads a value; the error says which option and why, and not what was given.
pub(crate) fn parse<T>(option: &str, text: &str) -> Result<T, Failure>
where
    T: core::str::FromStr,
    T::Err: core::error::Error + 'static,
{
    text.parse().map_err(|error: T::Err| {
        let why = Failure::caused(crate::failure::Kind::Usage, &error, ra_http::Retry::Never);
        Failure::usage(option, why)
    })
}

/// An origin is a scheme and a host; it is sent as it is written.
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
