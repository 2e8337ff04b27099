//! The error of a reply that cannot be read.

use core::{error::Error, fmt};

/// Reason a reply cannot be read: names the member at fault, or `None` if it is not a JSON object. Never holds the
/// content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenError {
    field: Option<&'static str>,
}

impl TokenError {
    pub(crate) const fn new(field: Option<&'static str>) -> Self {
        Self { field }
    }

    pub(crate) const fn at(field: &'static str) -> Self {
        Self { field: Some(field) }
    }

    /// The member at fault.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        self.field
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "the reply is malformed at {field}"),
            None => f.write_str("the reply is not a JSON object"),
        }
    }
}

impl Error for TokenError {}
