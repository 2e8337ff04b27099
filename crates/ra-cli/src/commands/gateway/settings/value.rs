//! Values of the gateway's file. Their errors say what is expected and never contain what was given.

use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// Begins the errors of this project's own parsers, which never contain the value.
pub(super) const OWN: &str = "\u{1}";
/// Longest time that can be set, in milliseconds.
pub(super) const DAY: u64 = 86_400_000;

/// A whole number from `LEAST` to `MOST`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count<T, const LEAST: u64, const MOST: u64>(pub(super) T);

/// A number of seconds from `LEAST` to `MOST` milliseconds, fractions allowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds<const LEAST: u64, const MOST: u64>(pub(super) Duration);

impl<'de, T, const LEAST: u64, const MOST: u64> Deserialize<'de> for Count<T, LEAST, MOST>
where
    T: TryFrom<u64>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(CountVisitor(PhantomData))
    }
}

struct CountVisitor<T, const LEAST: u64, const MOST: u64>(PhantomData<T>);

impl<T: TryFrom<u64>, const LEAST: u64, const MOST: u64> Visitor<'_>
    for CountVisitor<T, LEAST, MOST>
{
    type Value = Count<T, LEAST, MOST>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {LEAST} to {MOST}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let is_within = (LEAST..=MOST).contains(&number);
        let value = is_within.then(|| T::try_from(number).ok()).flatten();
        value
            .map(Count)
            .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

impl<'de, const LEAST: u64, const MOST: u64> Deserialize<'de> for Seconds<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(SecondsVisitor::<LEAST, MOST>)
    }
}

impl<const LEAST: u64, const MOST: u64> FromStr for Seconds<LEAST, MOST> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.parse().ok().and_then(within::<LEAST, MOST>);
        seconds.map(Self).ok_or_else(expected::<LEAST, MOST>)
    }
}

struct SecondsVisitor<const LEAST: u64, const MOST: u64>;

impl<const LEAST: u64, const MOST: u64> Visitor<'_> for SecondsVisitor<LEAST, MOST> {
    type Value = Seconds<LEAST, MOST>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected::<LEAST, MOST>().trim_start_matches("expected "))
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<Self::Value, E> {
        within::<LEAST, MOST>(seconds)
            .map(Seconds)
            .ok_or_else(|| E::invalid_value(Unexpected::Float(seconds), &self))
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Self::Value, E> {
        match u32::try_from(seconds) {
            Ok(seconds) => self.visit_f64(seconds.into()),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(seconds), &self)),
        }
    }
}

fn within<const LEAST: u64, const MOST: u64>(seconds: f64) -> Option<Duration> {
    let duration = Duration::try_from_secs_f64(seconds).ok()?;
    let range = Duration::from_millis(LEAST)..=Duration::from_millis(MOST);
    range.contains(&duration).then_some(duration)
}

fn expected<const LEAST: u64, const MOST: u64>() -> String {
    let [least, most] = [LEAST, MOST].map(|ms| Duration::from_millis(ms).as_secs_f64());
    format!("expected seconds from {least} to {most}")
}

/// Reads a text by its parser.
pub(crate) fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(own)
}

/// Reads a list of texts by their parser; at least one.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    if texts.is_empty() {
        return Err(own(
            "expected at least one; leave the key out for the default",
        ));
    }
    texts.iter().map(|text| text.parse().map_err(own)).collect()
}

/// Reads a path.
pub(super) fn path<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PathBuf>, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "" => Err(own("expected a path")),
        path => Ok(Some(path.into())),
    }
}

fn own<E: Error>(why: impl Display) -> E {
    E::custom(format_args!("{OWN}{why}"))
}
