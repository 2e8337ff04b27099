//! JSON bodies in the making: unset members are absent.

use ra_http::Body;
use serde::Serialize;

use crate::wiped::Wiped;

/// A JSON object that may hold secrets.
pub(crate) struct JsonObject(Wiped);

impl JsonObject {
    pub(crate) fn new() -> Self {
        Self(Wiped::default())
    }

    /// Adds a member. `name` needs no escaping.
    pub(crate) fn push(mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        let lead = if self.0.is_empty() { "{\"" } else { ",\"" };
        self.0.push(lead.as_bytes());
        self.0.push(name.as_bytes());
        self.0.push(b"\":");
        // The writer takes everything, and what is written here is text, numbers and objects of such.
        let _ = serde_json::to_writer(&mut self.0, value);
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
        let end = if self.0.is_empty() { "{}" } else { "}" };
        self.0.push(end.as_bytes());
        self.0.into()
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
