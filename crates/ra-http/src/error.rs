//! One error type for every endpoint.

use core::{error::Error, fmt, time::Duration};

use http::{Response, StatusCode};

use crate::{
    Body, CaptchaChallenge, Fault, Retry, TransportError, TransportErrorKind,
    transport::{FALLBACK_WAIT, refused_with},
};

/// A call that did not end with its reply. One pointer wide.
///
/// `Debug` and `Display` show kind, status, Discord code, field and wait, never a word of the body.
pub struct HttpError(Box<Inner>);

/// Kind of an [`HttpError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// A status that is no success and none of the kinds below.
    Status,
    /// Status 429: [`HttpError::retry_after`] says how long to wait, if the peer did.
    RateLimited,
    /// Status 400 with a captcha challenge: [`HttpError::captcha`] has it.
    Captcha,
    /// A redirect. None is followed.
    Redirect,
    /// A body over [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES).
    BodyTooLarge,
    /// A success whose body makes no sense: [`HttpError::field`] says where.
    BadBody,
    /// A value of the caller fits no request: [`HttpError::field`] says which. Nothing was sent.
    BadRequest,
    /// No reply came: [`HttpError::transport`] says why.
    Transport,
}

/// The content of an [`HttpError`], boxed by it.
pub(crate) struct Inner {
    pub(crate) kind: HttpErrorKind,
    pub(crate) status: Option<StatusCode>,
    pub(crate) code: Option<u64>,
    pub(crate) oauth_error: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) captcha: Option<CaptchaChallenge>,
    pub(crate) field: Option<&'static str>,
    pub(crate) transport: Option<TransportError>,
    pub(crate) body: Body,
}

impl HttpError {
    /// A success whose body makes no sense, with the member at fault if one can be named.
    #[must_use]
    pub fn bad_body(response: Response<Body>, field: Option<&'static str>) -> Self {
        let mut inner = Inner::new(HttpErrorKind::BadBody);
        inner.status = Some(response.status());
        inner.field = field;
        inner.body = response.into_body();
        inner.into()
    }

    /// A value of the caller that fits no request. `field` names it.
    #[must_use]
    pub fn bad_request(field: &'static str) -> Self {
        let mut inner = Inner::new(HttpErrorKind::BadRequest);
        inner.field = Some(field);
        inner.into()
    }

    /// The kind of error.
    #[must_use]
    pub fn kind(&self) -> HttpErrorKind {
        self.0.kind
    }

    /// The HTTP status, if a reply came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Discord's error code (member `code`), such as 60003.
    #[must_use]
    pub fn code(&self) -> Option<u64> {
        self.0.code
    }

    /// The OAuth2 error code (RFC 6749, section 5.2, member `error`), such as `invalid_grant`.
    #[must_use]
    pub fn oauth_error(&self) -> Option<&str> {
        self.0.oauth_error.as_deref()
    }

    /// How long the peer asks to wait, with any status. The header wins over the body.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The challenge, if the kind is [`HttpErrorKind::Captcha`].
    #[must_use]
    pub fn captcha(&self) -> Option<&CaptchaChallenge> {
        self.0.captcha.as_ref()
    }

    /// The member of a reply, or the value of the caller, that is at fault.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        self.0.field
    }

    /// Why no reply came.
    #[must_use]
    pub fn transport(&self) -> Option<&TransportError> {
        self.0.transport.as_ref()
    }

    /// The body as it came. It may hold tokens and people's data: do not log it.
    #[must_use]
    pub fn dangerous_body(&self) -> &[u8] {
        self.0.body.as_bytes()
    }

    /// The party that caused the error. A status under 500 and a captcha are the caller's to solve.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match (self.0.kind, &self.0.transport) {
            (_, Some(transport)) => transport.fault(),
            (HttpErrorKind::Status, _) if self.0.status.is_some_and(|s| !s.is_client_error()) => {
                Fault::Peer
            }
            (
                HttpErrorKind::Status
                | HttpErrorKind::RateLimited
                | HttpErrorKind::Captcha
                | HttpErrorKind::BadRequest,
                _,
            ) => Fault::Caller,
            _ => Fault::Peer,
        }
    }

    /// Advice on trying again. A captcha is [`Retry::Never`]: without a solution the same call ends the same way.
    #[must_use]
    pub fn retry(&self) -> Retry {
        let status = self.0.status.map_or(0, |status| status.as_u16());
        match (self.0.kind, &self.0.transport) {
            (_, Some(transport)) => transport.retry(),
            (HttpErrorKind::RateLimited, _) => {
                Retry::After(self.0.retry_after.unwrap_or(FALLBACK_WAIT))
            }
            (HttpErrorKind::Status, _) => refused_with(status, self.0.retry_after),
            _ => Retry::Never,
        }
    }
}

impl Inner {
    pub(crate) fn new(kind: HttpErrorKind) -> Self {
        Self {
            kind,
            status: None,
            code: None,
            oauth_error: None,
            retry_after: None,
            captcha: None,
            field: None,
            transport: None,
            body: Body::empty(),
        }
    }
}

impl From<Inner> for HttpError {
    fn from(inner: Inner) -> Self {
        Self(Box::new(inner))
    }
}

impl From<TransportError> for HttpError {
    /// A body that a carrier refused to read on counts as [`HttpErrorKind::BodyTooLarge`] too.
    fn from(error: TransportError) -> Self {
        let mut inner = Inner::new(match error.kind() {
            TransportErrorKind::BodyTooLarge => HttpErrorKind::BodyTooLarge,
            _ => HttpErrorKind::Transport,
        });
        inner.retry_after = error.retry_after();
        inner.transport = Some(error);
        inner.into()
    }
}

impl fmt::Debug for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpError")
            .field("kind", &self.0.kind)
            .field("status", &self.0.status.map(|status| status.as_u16()))
            .field("code", &self.0.code)
            .field("field", &self.0.field)
            .field("retry_after", &self.0.retry_after)
            .field("transport", &self.0.transport)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.0.field.unwrap_or("body");
        match self.0.kind {
            HttpErrorKind::Status => f.write_str("the call was refused")?,
            HttpErrorKind::RateLimited => f.write_str("too many calls")?,
            HttpErrorKind::Captcha => f.write_str("a captcha has to be solved")?,
            HttpErrorKind::Redirect => f.write_str("a redirect was refused")?,
            HttpErrorKind::BodyTooLarge => f.write_str("the response is too large")?,
            HttpErrorKind::BadBody => write!(f, "the response makes no sense at {field}")?,
            HttpErrorKind::BadRequest => write!(f, "the request cannot be made of this {field}")?,
            HttpErrorKind::Transport => f.write_str("the call got no reply")?,
        }
        if let Some(status) = self.0.status {
            write!(f, ", status {}", status.as_u16())?;
        }
        if let Some(code) = self.0.code {
            write!(f, ", code {code}")?;
        }
        if let Some(wait) = self.0.retry_after {
            write!(f, ", retry after {} s", wait.as_secs_f64())?;
        }
        Ok(())
    }
}

impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.transport.as_ref().map(|error| error as _)
    }
}
