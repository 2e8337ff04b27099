//! `POST /users/@me/remote-auth/cancel` (R-42): the person declines.

use http::{Request, Response};
use ra_http::{BaseUrl, Body, HttpError, check_status};
use ra_proto::rest::CancelRequest;
use ra_proto::{HandshakeToken, Token};

use super::{Endpoint, phone_post};

/// Declines the login. The reply says nothing.
///
/// ```
/// use ra_core::rest::Cancel;
/// use ra_http::Endpoint;
/// use ra_proto::{HandshakeToken, Token};
///
/// let (account, handshake) = (Token::new("secret".to_owned()), HandshakeToken::new("one-off".to_owned()));
/// let request = Cancel::new(account, handshake).to_http(&"https://discord.com/api/v9".parse()?)?;
/// assert_eq!(request.uri().path(), "/api/v9/users/@me/remote-auth/cancel");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cancel {
    authorization: Token,
    handshake_token: HandshakeToken,
}

impl Cancel {
    /// A refusal by the account that announced the scan.
    #[must_use]
    pub fn new(authorization: Token, handshake_token: HandshakeToken) -> Self {
        Self {
            authorization,
            handshake_token,
        }
    }
}

impl Endpoint for Cancel {
    type Reply = ();

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let body = CancelRequest::new(self.handshake_token.clone()).encode();
        phone_post(
            base,
            "/users/@me/remote-auth/cancel",
            &self.authorization,
            body,
        )
    }

    fn from_http(&self, response: Response<Body>) -> Result<(), HttpError> {
        check_status(response).map(drop)
    }
}
