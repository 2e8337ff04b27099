//! A JSON value as it stands in the text.

use alloc::borrow::Cow;

use super::text::unescape;
use crate::error::DecodeErrorKind::{self, OutOfRange, WrongType};

/// One raw value: JSON by its grammar, without white space around it.
#[derive(Clone, Copy)]
pub(crate) struct Raw<'a> {
    pub(super) kind: Kind,
    /// The text of the value; for a string, without its quotes.
    pub(super) text: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string without escapes.
    Text,
    /// A string with escapes in it.
    Escaped,
    Number,
    /// True, false or null.
    Word,
    Object,
    List,
}

impl<'a> Raw<'a> {
    /// An object's text.
    pub(crate) fn object(self) -> Result<&'a str, DecodeErrorKind> {
        match self.kind {
            Kind::Object => Ok(self.text),
            _ => Err(WrongType),
        }
    }

    /// Reads a string; borrowed unless it holds escapes.
    pub(crate) fn text(self) -> Result<Cow<'a, str>, DecodeErrorKind> {
        match self.kind {
            Kind::Text => Ok(Cow::Borrowed(self.text)),
            Kind::Escaped => unescape(self.text).map(Cow::Owned).ok_or(WrongType),
            _ => Err(WrongType),
        }
    }

    /// Reads a whole number from 0 that is written in digits alone.
    pub(crate) fn number(self) -> Result<u64, DecodeErrorKind> {
        match self.kind {
            Kind::Number => self.text.parse().map_err(|_| OutOfRange),
            _ => Err(WrongType),
        }
    }

    pub(crate) fn boolean(self) -> Result<bool, DecodeErrorKind> {
        match (self.kind, self.text) {
            (Kind::Word, "true") => Ok(true),
            (Kind::Word, "false") => Ok(false),
            _ => Err(WrongType),
        }
    }
}
