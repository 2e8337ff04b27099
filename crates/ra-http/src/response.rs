//! Reads the status and error body of a reply; nothing else does.

use http::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::Inner;
use crate::retry_after::{from_seconds, retry_after};
use crate::{Body, CaptchaChallenge, HttpError, HttpErrorKind, MAX_BODY_BYTES};

/// The longest captcha member that is kept, in bytes.
const MAX_CAPTCHA_MEMBER: usize = 16 * 1024;
/// The longest OAuth2 error code that is kept, in bytes.
const MAX_OAUTH_ERROR: usize = 64;

/// Lets a success through as it is and turns everything else into its error.
///
/// The content type is not looked at: an error body is read as JSON if it is a JSON object, and kept unread if it
/// is not.
///
/// # Errors
/// [`HttpErrorKind::BodyTooLarge`], [`HttpErrorKind::Redirect`], [`HttpErrorKind::RateLimited`],
/// [`HttpErrorKind::Captcha`] or [`HttpErrorKind::Status`].
pub fn check_status(response: Response<Body>) -> Result<Response<Body>, HttpError> {
    let status = response.status();
    let too_large = response.body().len() > MAX_BODY_BYTES;
    if status.is_success() && !too_large {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let mut inner = Inner::new(HttpErrorKind::Status);
    inner.status = Some(status);
    inner.retry_after = retry_after(&head.headers);
    if too_large {
        inner.kind = HttpErrorKind::BodyTooLarge;
        return Err(inner.into());
    }
    if let Some(fields) = ErrorBody::read(&body) {
        inner.code = fields.code.and_then(parse);
        inner.oauth_error = fields.oauth_error();
        inner.retry_after = inner.retry_after.or_else(|| fields.retry_after());
        if status == StatusCode::BAD_REQUEST {
            inner.captcha = fields.captcha();
        }
    }
    inner.kind = match status {
        StatusCode::TOO_MANY_REQUESTS => HttpErrorKind::RateLimited,
        _ if status.is_redirection() => HttpErrorKind::Redirect,
        _ if inner.captcha.is_some() => HttpErrorKind::Captcha,
        _ => HttpErrorKind::Status,
    };
    inner.body = body;
    Err(inner.into())
}

/// The members of error bodies that we know, unparsed: one of the wrong type must not hide the others. Nothing else
/// is copied out of the body.
#[derive(Deserialize)]
struct ErrorBody<'a> {
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    retry_after: Option<&'a RawValue>,
    #[serde(borrow, default)]
    captcha_key: Option<&'a RawValue>,
    #[serde(borrow, default)]
    captcha_service: Option<&'a RawValue>,
    #[serde(borrow, default)]
    captcha_sitekey: Option<&'a RawValue>,
    #[serde(borrow, default)]
    captcha_rqdata: Option<&'a RawValue>,
    #[serde(borrow, default)]
    captcha_rqtoken: Option<&'a RawValue>,
    #[serde(borrow, default)]
    captcha_session_id: Option<&'a RawValue>,
}

impl<'a> ErrorBody<'a> {
    /// `None` for HTML, plain text, and JSON that is no object (serde would take an array for a struct).
    fn read(body: &'a Body) -> Option<Self> {
        let text = body.as_bytes().trim_ascii_start();
        text.starts_with(b"{")
            .then(|| serde_json::from_slice(text).ok())?
    }

    fn oauth_error(&self) -> Option<String> {
        // RFC 6749, section 5.2: printable, without quotation mark and backslash
        parse::<String>(self.error?).filter(|error| {
            (1..=MAX_OAUTH_ERROR).contains(&error.len())
                && error
                    .bytes()
                    .all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\')
        })
    }

    fn retry_after(&self) -> Option<core::time::Duration> {
        self.retry_after.and_then(parse).and_then(from_seconds)
    }

    fn captcha(&self) -> Option<CaptchaChallenge> {
        let key = self.captcha_key?;
        let mut challenge = CaptchaChallenge::new(
            printable(self.captcha_service),
            printable(self.captcha_sitekey),
        );
        challenge.rqdata = printable(self.captcha_rqdata);
        challenge.rqtoken = printable(self.captcha_rqtoken);
        challenge.session_id = printable(self.captcha_session_id);
        challenge.reasons = parse::<Vec<String>>(key).unwrap_or_default();
        challenge.reasons.retain(|reason| is_printable(reason));
        Some(challenge)
    }
}

fn parse<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
}

fn printable(raw: Option<&RawValue>) -> Option<String> {
    parse::<String>(raw?).filter(|text| is_printable(text))
}

/// Returns true if a text may be shown on a terminal and sent in a header.
fn is_printable(text: &str) -> bool {
    (1..=MAX_CAPTCHA_MEMBER).contains(&text.len()) && text.bytes().all(|b| matches!(b, b' '..=b'~'))
}
