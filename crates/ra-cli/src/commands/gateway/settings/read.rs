//! Reads a configuration file. What is wrong is named by line and key; what stands there is never repeated, since it may
//! be a password.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use super::Settings;
use super::keys::{self, Key};
use crate::outcome::{Failure, Kind};

const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Reads a file over `settings`.
pub(super) fn file(path: &Path, settings: &mut Settings) -> Result<(), Failure> {
    let failed =
        |why: &dyn fmt::Display| Failure::new(Kind::Local, format!("{}{why}", path.display()));
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(|error| failed(&format_args!(": {error}")))?;
    let read = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text);
    let length = read.map_err(|error| failed(&format_args!(": {error}")))?;
    if length as u64 > MAX_FILE_BYTES {
        return Err(failed(&": is too large"));
    }
    let beside = path.parent().unwrap_or(Path::new(""));
    apply(&text, beside, settings).map_err(|wrong| failed(&wrong))
}

/// What is wrong with a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) line: usize,
    pub(super) key: Option<&'static str>,
    pub(super) why: Why,
}

/// Why a value cannot be used, without the value.
pub(super) type Why = Cow<'static, str>;

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ", line {}: ", self.line)?;
        if let Some(key) = self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.why)
    }
}

/// Reads a file's text. Paths in it are meant from `beside`.
pub(super) fn apply(text: &str, beside: &Path, settings: &mut Settings) -> Result<(), Wrong> {
    let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let wrong = |at: usize, why: &'static str| Wrong {
        line: line(at),
        key: None,
        why: why.into(),
    };
    let file = DeTable::parse(text)
        .map_err(|error| wrong(error.span().map_or(0, |span| span.start), "not toml"))?;
    let mut entries: Vec<(String, usize, &Spanned<DeValue<'_>>)> = Vec::new();
    for (name, value) in file.get_ref() {
        match value.get_ref() {
            DeValue::Table(section) if section.is_empty() && !keys::is_section(name.get_ref()) => {
                return Err(wrong(name.span().start, "there is no such section"));
            }
            DeValue::Table(section) => entries.extend(section.iter().map(|(inner, value)| {
                let name = format!("{}.{}", name.get_ref(), inner.get_ref());
                (name, inner.span().start, value)
            })),
            _ => entries.push((name.get_ref().to_string(), name.span().start, value)),
        }
    }
    let mut seen: Vec<(&'static str, usize)> = Vec::new();
    for (name, at, value) in entries {
        let Key { name, set, .. } =
            keys::find(&name).ok_or_else(|| wrong(at, "there is no such key"))?;
        let given = Given {
            value: value.get_ref(),
            beside,
        };
        set(settings, &given).map_err(|why| Wrong {
            line: line(value.span().start),
            key: Some(name),
            why,
        })?;
        seen.push((name, line(at)));
    }
    contradiction(&seen)
}

/// Keys that stand in each other's way, or that have no meaning without another.
fn contradiction(seen: &[(&'static str, usize)]) -> Result<(), Wrong> {
    let at = |key: &str| {
        seen.iter()
            .find(|(name, _)| *name == key)
            .map(|(_, line)| *line)
    };
    let wrong = |line, key, why: &'static str| {
        Err(Wrong {
            line,
            key: Some(key),
            why: why.into(),
        })
    };
    if let (Some(line), Some(_)) = (at("accounts.url"), at("accounts.file")) {
        return wrong(line, "accounts.url", "cannot be used with accounts.file");
    }
    if let (Some(line), None) = (at("accounts.secret_file"), at("accounts.url")) {
        return wrong(
            line,
            "accounts.secret_file",
            "there is no accounts.url that it could be for",
        );
    }
    for (one, other, why) in [
        (
            "tls.certificate",
            "tls.key",
            "there is no tls.key that goes with it",
        ),
        (
            "tls.key",
            "tls.certificate",
            "there is no tls.certificate that goes with it",
        ),
    ] {
        if let (Some(line), None) = (at(one), at(other)) {
            return wrong(line, one, why);
        }
    }
    if let (Some(line), None) = (at("proxies.header"), at("proxies.trusted")) {
        return wrong(
            line,
            "proxies.header",
            "there is no proxies.trusted that could send it",
        );
    }
    Ok(())
}

/// A value of the file.
pub(super) struct Given<'a> {
    value: &'a DeValue<'a>,
    beside: &'a Path,
}

impl Given<'_> {
    pub(super) fn text(&self) -> Result<&str, Why> {
        self.value
            .as_str()
            .ok_or("expected a text in quotes".into())
    }

    /// A text that means a value. Parsers of ours say why not without repeating it.
    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(&self) -> Result<T, Why> {
        self.text()?
            .parse()
            .map_err(|why: T::Err| why.to_string().into())
    }

    /// A list of texts that mean values.
    pub(super) fn list<T: FromStr<Err: fmt::Display>>(&self) -> Result<Vec<T>, Why> {
        let values = self.value.as_array().ok_or("expected a list of texts")?;
        let values = values.iter().map(|value| {
            let value = value.get_ref();
            let beside = self.beside;
            Given { value, beside }.parsed()
        });
        values.collect()
    }

    /// A path; from the file's own directory unless it is absolute.
    pub(super) fn path(&self) -> Result<PathBuf, Why> {
        match self.text()? {
            "" => Err("expected a path".into()),
            path => Ok(self.beside.join(path)),
        }
    }

    /// A whole number.
    pub(super) fn number<T: TryFrom<u64>>(&self, range: RangeInclusive<u64>) -> Result<T, Why> {
        let number = match self.value {
            DeValue::Integer(number) => {
                let digits = number.as_str().replace('_', "");
                u64::from_str_radix(&digits, number.radix()).ok()
            }
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| format!("expected a whole number from {least} to {most}").into())
    }

    /// A number of seconds, fractions allowed.
    pub(super) fn seconds(&self, range: RangeInclusive<f64>) -> Result<Duration, Why> {
        let number = match self.value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => "",
        };
        let seconds = number.replace('_', "").parse::<f64>().ok();
        let seconds = seconds.filter(|seconds| range.contains(seconds));
        let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let (least, most) = (range.start(), range.end());
        duration.ok_or_else(|| format!("expected seconds from {least} to {most}").into())
    }
}
