use alloc::borrow::Cow;

use super::text::unescape;
use crate::error::DecodeErrorKind;
use crate::frame::MAX_DEPTH;

/// One value as it stands in the text: JSON by its grammar, without white space around it.
#[derive(Clone, Copy)]
pub(crate) struct Raw<'a>(&'a str);

impl<'a> Raw<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(self) -> &'a str {
        self.0
    }

    pub(crate) fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    pub(super) fn is_list(self) -> bool {
        self.0.starts_with('[')
    }

    /// A string, borrowed unless it holds escapes.
    pub(crate) fn text(self) -> Result<Cow<'a, str>, DecodeErrorKind> {
        let quoted = self
            .0
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let text = quoted.ok_or(DecodeErrorKind::WrongType)?;
        if text.contains('\\') {
            unescape(text)
                .map(Cow::Owned)
                .ok_or(DecodeErrorKind::WrongType)
        } else {
            Ok(Cow::Borrowed(text))
        }
    }

    /// A whole number from 0, written in digits alone.
    pub(crate) fn number(self) -> Result<u64, DecodeErrorKind> {
        if !self
            .0
            .starts_with(|first: char| first == '-' || first.is_ascii_digit())
        {
            return Err(DecodeErrorKind::WrongType);
        }
        self.0.parse().map_err(|_| DecodeErrorKind::OutOfRange)
    }

    pub(crate) fn boolean(self) -> Result<bool, DecodeErrorKind> {
        match self.0 {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(DecodeErrorKind::WrongType),
        }
    }

    /// Whether this value, a member of the root object, breaks the depth limit.
    pub(super) fn is_too_deep(self) -> bool {
        if !self.is_object() && !self.is_list() {
            return false;
        }
        let mut depth = 1;
        let mut in_text = false;
        let mut bytes = self.0.bytes();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => in_text = !in_text,
                // Nothing but texts can hold one.
                b'\\' => drop(bytes.next()),
                b'[' | b'{' if !in_text => depth += 1,
                b']' | b'}' if !in_text => depth -= 1,
                _ => {}
            }
            if depth > MAX_DEPTH {
                return true;
            }
        }
        false
    }
}
