//! Reasons a call is refused, with Discord's statuses, codes and messages.

use std::time::Duration;

use http::StatusCode;
use ra_crypto::EntropyError;
use ra_proto::rest::MfaRequired;
use ra_proto::{DecodeError, DecodeErrorKind, SecretBytes};
use serde_json::{Value, json};

use super::reason::Refusal;

/// Wait told to a client if nothing better is known.
pub(crate) const WAIT: Duration = Duration::from_secs(5);
/// The longest wait that is passed on from the accounts.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(300);

/// Reason a call is refused.
#[derive(Debug)]
#[cfg_attr(test, derive(PartialEq))]
pub(crate) enum Problem {
    /// No such path.
    NotFound,
    /// The path does not take this method.
    MethodNotAllowed,
    /// This is a WebSocket endpoint.
    NotAnUpgrade,
    /// An upgrade that breaks RFC 6455.
    BadUpgrade,
    /// `Authorization` is missing or unknown.
    Unauthorized,
    /// The origin or the account is not allowed.
    Forbidden,
    /// No session with this fingerprint or handshake token, or not for this account, or no more.
    UnknownSession,
    /// No such ticket, or no more.
    UnknownTicket,
    /// The body is not a JSON object.
    NotJson,
    /// A field of the body is not as it must be.
    BadField(&'static str, DecodeErrorKind),
    /// The body is too large.
    TooLarge,
    /// The body did not come in time.
    TooSlow,
    /// The ticket exchange wants a captcha solved first; the whole body.
    Captcha(String),
    /// `finish` wants a second factor first.
    MfaRequired(MfaRequired),
    /// The second factor is wrong.
    WrongMfaCode,
    /// No such MFA ticket, or no more.
    UnknownMfaTicket,
    /// This client is over its limit.
    RateLimited(Duration),
    /// The gateway is full.
    Busy(Duration),
    /// The host's accounts do not answer.
    AccountsUnavailable(Duration),
    /// The host's accounts answered nonsense.
    BadGateway,
    /// The gateway failed.
    Internal,
}

impl Problem {
    /// Full; sessions and tickets end all the time.
    pub(crate) const BUSY: Self = Self::Busy(WAIT);

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::UnknownSession => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAnUpgrade => StatusCode::UPGRADE_REQUIRED,
            Self::Unauthorized | Self::MfaRequired(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::BadUpgrade
            | Self::UnknownTicket
            | Self::NotJson
            | Self::BadField(..)
            | Self::Captcha(_)
            | Self::WrongMfaCode
            | Self::UnknownMfaTicket => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) | Self::AccountsUnavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the wait told to the client, in whole seconds.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(wait) | Self::Busy(wait) | Self::AccountsUnavailable(wait) => {
                Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
            }
            _ => None,
        }
    }

    /// The body.
    pub(crate) fn into_body(self) -> SecretBytes {
        let status = self.status();
        let plain = |code: u32, message: &str| json!({ "message": message, "code": code });
        let body = match self {
            Self::Captcha(body) => return SecretBytes::new(body.into_bytes()),
            Self::MfaRequired(question) => return question.encode(),
            Self::UnknownSession => plain(10056, "Unknown remote authentication session"),
            Self::UnknownTicket => plain(20042, "Invalid remote authentication ticket"),
            Self::NotJson => plain(50109, "The request body contains invalid JSON."),
            Self::BadField(field, kind) => bad_field(field, kind),
            Self::TooLarge => plain(40005, "Request entity too large"),
            Self::WrongMfaCode => plain(60008, "Invalid two-factor code"),
            Self::UnknownMfaTicket => plain(60006, "Invalid two-factor auth ticket"),
            Self::RateLimited(wait) => json!({
                "message": "You are being rate limited.",
                "retry_after": wait.as_secs_f64(),
                "global": false,
            }),
            Self::Busy(_) | Self::AccountsUnavailable(_) => plain(
                130_000,
                "This resource is currently overloaded, and thus too busy to serve requests",
            ),
            Self::NotFound
            | Self::MethodNotAllowed
            | Self::NotAnUpgrade
            | Self::BadUpgrade
            | Self::Unauthorized
            | Self::Forbidden
            | Self::TooSlow
            | Self::BadGateway
            | Self::Internal => {
                let reason = status.canonical_reason().unwrap_or_default();
                plain(0, &format!("{}: {reason}", status.as_u16()))
            }
        };
        SecretBytes::new(body.to_string().into_bytes())
    }
}

fn bad_field(field: &str, kind: DecodeErrorKind) -> Value {
    let (code, message) = match kind {
        DecodeErrorKind::Missing | DecodeErrorKind::Empty => {
            ("BASE_TYPE_REQUIRED", "This field is required")
        }
        _ => ("BASE_TYPE_BAD_FORMAT", "This field has a bad format"),
    };
    json!({
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": { field: { "_errors": [{ "code": code, "message": message }] } },
    })
}

impl From<&Problem> for Refusal {
    fn from(problem: &Problem) -> Self {
        match problem {
            Problem::BadUpgrade
            | Problem::NotJson
            | Problem::BadField(..)
            | Problem::TooLarge
            | Problem::TooSlow => Self::BadRequest,
            Problem::Unauthorized => Self::Unauthorized,
            Problem::UnknownSession => Self::UnknownSession,
            Problem::UnknownTicket => Self::UnknownTicket,
            Problem::UnknownMfaTicket => Self::UnknownMfaTicket,
            Problem::WrongMfaCode => Self::WrongMfaCode,
            Problem::MfaRequired(_) => Self::MfaRequired,
            Problem::Captcha(_) => Self::Captcha,
            Problem::RateLimited(_) => Self::RateLimited,
            Problem::Busy(_) => Self::Busy,
            Problem::Internal => Self::Internal,
            Problem::NotFound | Problem::MethodNotAllowed | Problem::NotAnUpgrade => Self::NotFound,
            Problem::Forbidden => Self::Forbidden,
            Problem::BadGateway => Self::AccountsBroken,
            Problem::AccountsUnavailable(_) => Self::AccountsUnavailable,
        }
    }
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        match error.field() {
            Some(field) => Self::BadField(field, error.kind()),
            None => Self::NotJson,
        }
    }
}

impl From<EntropyError> for Problem {
    fn from(_: EntropyError) -> Self {
        Self::Internal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r55_retry_after_is_rounded_up() {
        for (millis, seconds) in [(1, 1), (999, 1), (1_000, 1), (1_001, 2), (30_000, 30)] {
            let problem = Problem::RateLimited(Duration::from_millis(millis));
            assert_eq!(problem.retry_after(), Some(seconds), "{millis}");
        }
        assert_eq!(Problem::Unauthorized.retry_after(), None);
    }
}
