//! `POST /users/@me/remote-auth/login`: the desktop exchanges its ticket for the token, sealed to its key.

use alloc::string::String;
use core::fmt;

use ra_types::{SecretBytes, Ticket};

use crate::error::DecodeError;

super::secret_body! {
    /// The request: a ticket to exchange.
    LoginRequest {
        /// From `pending_login`.
        ticket: Ticket
    }
}

/// The reply: the token, sealed to the desktop's key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginResponse {
    /// Base64.
    pub encrypted_token: String,
}

impl LoginResponse {
    /// The body with this value.
    #[must_use]
    pub fn new(encrypted_token: String) -> Self {
        Self { encrypted_token }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        super::write(|object| object.text("encrypted_token", &self.encrypted_token))
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field. An empty value is refused.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [encrypted_token] = super::read(body, ["encrypted_token"])?;
        Ok(Self::new(encrypted_token.filled_secret()?.into_string()))
    }
}

impl fmt::Debug for LoginResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginResponse(..)")
    }
}

#[cfg(feature = "http")]
mod endpoint {
    use super::{LoginRequest, LoginResponse};
    use crate::base64;
    use crate::rest::{Call, client::*};
    use alloc::vec::Vec;
    use ra_http::{CaptchaChallenge, CaptchaSolution, apply_captcha, json_post};
    use ra_types::Ticket;

    /// Exchanges a ticket. The reply is the sealed token; open it with the session's key.
    ///
    /// A captcha is an error, [`HttpErrorKind::Captcha`](ra_http::HttpErrorKind::Captcha). The ticket stays valid for
    /// the retry with the solution.
    #[derive(Clone, Debug)]
    pub struct ExchangeTicket {
        body: LoginRequest,
        solved: Option<(CaptchaChallenge, CaptchaSolution)>,
    }

    impl ExchangeTicket {
        /// Exchanges this ticket. A retry carries the captcha and its solution.
        #[must_use]
        pub fn new(ticket: Ticket, solved: Option<(CaptchaChallenge, CaptchaSolution)>) -> Self {
            let body = LoginRequest::new(ticket);
            Self { body, solved }
        }
    }

    impl Endpoint for ExchangeTicket {
        type Reply = Vec<u8>;

        fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
            let mut request = json_post(base, Call::Login.path(), self.body.encode().into_vec())?;
            if let Some((challenge, solution)) = &self.solved {
                apply_captcha(&mut request, challenge, solution)?;
            }
            Ok(request)
        }

        fn from_http(&self, response: Response<Body>) -> Result<Vec<u8>, HttpError> {
            let response = check_status(response)?;
            let sealed = LoginResponse::decode(response.body().as_bytes());
            match sealed.map(|reply| base64::decode(&reply.encrypted_token)) {
                Ok(Ok(sealed)) => Ok(sealed),
                Ok(Err(_)) => Err(HttpError::bad_body(response, Some("encrypted_token"))),
                Err(error) => Err(HttpError::bad_body(response, error.field())),
            }
        }
    }
}
#[cfg(feature = "http")]
pub use endpoint::ExchangeTicket;
