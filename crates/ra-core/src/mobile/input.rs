//! Inputs of a phone's approval: replies, the clock, and the answer to the second factor.

use ra_http::{Body, TransportError};
use ra_proto::MfaAnswerText;
use ra_proto::rest::MfaMethod;

use crate::CallId;

/// Something that happened outside. None of it can misuse the machine.
///
/// ```
/// use ra_core::CallId;
/// use ra_core::mobile::Input;
/// use ra_http::{TransportError, TransportErrorKind};
///
/// fn nobody_answered(call: CallId) -> Input {
///     Input::Reply(call, Err(TransportError::new(TransportErrorKind::Timeout)))
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// Answers `Call`: the response, or the reason why there is none.
    Reply(CallId, Result<http::Response<Body>, TransportError>),
    /// Time has passed.
    Tick,
}

/// The person's answer to a multi-factor challenge (R-43).
///
/// ```
/// use ra_core::mobile::MfaAnswer;
/// use ra_proto::MfaAnswerText;
/// use ra_proto::rest::MfaMethod;
///
/// let answer = MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new("123456".to_owned()));
/// assert!(!format!("{answer:?}").contains("123456"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MfaAnswer {
    /// By which method.
    pub method: MfaMethod,
    /// The code or password. Redacted and wiped.
    pub text: MfaAnswerText,
}

impl MfaAnswer {
    /// An answer by this method.
    ///
    /// ```
    /// use ra_core::mobile::MfaAnswer;
    /// use ra_proto::MfaAnswerText;
    /// use ra_proto::rest::MfaMethod;
    ///
    /// let answer = MfaAnswer::new(MfaMethod::Backup, MfaAnswerText::new("abcd-efgh".to_owned()));
    /// ```
    #[must_use]
    pub const fn new(method: MfaMethod, text: MfaAnswerText) -> Self {
        Self { method, text }
    }
}
