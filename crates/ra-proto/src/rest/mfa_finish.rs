//! `POST /mfa/finish`: the person answers a multi-factor challenge and gets a token for the second `finish`.
//! The error with code 60008 means that the answer was wrong and may be tried again.

use ra_types::{MfaAnswerText, MfaTicket, MfaToken, SecretBytes};

use super::MfaMethod;
use crate::error::DecodeError;

/// The request: the person's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MfaFinishRequest {
    /// From [`MfaRequired`](super::MfaRequired).
    pub ticket: MfaTicket,
    /// The kind of answer, `mfa_type` on the wire.
    pub method: MfaMethod,
    /// The answer.
    pub data: MfaAnswerText,
}

impl MfaFinishRequest {
    /// Discord's error code for a wrong one-time code, backup code or password.
    pub const WRONG_CODE: u64 = 60008;

    /// The body with these values.
    #[must_use]
    pub fn new(ticket: MfaTicket, method: MfaMethod, data: MfaAnswerText) -> Self {
        Self {
            ticket,
            method,
            data,
        }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        super::write(|object| {
            object
                .text("ticket", self.ticket.expose())
                .text("mfa_type", self.method.as_str())
                .text("data", self.data.expose())
        })
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field. An empty ticket or answer is refused.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [ticket, mfa_type, data] = super::read(body, ["ticket", "mfa_type", "data"])?;
        Ok(Self {
            ticket: ticket.filled_secret()?.into(),
            method: MfaMethod::from(&*mfa_type.text()?),
            data: data.filled_secret()?.into(),
        })
    }
}

super::secret_body! {
    /// The reply: the token that the second `finish` sends in [`MFA_HEADER`](super::MFA_HEADER).
    MfaFinishResponse {
        /// For the header.
        token: MfaToken
    }
}

#[cfg(feature = "http")]
mod endpoint {
    use super::{MfaFinishRequest, MfaFinishResponse};
    use crate::rest::{Call, MfaMethod, client::*};
    use ra_types::{MfaAnswerText, MfaTicket, MfaToken, Token};

    /// Answers a multi-factor challenge.
    #[derive(Clone, Debug)]
    pub struct FinishMfa {
        authorization: Token,
        body: MfaFinishRequest,
    }

    /// The reply to an answer.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum FinishMfaReply {
        /// The answer was right. The token goes with the second [`Finish`](crate::rest::Finish).
        Token(MfaToken),
        /// Code 60008: the answer was wrong and may be tried again.
        WrongCode,
    }

    impl FinishMfa {
        /// Answers the challenge of `ticket` with `data`, by `method`.
        #[must_use]
        pub fn new(
            authorization: Token,
            ticket: MfaTicket,
            method: MfaMethod,
            data: MfaAnswerText,
        ) -> Self {
            Self {
                authorization,
                body: MfaFinishRequest::new(ticket, method, data),
            }
        }
    }

    impl Endpoint for FinishMfa {
        type Reply = FinishMfaReply;

        fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
            let body = self.body.encode();
            phone_post(base, Call::MfaFinish, &self.authorization, body)
        }

        fn from_http(&self, response: Response<Body>) -> Result<FinishMfaReply, HttpError> {
            match read_reply(response, MfaFinishResponse::decode) {
                Ok(reply) => Ok(FinishMfaReply::Token(reply.token)),
                Err(error) if error.code() == Some(MfaFinishRequest::WRONG_CODE) => {
                    Ok(FinishMfaReply::WrongCode)
                }
                Err(error) => Err(error),
            }
        }
    }
}
#[cfg(feature = "http")]
pub use endpoint::{FinishMfa, FinishMfaReply};
