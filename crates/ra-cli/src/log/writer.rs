//! Writes events as lines to standard error, on a thread of its own. Logging never waits for a reader.

use core::fmt::{Debug, Write as _};
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::Format;
use crate::sanitize::sanitize;

/// Lines that may wait for a reader of standard error. Further lines are dropped and counted.
const QUEUE: usize = 1024;
/// Longest time that the end of the process waits for that reader.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Writes each event as a line.
pub(super) struct Lines(pub(super) &'static Writer);

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

/// A queue of lines, and the thread that writes them.
#[derive(Debug)]
pub(super) struct Writer {
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
    pub(super) fn start(format: Format) -> io::Result<Self> {
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

    pub(super) fn flush(&self) {
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
    use tracing_subscriber::filter::filter_fn;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::super::may_be_logged;
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
}
