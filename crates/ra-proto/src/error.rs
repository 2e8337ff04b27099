//! Errors of reading frames and bodies.

use core::fmt;

/// A frame or REST body that cannot be read. Names the place, never its content.
///
/// ```
/// use ra_proto::frame::GatewayFrame;
/// use ra_proto::DecodeErrorKind;
///
/// let error = GatewayFrame::decode(r#"{"op":"hello","timeout_ms":-1,"heartbeat_interval":1}"#).unwrap_err();
/// assert_eq!(error.kind(), DecodeErrorKind::OutOfRange);
/// assert_eq!(error.op(), Some("hello"));
/// assert_eq!(error.field(), Some("timeout_ms"));
/// assert_eq!(error.to_string(), "timeout_ms of hello is out of range");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    op: Option<&'static str>,
    field: Option<&'static str>,
}

/// The fault of a frame, a body or one of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The text is not one JSON value (for a body, also: not UTF-8).
    NotJson,
    /// The JSON value is not an object.
    NotAnObject,
    /// The text is over [`MAX_FRAME_BYTES`](crate::frame::MAX_FRAME_BYTES) (R-17).
    TooLarge,
    /// Values are nested deeper than [`MAX_DEPTH`](crate::frame::MAX_DEPTH) (R-17).
    TooDeep,
    /// The field is not there.
    Missing,
    /// The field holds another type, or null.
    WrongType,
    /// The number is negative, fractional, written with an exponent, or too large; the list too long.
    OutOfRange,
    /// The field is there more than once.
    Duplicate,
    /// The field must not be empty, and is.
    Empty,
}

impl DecodeError {
    pub(crate) const fn whole(kind: DecodeErrorKind) -> Self {
        Self {
            kind,
            op: None,
            field: None,
        }
    }

    pub(crate) const fn at(
        kind: DecodeErrorKind,
        op: Option<&'static str>,
        field: &'static str,
    ) -> Self {
        Self {
            kind,
            op,
            field: Some(field),
        }
    }

    /// The fault.
    #[must_use]
    pub const fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The op of the frame, where it was recognised. `None` for REST bodies.
    #[must_use]
    pub const fn op(&self) -> Option<&'static str> {
        self.op
    }

    /// The field, where one is to blame; `mfa.ticket` for a field inside of another.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        self.field
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.field, self.op) {
            (Some(field), Some(op)) => write!(f, "{field} of {op} {}", self.kind),
            (Some(field), None) => write!(f, "{field} {}", self.kind),
            (None, _) => write!(f, "message {}", self.kind),
        }
    }
}

impl core::error::Error for DecodeError {}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "is not json",
            Self::NotAnObject => "is not a json object",
            Self::TooLarge => "is too large",
            Self::TooDeep => "is nested too deeply",
            Self::Missing => "is missing",
            Self::WrongType => "has the wrong type",
            Self::OutOfRange => "is out of range",
            Self::Duplicate => "is there more than once",
            Self::Empty => "is empty",
        })
    }
}
