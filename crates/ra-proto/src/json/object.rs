//! Reads the members of a JSON object.

use alloc::{borrow::Cow, collections::BTreeMap, string::String, vec::Vec};

use serde::de::IgnoredAny;

use super::scan::Scanner;
use super::value::{Kind, Raw};
use crate::error::DecodeError;
use crate::error::DecodeErrorKind::{
    self, Duplicate, Empty, Missing, NotAnObject, NotJson, OutOfRange, TooDeep, WrongType,
};
use crate::frame::MAX_DEPTH;
use ra_types::Sensitive;

/// An optional member of an object: its key and its raw value.
pub(crate) struct Field<'a> {
    key: &'static str,
    /// The op or type that errors name.
    op: Option<&'static str>,
    value: Option<Raw<'a>>,
    repeated: bool,
}

/// Reads the object in `text` and calls `member` with each key and value. Nothing may follow the object.
#[inline(always)]
pub(crate) fn read_object<'a>(
    text: &'a str,
    member: impl FnMut(&str, Raw<'a>),
) -> Result<(), DecodeError> {
    cut(text, member).map_err(|kind| DecodeError::whole(full_verdict(kind, text)))
}

/// Reads the object in `text` into the fields of these keys and skips all other members.
pub(crate) fn read_fields<'a, const N: usize>(
    text: &'a str,
    keys: [&'static str; N],
) -> Result<[Field<'a>; N], DecodeError> {
    let mut fields = keys.map(Field::new);
    read_object(text, |key, value| {
        if let Some(field) = fields.iter_mut().find(|field| field.key == key) {
            field.put(value);
        }
    })?;
    Ok(fields)
}

impl<'a> Field<'a> {
    pub(crate) const fn new(key: &'static str) -> Self {
        Self {
            key,
            op: None,
            value: None,
            repeated: false,
        }
    }

    /// Sets the op that errors name.
    pub(crate) fn of(&mut self, op: &'static str) -> &Self {
        self.op = Some(op);
        self
    }

    /// Returns true if the object has a member with this key, or several.
    pub(crate) fn is_there(&self) -> bool {
        self.value.is_some()
    }

    pub(crate) fn raw(&self) -> Result<Raw<'a>, DecodeError> {
        if self.repeated {
            return Err(self.error(Duplicate));
        }
        self.value.ok_or_else(|| self.error(Missing))
    }

    pub(crate) fn object(&self) -> Result<&'a str, DecodeError> {
        self.raw()?.object().map_err(|kind| self.error(kind))
    }

    pub(crate) fn text(&self) -> Result<Cow<'a, str>, DecodeError> {
        self.raw()?.text().map_err(|kind| self.error(kind))
    }

    pub(crate) fn number(&self) -> Result<u64, DecodeError> {
        self.raw()?.number().map_err(|kind| self.error(kind))
    }

    pub(crate) fn boolean(&self) -> Result<bool, DecodeError> {
        self.raw()?.boolean().map_err(|kind| self.error(kind))
    }

    pub(crate) fn secret(&self) -> Result<Sensitive<'a>, DecodeError> {
        self.text().map(Sensitive::from)
    }

    /// Reads a secret that must not be empty.
    pub(crate) fn filled_secret(&self) -> Result<Sensitive<'a>, DecodeError> {
        let secret = self.secret()?;
        if secret.expose().is_empty() {
            return Err(self.error(Empty));
        }
        Ok(secret)
    }

    pub(crate) fn put(&mut self, value: Raw<'a>) {
        self.repeated = self.value.is_some();
        self.value = Some(value);
    }

    fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::at(kind, self.op, self.key)
    }
}

/// Reads the list in `raw`, which may have `max` elements.
pub(crate) fn elements(raw: Raw<'_>, max: usize) -> Result<Vec<Raw<'_>>, DecodeErrorKind> {
    if raw.kind != Kind::List {
        return Err(WrongType);
    }
    let mut elements = Vec::new();
    let mut scanner = Scanner::new(raw.text);
    let _bracket = scanner.token()?;
    scanner.list(MAX_DEPTH, |element| {
        if elements.len() == max {
            return Err(OutOfRange);
        }
        elements.push(element);
        Ok(())
    })?;
    Ok(elements)
}

/// Scans the object in `text`, within the limit of levels.
#[inline(always)]
fn cut<'a>(text: &'a str, mut member: impl FnMut(&str, Raw<'a>)) -> Result<(), DecodeErrorKind> {
    let mut scanner = Scanner::new(text);
    if scanner.token()? != b'{' {
        return Err(NotAnObject);
    }
    scanner.object(MAX_DEPTH, |key, value| {
        member(&key.text().map_err(|_| NotJson)?, value);
        Ok(())
    })?;
    // Nothing else may follow.
    match scanner.token() {
        Ok(_) => Err(NotJson),
        Err(_) => Ok(()),
    }
}

/// The scanner stops where it knows that a text is refused. What it then did not look at is left to a parser that
/// takes any depth: the text may not even be JSON.
#[cold]
fn full_verdict(kind: DecodeErrorKind, text: &str) -> DecodeErrorKind {
    let is_json = match kind {
        NotAnObject => serde_json::from_str::<IgnoredAny>(text).is_ok(),
        TooDeep => serde_json::from_str::<BTreeMap<String, IgnoredAny>>(text).is_ok(),
        _ => false,
    };
    if is_json { kind } else { NotJson }
}
