//! Servers' error descriptions for developers, safe to show.

use core::fmt;

use ra_http::HttpError;
use serde::Deserialize;
use zeroize::Zeroizing;

/// A server's description of an error: at most 256 characters; `Display` escapes what would break a line or a terminal
/// (S-07). The server may quote the request in it: show it to developers only.
#[derive(Clone, PartialEq, Eq)]
pub struct Description(Box<str>);

const MAX_CHARS: usize = 256;

impl Description {
    /// Takes the beginning of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let kept: String = text.chars().take(MAX_CHARS).collect();
        Self(kept.into())
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '"' | '\'' => write!(f, "{c}")?,
                _ => write!(f, "{}", c.escape_debug())?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Description({} bytes)", self.0.len())
    }
}

/// The description in the body of a failed call: OAuth2's `error_description` or Discord's `message`.
#[must_use]
pub fn description(error: &HttpError) -> Option<Description> {
    #[derive(Deserialize)]
    struct Members {
        #[serde(default)]
        error_description: Option<serde_json::Value>,
        #[serde(default)]
        message: Option<serde_json::Value>,
    }
    let members: Members = serde_json::from_slice(error.dangerous_body()).ok()?;
    let text = |value: Option<serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => Some(Zeroizing::new(text)),
        _ => None,
    };
    let found = text(members.error_description).or_else(|| text(members.message));
    found.map(|text| Description::new(&text))
}
