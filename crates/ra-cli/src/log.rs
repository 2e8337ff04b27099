//! The log on standard error: `--log`, `--log-format` and `RUST_LOG`.

mod writer;

use core::str::FromStr;
use std::io::{self, Write as _};
use std::sync::OnceLock;

use clap::{Args, ValueEnum};
use serde::Deserialize;
use tracing::{Level, Metadata, enabled};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use self::writer::{Lines, Writer};
use crate::outcome::Failure;
use crate::sanitize::sanitize;

const VARIABLE: &str = "RUST_LOG";

/// Options of every command, and the section `[log]` of the gateway's file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogArgs {
    /// Log on standard error: off, info, debug, or a filter such as ra_tokio=trace [default: RUST_LOG, or off]
    #[arg(
        long = "log",
        id = "log",
        global = true,
        value_name = "FILTER",
        display_order = 900
    )]
    #[serde(deserialize_with = "crate::commands::gateway::settings::value::parsed")]
    pub(crate) level: Option<Filter>,
    /// Log format [default: text]
    #[arg(
        long = "log-format",
        id = "log_format",
        global = true,
        value_enum,
        value_name = "FORMAT",
        display_order = 901
    )]
    pub(crate) format: Option<Format>,
}

impl LogArgs {
    /// Fills in what is missing here: `RUST_LOG` comes before the file.
    pub(crate) fn or_file(&self, file: Self) -> Self {
        let from_file = file.level.filter(|_| variable().is_none());
        Self {
            level: self.level.clone().or(from_file),
            format: self.format.or(file.format),
        }
    }
}

/// A filter in the syntax of `RUST_LOG`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter(String);

impl FromStr for Filter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_clear = |part: &str| part.contains(['=', '[']) || part.parse::<Level>().is_ok();
        let is_off = text == "off";
        if is_off || (text.split(',').all(is_clear) && EnvFilter::try_new(text).is_ok()) {
            return Ok(Self(text.to_owned()));
        }
        Err("expected off, info, debug or a filter such as ra_tokio=trace")
    }
}

/// Formats of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

fn variable() -> Option<String> {
    std::env::var(VARIABLE)
        .ok()
        .filter(|filter| !filter.is_empty())
}

static WRITER: OnceLock<Writer> = OnceLock::new();

/// Logs from now on, unless the filter is `off`.
///
/// # Errors
/// [`Kind::Usage`](crate::outcome::Kind::Usage) if `RUST_LOG` is not a filter, and
/// [`Kind::Local`](crate::outcome::Kind::Local) if there is no thread for the log.
pub(crate) fn start(args: &LogArgs) -> Result<(), Failure> {
    let filter = match (&args.level, variable()) {
        (Some(Filter(filter)), _) => filter.clone(),
        (None, Some(filter)) => filter,
        (None, None) => return Ok(()),
    };
    if filter == "off" {
        return Ok(());
    }
    let filter = EnvFilter::try_new(filter)
        .map_err(|_| Failure::usage(VARIABLE, "is not a filter, as in ra_tokio=trace"))?;
    let writer = Writer::start(args.format.unwrap_or_default())
        .map_err(|error| Failure::local("cannot start the log", error))?;
    let writer = WRITER.get_or_init(|| writer);
    let layer = Lines(writer)
        .with_filter(filter_fn(may_be_logged))
        .with_filter(filter);
    let subscriber = tracing_subscriber::registry().with(layer);
    // fails only if it was set before
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Caps other libraries at `info`: their debug lines could show secrets.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::INFO
        || library == "ra"
        || library == "oauth2_discord"
        || library.starts_with("ra_")
}

/// Waits until all lines are written, but only for a moment.
pub(crate) fn flush() {
    if let Some(writer) = WRITER.get() {
        writer.flush();
    }
}

/// Logs a fact that the operator should know. Without a log it is a note on standard error.
pub(crate) fn note(text: &str) {
    if enabled!(target: "ra", Level::INFO) {
        tracing::info!(target: "ra", event = "note", text);
    } else {
        print_note(text);
    }
}

/// Logs a problem that the operator should solve. Without a log it is a note on standard error.
pub(crate) fn warning(text: &str) {
    if enabled!(target: "ra", Level::WARN) {
        tracing::warn!(target: "ra", event = "note", text);
    } else {
        print_note(text);
    }
}

/// Prints a note on standard error.
pub(crate) fn print_note(text: &str) {
    // a closed standard error does not matter
    let _ = writeln!(io::stderr(), "note: {}", sanitize(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_levels_or_name_a_target() {
        for good in ["off", "info", "debug", "trace", "ra_tokio=trace,warn"] {
            assert!(good.parse::<Filter>().is_ok(), "{good}");
        }
        for bad in ["", "loud", "canary", "ra_tokio=canary", "info,"] {
            assert!(bad.parse::<Filter>().is_err(), "{bad}");
        }
    }
}
