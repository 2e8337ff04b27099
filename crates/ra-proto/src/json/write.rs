use alloc::string::String;
use core::fmt::Write as _;

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
        // All at once: growing in the middle would leave part of a secret in the old buffer.
        self.out.reserve(key.len() + written_length(value) + 8);
        self.key(key);
        self.out.push('"');
        write_escaped(self.out, value);
        self.out.push('"');
        self
    }

    pub(crate) fn number(mut self, key: &'static str, value: u64) -> Self {
        self.key(key);
        self.display(value);
        self
    }

    pub(crate) fn boolean(mut self, key: &'static str, value: bool) -> Self {
        self.key(key);
        self.display(value);
        self
    }

    /// Takes `value` as it is: it must be JSON.
    pub(crate) fn raw(mut self, key: &'static str, value: &str) -> Self {
        self.out.reserve(key.len() + value.len() + 8);
        self.key(key);
        self.out.push_str(value);
        self
    }

    pub(crate) fn end(self) {
        self.out.push('}');
    }

    fn key(&mut self, key: &'static str) {
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

/// Appends `value` as the inside of a JSON string.
pub(super) fn write_escaped(out: &mut String, value: &str) {
    let mut rest = value;
    while let Some(at) = rest.find(needs_escape) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = tail.chars();
        if let Some(special) = chars.next() {
            write_escape(out, special);
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

fn needs_escape(character: char) -> bool {
    matches!(character, '"' | '\\' | '\0'..='\u{1f}')
}

fn write_escape(out: &mut String, special: char) {
    match special {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        other => {
            let _ = write!(out, "\\u{:04x}", u32::from(other));
        }
    }
}

/// An upper bound of what [`write_escaped`] appends.
fn written_length(value: &str) -> usize {
    value.len()
        + 5 * value
            .chars()
            .filter(|&character| needs_escape(character))
            .count()
}
