//! `POST /mfa/finish` (R-43): the person's second factor.

use http::{Request, Response};
use ra_http::{BaseUrl, Body, HttpError};
use ra_proto::rest::{MfaFinishRequest, MfaFinishResponse, MfaMethod};
use ra_proto::{MfaAnswerText, MfaTicket, MfaToken, Token};

use super::{Endpoint, phone_post, read};

/// Discord's error code for a wrong one-time code, backup code or password.
const WRONG_CODE: u64 = 60008;

/// Answers a multi-factor challenge.
///
/// ```
/// use ra_core::rest::FinishMfa;
/// use ra_http::Endpoint;
/// use ra_proto::rest::MfaMethod;
/// use ra_proto::{MfaAnswerText, MfaTicket, Token};
///
/// let answer = FinishMfa::new(
///     Token::new("secret".to_owned()),
///     MfaTicket::new("from the question".to_owned()),
///     MfaMethod::Totp,
///     MfaAnswerText::new("123456".to_owned()),
/// );
/// let request = answer.to_http(&"https://discord.com/api/v9".parse()?)?;
/// assert_eq!(request.uri().path(), "/api/v9/mfa/finish");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FinishMfa {
    authorization: Token,
    answer: MfaFinishRequest,
}

/// What came of an answer.
///
/// ```
/// use ra_core::rest::FinishMfaReply;
///
/// fn may_try_again(reply: &FinishMfaReply) -> bool {
///     matches!(reply, FinishMfaReply::WrongCode)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FinishMfaReply {
    /// Right: goes with the second [`Finish`](super::Finish).
    Token(MfaToken),
    /// Code 60008: wrong, may be tried again.
    WrongCode,
}

impl FinishMfa {
    /// The answer `data` by `method` to the challenge that `ticket` names.
    #[must_use]
    pub fn new(
        authorization: Token,
        ticket: MfaTicket,
        method: MfaMethod,
        data: MfaAnswerText,
    ) -> Self {
        Self {
            authorization,
            answer: MfaFinishRequest::new(ticket, method, data),
        }
    }
}

impl Endpoint for FinishMfa {
    type Reply = FinishMfaReply;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        phone_post(
            base,
            "/mfa/finish",
            &self.authorization,
            self.answer.encode(),
        )
    }

    fn from_http(&self, response: Response<Body>) -> Result<FinishMfaReply, HttpError> {
        match read(response, MfaFinishResponse::decode) {
            Ok(reply) => Ok(FinishMfaReply::Token(reply.token)),
            Err(error) if error.code() == Some(WRONG_CODE) => Ok(FinishMfaReply::WrongCode),
            Err(error) => Err(error),
        }
    }
}
