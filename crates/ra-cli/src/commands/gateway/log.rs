//! Writes what the gateway tells to standard error, one line each, as text or as JSON.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tracing::field::{Field as Name, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::args::{LogFormat, LogLevel};
use crate::sanitize::sanitize;

/// Lines that may wait for a reader of standard error; more are counted and left out.
const WAITING: usize = 1024;
/// How long the end of the process waits for that reader.
const LAST_LINES: Duration = Duration::from_secs(1);

/// A log on standard error. Whoever logs never waits for whoever reads.
#[derive(Debug)]
pub(super) struct Lines {
    level: LogLevel,
    format: LogFormat,
    writer: SyncSender<Job>,
    lost: AtomicU64,
}

enum Job {
    Line(String),
    /// Answered when all before it is written.
    Flush(SyncSender<()>),
}

impl Lines {
    /// # Errors
    /// When the system has no thread to give.
    pub(super) fn start(level: LogLevel, format: LogFormat) -> io::Result<Self> {
        let (writer, jobs) = sync_channel(WAITING);
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(&jobs))?;
        Ok(Self {
            level,
            format,
            writer,
            lost: AtomicU64::new(0),
        })
    }

    /// Writes what the gateway logs from now on.
    pub(super) fn subscribe(self: &Arc<Self>) {
        let subscriber = tracing_subscriber::registry().with(Gateway(Arc::clone(self)));
        // the first in a process stays
        let _ = tracing::subscriber::set_global_default(subscriber);
    }

    /// Something that the host should know, whatever the level. Without a log it is a remark.
    pub(super) fn note(&self, text: &str) {
        if self.level == LogLevel::Off {
            return super::warn(text);
        }
        self.put(self.line("info", "note", &[("text", Field::Text(text))]));
    }

    /// The same for what somebody has to mend.
    pub(super) fn warning(&self, text: &str) {
        if self.level == LogLevel::Off {
            return super::warn(text);
        }
        self.put(self.line("warning", "note", &[("text", Field::Text(text))]));
    }

    /// Waits, for a moment, until all is written.
    pub(super) fn flush(&self) {
        let (told, written) = sync_channel(1);
        if self.writer.try_send(Job::Flush(told)).is_ok() {
            // nobody reads it: it is lost, and the process ends all the same
            let _ = written.recv_timeout(LAST_LINES);
        }
    }

    fn put(&self, line: String) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let fields = [("lines", Field::Number(lost))];
            let gap = self.line("warning", "log_lost", &fields);
            if self.writer.try_send(Job::Line(gap)).is_err() {
                self.lost.fetch_add(lost + 1, Ordering::Relaxed);
                return;
            }
        }
        if self.writer.try_send(Job::Line(line)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn line(&self, level: &str, event: &str, fields: &[(&str, Field<'_>)]) -> String {
        let time = timestamp(SystemTime::now());
        match self.format {
            LogFormat::Text => text(&time, level, event, fields),
            LogFormat::Json => json(&time, level, event, fields),
        }
    }
}

/// Takes what the gateway logs.
struct Gateway(Arc<Lines>);

impl<S: tracing::Subscriber> Layer<S> for Gateway {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let most = match self.0.level {
            LogLevel::Off => return,
            LogLevel::Info => tracing::Level::INFO,
            LogLevel::Debug => tracing::Level::DEBUG,
        };
        if metadata.target() != "ra_gateway" || *metadata.level() > most {
            return;
        }
        let level = match *metadata.level() {
            tracing::Level::DEBUG => "debug",
            tracing::Level::WARN => "warning",
            _ => "info",
        };
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields { event, fields } = &fields;
        let fields = fields.iter().map(|(name, value)| match value {
            Value::Number(number) => (*name, Field::Number(*number)),
            Value::Word(word) => (*name, Field::Word(word)),
        });
        let fields: Vec<_> = fields.collect();
        self.0.put(self.0.line(level, event, &fields));
    }
}

/// Name and fields of an event.
#[derive(Default)]
struct Fields {
    event: String,
    fields: Vec<(&'static str, Value)>,
}

enum Value {
    Number(u64),
    Word(String),
}

impl Visit for Fields {
    fn record_u64(&mut self, field: &Name, value: u64) {
        self.fields.push((field.name(), Value::Number(value)));
    }

    fn record_str(&mut self, field: &Name, value: &str) {
        match field.name() {
            "event" => value.clone_into(&mut self.event),
            name => self.fields.push((name, Value::Word(value.to_owned()))),
        }
    }

    // the gateway's events have numbers and words alone
    fn record_debug(&mut self, _: &Name, _: &dyn std::fmt::Debug) {}
}

enum Field<'a> {
    Number(u64),
    Word(&'a str),
    Text(&'a str),
}

fn text(time: &str, level: &str, event: &str, fields: &[(&str, Field<'_>)]) -> String {
    let mut line = format!("{time} {level} {event}");
    for (name, value) in fields {
        // writing to a string cannot fail
        let _ = match value {
            Field::Number(number) => write!(line, " {name}={number}"),
            Field::Word(word) => write!(line, " {name}={word}"),
            Field::Text(text) => write!(line, ": {}", sanitize(text)),
        };
    }
    line
}

fn json(time: &str, level: &str, event: &str, fields: &[(&str, Field<'_>)]) -> String {
    let mut line = serde_json::json!({ "time": time, "level": level, "event": event });
    for (name, value) in fields {
        line[*name] = match value {
            Field::Number(number) => (*number).into(),
            Field::Word(word) => (*word).into(),
            Field::Text(text) => sanitize(text).into(),
        };
    }
    line.to_string()
}

fn write_all(jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        match job {
            // whether anybody reads it changes nothing
            Job::Line(line) => drop(writeln!(io::stderr(), "{line}")),
            Job::Flush(told) => drop(told.send(())),
        }
    }
}

/// RFC 3339, in UTC, with milliseconds.
fn timestamp(now: SystemTime) -> String {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs() % 86_400;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let (day, ms) = (date_of(now), since.subsec_millis());
    format!("{day}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// The date in UTC: 2026-11-20.
pub(super) fn date_of(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (year, month, day) = date(since.as_secs() / 86_400);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The Gregorian date of a day since 1970. Years are counted from March, so that the day that not
/// every year has is its last.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // since 0000-03-01
    let (era, day) = (days / 146_097, days % 146_097); // of 400 years
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.007Z"),
            (951_782_399, "2000-02-28T23:59:59.007Z"),
            (951_782_400, "2000-02-29T00:00:00.007Z"),
            (1_735_689_599, "2024-12-31T23:59:59.007Z"),
            (4_107_542_400, "2100-03-01T00:00:00.007Z"),
        ] {
            let at = UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_millis(7);
            assert_eq!(timestamp(at), expected);
        }
    }

    #[test]
    fn lines_are_one_line_whatever_a_note_says() {
        let fields = [("text", Field::Text("a\nb\u{1b}[2J\""))];
        let line = text("T", "info", "note", &fields);
        assert_eq!(line, "T info note: a\\u{a}b\\u{1b}[2J\"");
        let line = json("T", "info", "note", &fields);
        assert!(!line.contains('\n') && !line.contains('\u{1b}'), "{line}");
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["text"], "a\\u{a}b\\u{1b}[2J\"");
    }

    #[test]
    fn who_does_not_read_loses_lines_and_is_told_how_many() {
        let (writer, jobs) = sync_channel(2);
        let lines = Lines {
            level: LogLevel::Info,
            format: LogFormat::Text,
            writer,
            lost: AtomicU64::new(0),
        };
        for note in 0..5 {
            lines.note(&note.to_string());
        }
        let next = || match jobs.try_recv() {
            Ok(Job::Line(line)) => line,
            _ => panic!("no line"),
        };
        assert!(next().ends_with("note: 0") && next().ends_with("note: 1"));
        lines.note("after");
        assert!(next().ends_with("warning log_lost lines=3"));
        assert!(next().ends_with("note: after"));
        assert!(jobs.try_recv().is_err());
    }
}
