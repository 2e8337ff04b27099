//! Reads the gateway's file. Errors name line and key, never what stands there: it may be a password.

use core::fmt::{self, Display};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use super::Settings;
use super::value::OWN;
use crate::outcome::{Failure, Kind};

const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Settings, Failure> {
    let name = path.display();
    let unusable = |why: &dyn Display| Failure::local(&name, why);
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(|error| unusable(&error))?;
    let read = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text);
    if read.map_err(|error| unusable(&error))? as u64 > MAX_FILE_BYTES {
        return Err(unusable(&"is too large"));
    }
    let directory = path.parent().unwrap_or(Path::new(""));
    parse(&text, directory).map_err(|wrong| Failure::new(Kind::Local, format!("{name}, {wrong}")))
}

/// An error in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) line: usize,
    pub(super) key: Option<String>,
    /// The reason, without the value.
    pub(super) why: Cow<'static, str>,
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.why)
    }
}

/// Reads the text of a file whose relative paths start at `directory`.
pub(super) fn parse(text: &str, directory: &Path) -> Result<Settings, Wrong> {
    let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    let table = DeTable::parse(text).map_err(|error| Wrong {
        line: line(start(&error)),
        key: None,
        why: "not toml".into(),
    })?;
    let table = table.get_ref();
    let mut settings: Settings = toml::from_str(text).map_err(|error| {
        let why = reason(error.message());
        // a key that does not exist may be a secret
        let key = why.as_ref().and_then(|_| key_at(table, start(&error)));
        Wrong {
            line: line(start(&error)),
            key,
            why: why.unwrap_or("there is no such key".into()),
        }
    })?;
    if let Some((at, key, why)) = seconds_in_another_base(table) {
        return Err(Wrong {
            line: line(at),
            key: Some(key),
            why,
        });
    }
    if let Some((key, why)) = settings.contradiction() {
        return Err(Wrong {
            line: line(position(table, key).unwrap_or_default()),
            key: Some(key.to_owned()),
            why: why.into(),
        });
    }
    settings.start_paths_at(directory);
    Ok(settings)
}

/// Takes the reason out of an error of serde and leaves the value behind. Returns none for an unknown key.
fn reason(message: &str) -> Option<Cow<'static, str>> {
    if message.starts_with("unknown field") {
        return None;
    }
    let own = message.strip_prefix(OWN).map(str::to_owned);
    let expected = || message.rsplit_once(", expected ");
    let why = own.or_else(|| expected().map(|(_, what)| format!("expected {what}")));
    Some(why.map_or("this value cannot be used".into(), Cow::Owned))
}

/// Finds seconds that are not written in base ten. serde does not see the base, so a probe tells which keys take
/// seconds.
fn seconds_in_another_base(table: &DeTable<'_>) -> Option<(usize, String, Cow<'static, str>)> {
    other_bases(table).into_iter().find_map(|at| {
        let key = key_at(table, at)?;
        let probe = toml::from_str::<Settings>(&format!("{key} = true"));
        let why = reason(probe.err()?.message())?;
        why.starts_with("expected seconds")
            .then_some((at, key, why))
    })
}

/// Finds the places of whole numbers that are not written in base ten.
fn other_bases(table: &DeTable<'_>) -> Vec<usize> {
    let places = table.iter().flat_map(|(_, value)| match value.get_ref() {
        DeValue::Table(section) => other_bases(section),
        DeValue::Integer(number) if number.radix() != 10 => vec![value.span().start],
        _ => Vec::new(),
    });
    places.collect()
}

/// Finds the key whose value is at this place.
fn key_at(table: &DeTable<'_>, at: usize) -> Option<String> {
    table.iter().find_map(|(name, value)| {
        let inner = match value.get_ref() {
            DeValue::Table(section) => key_at(section, at),
            _ => None,
        };
        match inner {
            Some(inner) => Some(format!("{}.{inner}", name.get_ref())),
            None if value.span().contains(&at) => Some(name.get_ref().to_string()),
            None => None,
        }
    })
}

/// Finds the place of a key, as in `limits.sessions`.
fn position(table: &DeTable<'_>, key: &str) -> Option<usize> {
    let (name, rest) = match key.split_once('.') {
        Some((section, rest)) => (section, Some(rest)),
        None => (key, None),
    };
    let found = table.iter().find(|(known, _)| known.get_ref() == name);
    let (name, value) = found?;
    match (rest, value.get_ref()) {
        (None, _) => Some(name.span().start),
        (Some(rest), DeValue::Table(section)) => position(section, rest),
        (Some(_), _) => None,
    }
}
