//! The log on standard error: `--log`, `--log-format`, `RUST_LOG`, and a writer that never waits for its reader.
//!
//! `tracing-appender` is not used: when its queue is full at the end, it writes to standard output.

use core::fmt::{Debug, Write as _};
use core::str::FromStr;
use std::io::{self, Write as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, enabled};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::outcome::Failure;
use crate::sanitize::sanitize;

const VARIABLE: &str = "RUST_LOG";
/// Lines that may wait for a reader of standard error. Further lines are dropped and counted.
const QUEUE: usize = 1024;
/// How long the end of the process waits for that reader.
const LAST_LINES: Duration = Duration::from_secs(1);

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

/// Logs something that the host should know. Without a log it is a note on standard error.
pub(crate) fn note(text: &str) {
    if enabled!(target: "ra", Level::INFO) {
        tracing::info!(target: "ra", event = "note", text);
    } else {
        print_note(text);
    }
}

/// Logs something that the host should mend. Without a log it is a note on standard error.
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

/// Writes each event as a line.
struct Lines(&'static Writer);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.0.put(self.0.line(*event.metadata().level(), &fields));
    }
}

/// Name and fields of an event. The name is its field `event`, or else its message.
#[derive(Default)]
struct Fields {
    event: String,
    others: Vec<(&'static str, Value)>,
}

impl Fields {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        match (field.name(), value.into()) {
            ("event" | "message", Value::String(name)) => self.event = name,
            (name, value) => self.others.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, sanitize(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.set(field, sanitize(&format!("{value:?}")));
    }
}

/// Writes lines to standard error on a thread of its own. Logging never waits for a reader.
#[derive(Debug)]
struct Writer {
    format: Format,
    jobs: SyncSender<Job>,
    lost: AtomicU64,
}

enum Job {
    Line(String),
    /// Answered when all lines before it are written.
    Flush(SyncSender<()>),
}

impl Writer {
    fn start(format: Format) -> io::Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(&queue))?;
        Ok(Self {
            format,
            jobs,
            lost: AtomicU64::new(0),
        })
    }

    fn put(&self, line: String) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let mut gap = Fields {
                event: "log_lost".to_owned(),
                ..Fields::default()
            };
            gap.others.push(("lines", lost.into()));
            let gap = self.line(Level::WARN, &gap);
            if self.jobs.try_send(Job::Line(gap)).is_err() {
                self.lost.fetch_add(lost + 1, Ordering::Relaxed);
                return;
            }
        }
        if self.jobs.try_send(Job::Line(line)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn line(&self, level: Level, fields: &Fields) -> String {
        let level = match level {
            Level::WARN => "warning".to_owned(),
            level => level.as_str().to_ascii_lowercase(),
        };
        let time = format!("{:.3}", Timestamp::now());
        match self.format {
            Format::Text => text(&time, &level, fields),
            Format::Json => json(&time, &level, fields),
        }
    }

    fn flush(&self) {
        let (done, written) = sync_channel(1);
        if self.jobs.try_send(Job::Flush(done)).is_ok() {
            // without a reader the lines are lost, and the process ends all the same
            let _ = written.recv_timeout(LAST_LINES);
        }
    }
}

fn text(time: &str, level: &str, fields: &Fields) -> String {
    let mut line = format!("{time} {level} {}", fields.event);
    for (name, value) in &fields.others {
        // writing to a String cannot fail
        let _ = match value {
            Value::String(text) if *name == "text" => write!(line, ": {text}"),
            Value::String(word) if !word.contains([' ', '"']) => write!(line, " {name}={word}"),
            value => write!(line, " {name}={value}"),
        };
    }
    line
}

fn json(time: &str, level: &str, fields: &Fields) -> String {
    let mut line = serde_json::json!({ "time": time, "level": level, "event": fields.event });
    for (name, value) in &fields.others {
        line[*name] = value.clone();
    }
    line.to_string()
}

fn write_all(queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        match job {
            // a closed standard error does not matter
            Job::Line(line) => drop(writeln!(io::stderr(), "{line}")),
            Job::Flush(done) => drop(done.send(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Fields {
        let mut fields = Fields {
            event: "note".to_owned(),
            ..Fields::default()
        };
        fields.others.push(("text", text.into()));
        fields
    }

    /// A writer whose queue holds two lines.
    fn writer() -> (Writer, Receiver<Job>) {
        let (jobs, queue) = sync_channel(2);
        let (format, lost) = (Format::Text, AtomicU64::new(0));
        (Writer { format, jobs, lost }, queue)
    }

    #[test]
    fn lines_are_one_line_whatever_a_note_says() {
        let fields = note(&sanitize("a\nb\u{1b}[2J\""));
        let line = text("T", "info", &fields);
        assert_eq!(line, "T info note: a\\u{a}b\\u{1b}[2J\"");
        let line = json("T", "info", &fields);
        assert!(!line.contains('\n') && !line.contains('\u{1b}'), "{line}");
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["text"], "a\\u{a}b\\u{1b}[2J\"");
    }

    #[test]
    fn events_of_other_libraries_and_their_fields_are_made_harmless() {
        let (writer, queue) = writer();
        let layer = Lines(Box::leak(Box::new(writer))).with_filter(filter_fn(may_be_logged));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "rustls::client", "canary");
            tracing::info!(target: "rustls", path = "/a\n\u{9b}", left = 7, "calling");
        });
        match queue.try_recv() {
            Ok(Job::Line(line)) => {
                assert!(
                    line.ends_with(r"Z info calling path=/a\u{a}\u{9b} left=7"),
                    "{line}"
                );
            }
            _ => panic!("no line"),
        }
        assert!(queue.try_recv().is_err());
    }

    #[test]
    fn a_reader_that_does_not_read_loses_lines_and_learns_how_many() {
        let (writer, queue) = writer();
        let put = |text: &str| writer.put(writer.line(Level::INFO, &note(text)));
        for number in 0..5 {
            put(&number.to_string());
        }
        let next = || match queue.try_recv() {
            Ok(Job::Line(line)) => line,
            _ => panic!("no line"),
        };
        assert!(next().ends_with("note: 0") && next().ends_with("note: 1"));
        put("after");
        assert!(next().ends_with("warning log_lost lines=3"));
        assert!(next().ends_with("note: after"));
        assert!(queue.try_recv().is_err());
    }

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
