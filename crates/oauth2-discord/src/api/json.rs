//! JSON bodies in the making: unset members are absent, and the buffer is wiped, also when it grows.

use std::io;

use ra_http::Body;
use serde::Serialize;
use zeroize::Zeroizing;

/// A JSON object that may hold secrets.
pub(crate) struct JsonObject(Zeroizing<Vec<u8>>);

impl JsonObject {
    pub(crate) fn new() -> Self {
        let mut buffer = Zeroizing::new(Vec::with_capacity(512));
        buffer.push(b'{');
        Self(buffer)
    }

    /// Adds a member. `name` needs no escaping.
    pub(crate) fn push(mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        let lead = if self.0.len() > 1 { ",\"" } else { "\"" };
        self.append(lead.as_bytes());
        self.append(name.as_bytes());
        self.append(b"\":");
        // The writer takes everything, and what is written here is text, numbers and objects of such.
        let _ = serde_json::to_writer(Appender(&mut self), value);
        self
    }

    /// Adds a member that has a value.
    pub(crate) fn push_some(self, name: &'static str, value: Option<&impl Serialize>) -> Self {
        match value {
            Some(value) => self.push(name, value),
            None => self,
        }
    }

    pub(crate) fn into_body(mut self) -> Body {
        self.append(b"}");
        self.0.into()
    }

    /// Grows into a new buffer and wipes the old one, which `Vec` alone would not.
    fn append(&mut self, bytes: &[u8]) {
        if self.0.capacity() - self.0.len() < bytes.len() {
            let room = (self.0.len() + bytes.len()).next_power_of_two();
            let mut grown = Zeroizing::new(Vec::with_capacity(room));
            grown.extend_from_slice(&self.0);
            self.0 = grown;
        }
        self.0.extend_from_slice(bytes);
    }
}

struct Appender<'a>(&'a mut JsonObject);

impl io::Write for Appender<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.append(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_escaped_and_unset_ones_are_absent() {
        let body = JsonObject::new()
            .push("a", "q\"\\\n\u{e9}")
            .push_some("b", None::<&bool>)
            .push_some("c", Some(&7))
            .into_body();
        assert_eq!(
            body.as_bytes(),
            "{\"a\":\"q\\\"\\\\\\n\u{e9}\",\"c\":7}".as_bytes()
        );
        assert_eq!(JsonObject::new().into_body().as_bytes(), b"{}");
    }

    #[test]
    fn a_long_text_grows_the_buffer() {
        let long = "x".repeat(5000);
        let body = JsonObject::new().push("a", &long).push("b", &1).into_body();
        let read: serde_json::Value = serde_json::from_slice(body.as_bytes()).unwrap();
        assert_eq!(read, serde_json::json!({"a": long, "b": 1}));
    }
}
