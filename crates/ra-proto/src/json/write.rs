//! Writes JSON objects.

use alloc::string::String;
use core::fmt::Write as _;

use zeroize::Zeroize as _;

use super::scan::plain_length;

/// Length of the longest number.
const LONGEST_NUMBER: usize = 20;
/// Length of the longest escape, `\u0000`.
const LONGEST_ESCAPE: usize = 6;

/// Writer that appends one flat object to a text.
pub(crate) struct ObjectWriter<'o> {
    out: &'o mut String,
    separator: char,
}

impl<'o> ObjectWriter<'o> {
    pub(crate) fn new(out: &'o mut String) -> Self {
        Self {
            out,
            separator: '{',
        }
    }

    pub(crate) fn text(mut self, key: &'static str, value: &str) -> Self {
        self.key(key);
        write_text(self.out, "\"", value, "\"");
        self
    }

    pub(crate) fn number(mut self, key: &'static str, value: u64) -> Self {
        self.key(key);
        write_number(self.out, "", value);
        self
    }

    pub(crate) fn boolean(self, key: &'static str, value: bool) -> Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// Adds `value` unchanged; it must be JSON.
    pub(crate) fn raw(mut self, key: &'static str, value: &str) -> Self {
        self.key(key);
        write_raw(self.out, value);
        self
    }

    pub(crate) fn end(self) {
        write_raw(self.out, "}");
    }

    fn key(&mut self, key: &'static str) {
        make_room(self.out, key.len() + 4);
        self.out.push(self.separator);
        self.separator = ',';
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }
}

/// Appends JSON unchanged.
#[inline]
pub(crate) fn write_raw(out: &mut String, json: &str) {
    make_room(out, json.len());
    out.push_str(json);
}

/// Appends `head`, `value` as the inside of a string, and `tail`.
#[inline]
pub(crate) fn write_text(out: &mut String, head: &str, value: &str, tail: &str) {
    let plain = plain_length(value.as_bytes()) == value.len();
    let longest = if plain { 1 } else { LONGEST_ESCAPE };
    // Room for the whole text at once, so that growing never splits a secret.
    make_room(out, head.len() + value.len() * longest + tail.len());
    out.push_str(head);
    if plain {
        out.push_str(value);
    } else {
        write_escaped(out, value);
    }
    out.push_str(tail);
}

/// Appends `head` and `value`.
#[inline]
pub(crate) fn write_number(out: &mut String, head: &str, value: u64) {
    make_room(out, head.len() + LONGEST_NUMBER);
    out.push_str(head);
    out.push_str(itoa::Buffer::new().format(value));
}

/// Grows the text like a `String` does, but wipes the old buffer, which may hold a secret.
#[inline]
pub(crate) fn make_room(out: &mut String, more: usize) {
    if more > out.capacity() - out.len() {
        grow(out, more);
    }
}

#[cold]
fn grow(out: &mut String, more: usize) {
    let needed = out.len() + more;
    let mut larger = String::with_capacity(needed.max(out.capacity() * 2));
    larger.push_str(out);
    out.zeroize();
    *out = larger;
}

/// Appends `value` as the inside of a JSON string.
fn write_escaped(out: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            plain => out.push(plain),
        }
    }
}

#[cfg(test)]
mod tests;
