//! Reads option values and explains a refused command line, without repeating what was typed.
//!
//! The texts of clap repeat the arguments, one of which may be a token that was given by mistake. The texts here show
//! only names that this project chose.

use core::error::Error as _;
use core::str::FromStr;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use ra_http::Retry;

use crate::outcome::{Failure, Kind};

/// Longest unknown option that is shown.
const MAX_FLAG: usize = 24;

/// Reads a value. The error names the option and the reason, not the value.
pub(crate) fn parse<T>(option: &str, text: &str) -> Result<T, Failure>
where
    T: FromStr<Err: core::error::Error + 'static>,
{
    text.parse().map_err(|error: T::Err| {
        Failure::usage(option, Failure::caused(Kind::Usage, &error, Retry::Never))
    })
}

/// Reads a number of seconds. The error of clap's own range parser would repeat the value.
pub(crate) fn seconds(text: &str) -> Result<u32, &'static str> {
    match text.parse() {
        Ok(seconds) if seconds > 0 => Ok(seconds),
        _ => Err("expected a whole number of seconds above 0"),
    }
}

/// Returns true if clap's "error" is the help or the version that the user asked for.
pub(crate) fn is_answer(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// Explains a refusal without any value or positional argument.
pub(crate) fn refusal(error: &Error) -> Failure {
    Failure::new(Kind::Usage, format!("{}; see --help", problem(error)))
}

fn problem(error: &Error) -> String {
    // names of this project for every kind but the unknown argument
    let ours = || names(error, ContextKind::InvalidArg).unwrap_or_else(|| "an argument".into());
    match error.kind() {
        ErrorKind::UnknownArgument => unknown(error),
        ErrorKind::InvalidSubcommand => "unknown command".into(),
        ErrorKind::MissingSubcommand => "no command is given".into(),
        ErrorKind::MissingRequiredArgument => format!("{} is missing", ours()),
        ErrorKind::InvalidValue if has_empty_value(error) => {
            format!("{}: the value is missing", ours())
        }
        ErrorKind::InvalidValue => match names(error, ContextKind::ValidValue) {
            Some(valid) => format!("{}: expected one of {valid}", ours()),
            None => format!("{}: this value cannot be used", ours()),
        },
        // the cause is a fixed text: all value parsers of this project return one
        ErrorKind::ValueValidation => match error.source() {
            Some(why) => format!("{}: {why}", ours()),
            None => format!("{}: this value cannot be used", ours()),
        },
        ErrorKind::TooManyValues => format!("{} takes no value", ours()),
        ErrorKind::ArgumentConflict => conflict(error, &ours()),
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8".into(),
        _ => "the command line cannot be understood".into(),
    }
}

fn unknown(error: &Error) -> String {
    let typed = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(typed)) => typed.as_str(),
        _ => "",
    };
    let flag = typed.split('=').next().unwrap_or_default();
    match flag.strip_prefix("--") {
        // text that cannot be an option's name may be a secret
        Some(name)
            if (1..=MAX_FLAG).contains(&name.len()) && name.bytes().all(may_stand_in_name) =>
        {
            format!("unknown option {flag}")
        }
        _ if typed.starts_with('-') => "unknown option".into(),
        _ => "unexpected argument".into(),
    }
}

fn conflict(error: &Error, ours: &str) -> String {
    match names(error, ContextKind::PriorArg) {
        Some(prior) if prior == ours => format!("{ours} is given more than once"),
        Some(prior) => format!("{ours} cannot be used with {prior}"),
        None => format!("{ours} cannot be used with the other options"),
    }
}

fn names(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(name) => Some(name.clone()),
        ContextValue::Strings(names) if !names.is_empty() => Some(names.join(", ")),
        _ => None,
    }
}

fn has_empty_value(error: &Error) -> bool {
    matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(value)) if value.is_empty())
}

fn may_stand_in_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte == b'-'
}
