//! Collects everything this process logs, through `tracing` and `log`, at every level, and searches it for secrets in
//! every encoding they are sent in.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Shortest piece of base64 searched for; shorter ones match by chance.
const BASE64_LEAST: usize = 6;

/// Secrets that may not be in a log of [`crate::parity::every_scenario`], by name.
pub const OF_THE_SCENARIOS: &[(&str, &str)] = &[
    ("authorization", "phone-token"),
    ("token", "desktop-token"),
    ("ticket", "ticket-1"),
    ("later ticket", "ticket-2"),
    ("handshake token", "handshake-1"),
    ("MFA ticket", "mfa-ticket"),
    ("MFA token", "mfa-passed"),
    ("right code", "123456"),
    ("wrong code", "000000"),
    ("who scanned", "Nelly"),
    ("their id", "80351110224678912"),
];

static LINES: Mutex<Vec<Line>> = Mutex::new(Vec::new());
static INSTALLED: Once = Once::new();

/// One line that was logged, or one span that was opened.
#[derive(Clone, Debug)]
pub struct Line {
    /// Module that logged it.
    pub target: String,
    /// `TRACE` to `ERROR`, or `SPAN`.
    pub level: String,
    /// Text with its fields.
    pub text: String,
}

/// Records what this process logs from now on. Call it once a process: `tracing` and `log` take one listener each.
///
/// # Panics
/// If there is another listener.
pub fn listen() {
    INSTALLED.call_once(|| {
        tracing::subscriber::set_global_default(Listener).unwrap();
        log::set_logger(&Listener).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// Returns the lines logged so far.
///
/// # Panics
/// Never: no writer panics.
#[must_use]
pub fn lines() -> Vec<Line> {
    LINES.lock().unwrap().clone()
}

/// Secrets by name, and what each would look like in a log.
#[derive(Debug, Default)]
pub struct Secrets(Vec<(&'static str, Vec<String>)>);

impl Secrets {
    /// Makes a set of these secrets, by name.
    #[must_use]
    pub fn new(secrets: &[(&'static str, &str)]) -> Self {
        let forms = |secret: &&str| forms(secret.as_bytes());
        Self(
            secrets
                .iter()
                .map(|(name, secret)| (*name, forms(secret)))
                .collect(),
        )
    }

    /// Returns the secrets in this line, in any encoding.
    #[must_use]
    pub fn found_in(&self, line: &Line) -> Vec<&'static str> {
        let holds = |forms: &[String]| forms.iter().any(|form| line.text.contains(form.as_str()));
        let found = self.0.iter().filter(|(_, forms)| holds(forms));
        found.map(|(name, _)| *name).collect()
    }
}

/// The lines that hold one of these secrets, with the secrets' names.
#[must_use]
pub fn leaks(secrets: &Secrets) -> Vec<(Line, Vec<&'static str>)> {
    let found = lines().into_iter().map(|line| {
        let found = secrets.found_in(&line);
        (line, found)
    });
    found.filter(|(_, found)| !found.is_empty()).collect()
}

/// Returns whether a library logged this, as the adapters' documentation warns: `tungstenite` frames at `trace` and the
/// text of the peer's close at `debug`, `ureq_proto` all bytes of requests and replies at `trace`. At `info` and above
/// neither does.
#[must_use]
pub fn is_content_of_a_library(line: &Line) -> bool {
    match line.target.split("::").next() {
        Some("tungstenite") => matches!(line.level.as_str(), "TRACE" | "DEBUG"),
        Some("ureq_proto") => line.level == "TRACE",
        _ => false,
    }
}

/// Returns the encodings of a secret: plain, percent-encoded, escaped, in base64 of both alphabets at any offset, in
/// hexadecimal, and as a list of bytes.
#[must_use]
pub fn forms(secret: &[u8]) -> Vec<String> {
    let mut forms = vec![
        String::from_utf8_lossy(secret).into_owned(),
        secret.escape_ascii().to_string(),
        percent_encoded(secret, true),
        percent_encoded(secret, false),
        hex(secret),
        hex(secret).to_uppercase(),
        listed(secret),
    ];
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let padded = [&vec![0; before][..], secret].concat();
            let text = engine.encode(padded);
            // these characters also depend on the neighbouring bytes
            let from = [0, 2, 3][before];
            let until = text.len() - usize::from(!(before + secret.len()).is_multiple_of(3));
            let own = &text[from..until];
            if own.len() >= BASE64_LEAST {
                forms.push(own.to_owned());
            }
        }
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn percent_encoded(secret: &[u8], all: bool) -> String {
    let mut text = String::new();
    for byte in secret {
        match byte {
            b if !all && (b.is_ascii_alphanumeric() || b"-._~".contains(b)) => {
                text.push(char::from(*b));
            }
            b => write!(text, "%{b:02X}").unwrap(),
        }
    }
    text
}

fn hex(secret: &[u8]) -> String {
    secret.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn listed(secret: &[u8]) -> String {
    let list = format!("{secret:?}");
    list[1..list.len() - 1].to_owned()
}

struct Listener;

fn heard(target: &str, level: &str, text: String) {
    let line = Line {
        target: target.to_owned(),
        level: level.to_owned(),
        text,
    };
    LINES.lock().unwrap().push(line);
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        write!(self.0, "{space}{}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields(span.metadata().name().to_owned());
        span.record(&mut fields);
        heard(span.metadata().target(), "SPAN", fields.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        heard("", "SPAN", fields.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        let about = event.metadata();
        heard(about.target(), about.level().as_str(), fields.0);
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl log::Log for Listener {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        heard(
            record.target(),
            record.level().as_str(),
            record.args().to_string(),
        );
    }

    fn flush(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn a_secret_is_found_in_every_shape() {
        let secret = "canary/Secret+1?";
        let secrets = Secrets::new(&[("other", "elsewhere-2"), ("it", secret)]);
        let found = |text: String| {
            let line = Line {
                target: String::new(),
                level: String::new(),
                text,
            };
            secrets.found_in(&line)
        };
        let mut shapes = vec![
            format!("a {secret} b"),
            format!("{:?}", secret.as_bytes()),
            format!("{:?}", [b"x", secret.as_bytes()].concat()),
            format!("{:?}", bytes_like(secret)),
            "canary%2FSecret%2B1%3F".into(),
            "63616e6172792f5365637265742b313f".into(),
        ];
        for before in ["", "x", "me", "me:", "user"] {
            for after in ["", "y", "yz"] {
                let text = format!("{before}{secret}{after}");
                shapes.push(STANDARD.encode(&text));
                shapes.push(URL_SAFE_NO_PAD.encode(&text));
            }
        }
        for shape in shapes {
            assert_eq!(found(shape.clone()), ["it"], "{shape}");
        }
        assert!(found("canary/Secret".into()).is_empty());
    }

    /// Escapes bytes like the `bytes` crate does.
    fn bytes_like(text: &str) -> String {
        format!("b\"{}\"", text.as_bytes().escape_ascii())
    }
}
