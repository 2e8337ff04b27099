use alloc::string::String;
use core::fmt::Write as _;

use zeroize::Zeroize as _;

/// Braces, quotes, colon and comma around a member, and the longest number.
const AROUND: usize = 8 + 20;
/// As `\u0000`.
const LONGEST_ESCAPE: usize = 6;

/// Appends one flat object to a caller's text.
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
        // Looks at every byte, which is faster than stopping at the first: compilers do many at once.
        let plain = !value
            .bytes()
            .fold(false, |found, byte| found | needs_escape(byte));
        let longest = if plain { 1 } else { LONGEST_ESCAPE };
        self.key(key, value.len() * longest);
        self.out.push('"');
        if plain {
            self.out.push_str(value);
        } else {
            write_escaped(self.out, value);
        }
        self.out.push('"');
        self
    }

    pub(crate) fn number(mut self, key: &'static str, value: u64) -> Self {
        self.key(key, 0);
        self.display(value);
        self
    }

    pub(crate) fn boolean(mut self, key: &'static str, value: bool) -> Self {
        self.key(key, 0);
        self.display(value);
        self
    }

    /// Takes `value` as it is: it must be JSON.
    pub(crate) fn raw(mut self, key: &'static str, value: &str) -> Self {
        self.key(key, value.len());
        self.out.push_str(value);
        self
    }

    pub(crate) fn end(self) {
        self.out.push('}');
    }

    /// Writes the key and makes room for a value of this length, so that none is cut by growth.
    fn key(&mut self, key: &'static str, value_length: usize) {
        make_room(self.out, key.len() + value_length + AROUND);
        self.out.push(self.separator);
        self.separator = ',';
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    fn display(&mut self, value: impl core::fmt::Display) {
        // Writing to a `String` cannot fail.
        let _ = write!(self.out, "{value}");
    }
}

/// Grows like a `String` does, but wipes what it leaves behind: there may be a secret in it.
fn make_room(out: &mut String, more: usize) {
    let needed = out.len() + more;
    if needed > out.capacity() {
        let mut larger = String::with_capacity(needed.max(out.capacity() * 2));
        larger.push_str(out);
        out.zeroize();
        *out = larger;
    }
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
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
