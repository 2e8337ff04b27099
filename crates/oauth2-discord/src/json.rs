//! JSON: reads objects member by member, so that an error can name the member at fault, and writes request bodies.

use ra_http::Body;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::token_error::TokenError;
use crate::wiped::WipedBytes;

/// Defines a struct of the named members of a JSON object, as raw JSON; absent members and `null` are `None`. A member
/// with another name on the wire is written `field = "name"`.
macro_rules! members {
    ($name:ident: $($field:ident $(= $wire:literal)?),+) => {
        #[derive(::serde::Deserialize)]
        struct $name<'a> {
            $(
                #[serde(borrow, default $(, rename = $wire)?)]
                $field: Option<&'a ::serde_json::value::RawValue>,
            )+
        }
    };
}
pub(crate) use members;

/// Reads the members of a JSON object. Serde alone would take an array for a struct, and skip members that are not
/// UTF-8.
pub(crate) fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, TokenError> {
    let text = core::str::from_utf8(json).ok();
    let text = text.filter(|text| text.trim_ascii_start().starts_with('{'));
    text.and_then(|text| serde_json::from_str(text).ok())
        .ok_or(TokenError::new(None))
}

/// Reads the elements of a JSON array; an error names `field`.
pub(crate) fn array<'a>(
    json: &'a [u8],
    field: Option<&'static str>,
) -> Result<Vec<&'a RawValue>, TokenError> {
    serde_json::from_slice(json).map_err(|_| TokenError::new(field))
}

/// Reads a member that may be absent.
pub(crate) fn optional<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
) -> Result<Option<T>, TokenError> {
    raw.map(|raw| serde_json::from_str(raw.get()).map_err(|_| TokenError::at(field)))
        .transpose()
}

/// Reads a member that must be there.
pub(crate) fn required<T: DeserializeOwned>(
    raw: Option<&RawValue>,
    field: &'static str,
) -> Result<T, TokenError> {
    optional(raw, field)?.ok_or(TokenError::at(field))
}

/// A JSON object that is being written; it may hold secrets. Unset members are absent.
pub(crate) struct JsonObject(WipedBytes);

impl JsonObject {
    pub(crate) fn new() -> Self {
        Self(WipedBytes::default())
    }

    /// Adds a member. `name` needs no escaping.
    pub(crate) fn push(mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        let lead = if self.0.is_empty() { "{\"" } else { ",\"" };
        self.0.push(lead.as_bytes());
        self.0.push(name.as_bytes());
        self.0.push(b"\":");
        // Neither the writer nor these values (texts, numbers and objects of them) can fail.
        let _ = serde_json::to_writer(&mut self.0, value);
        self
    }

    /// Adds a member if it has a value.
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
