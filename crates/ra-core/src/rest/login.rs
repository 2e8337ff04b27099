//! `POST /users/@me/remote-auth/login` (R-30, R-31): the ticket for the token, sealed to the session's key.

use alloc::vec::Vec;

use http::{Request, Response};
use ra_http::{
    BaseUrl, Body, CaptchaChallenge, CaptchaSolution, HttpError, apply_captcha, json_post,
};
use ra_proto::rest::{LoginRequest, LoginResponse};
use ra_proto::{Ticket, base64};

use super::{Endpoint, check_status};

/// Exchanges a ticket. The reply is the sealed token's bytes, to be opened with the session's key.
///
/// A captcha comes as [`HttpErrorKind::Captcha`](ra_http::HttpErrorKind::Captcha); the ticket is good for the retry
/// that carries the solution.
///
/// ```
/// use ra_core::rest::ExchangeTicket;
/// use ra_http::{Body, Endpoint};
/// use ra_proto::Ticket;
///
/// let exchange = ExchangeTicket::new(Ticket::new("from pending_login".to_owned()), None);
/// let response = http::Response::new(Body::from(br#"{"encrypted_token":"c2VhbGVk"}"#.to_vec()));
/// assert_eq!(exchange.from_http(response)?, b"sealed"); // open it with the session's key
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExchangeTicket {
    ticket: Ticket,
    solved: Option<(CaptchaChallenge, CaptchaSolution)>,
}

impl ExchangeTicket {
    /// An exchange, with the captcha that was asked for and its solution if this is the retry.
    #[must_use]
    pub fn new(ticket: Ticket, solved: Option<(CaptchaChallenge, CaptchaSolution)>) -> Self {
        Self { ticket, solved }
    }
}

impl Endpoint for ExchangeTicket {
    type Reply = Vec<u8>;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let body = LoginRequest::new(self.ticket.clone()).encode().into_vec();
        let mut request = json_post(base, "/users/@me/remote-auth/login", body)?;
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
