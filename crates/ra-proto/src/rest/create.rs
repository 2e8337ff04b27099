//! `POST /users/@me/remote-auth` (R-41): the phone has scanned a fingerprint.

use http::{Request, Response};
use ra_http::{BaseUrl, Body, HttpError};
use ra_proto::rest::{CreateRequest, CreateResponse};
use ra_proto::{Fingerprint, HandshakeToken, Token};

use super::{Endpoint, phone_post, read};

/// Announces the scan. The reply is the handshake token, good for about 120 s and one [`Finish`](super::Finish) or
/// [`Cancel`](super::Cancel).
///
/// ```
/// use ra_core::rest::CreateHandshake;
/// use ra_http::{Body, Endpoint};
/// use ra_proto::{Fingerprint, Token};
///
/// let scan = CreateHandshake::new(Token::new("secret".to_owned()), Fingerprint::from_bytes([7; 32]));
/// let request = scan.to_http(&"https://discord.com/api/v9".parse()?)?;
/// // a carrier sends `request`; this came back
/// let response = http::Response::new(Body::from(br#"{"handshake_token":"one-off"}"#.to_vec()));
/// assert_eq!(scan.from_http(response)?.expose(), "one-off");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CreateHandshake {
    authorization: Token,
    fingerprint: Fingerprint,
}

impl CreateHandshake {
    /// A scan of `fingerprint` by the account that `authorization` belongs to.
    #[must_use]
    pub fn new(authorization: Token, fingerprint: Fingerprint) -> Self {
        Self {
            authorization,
            fingerprint,
        }
    }
}

impl Endpoint for CreateHandshake {
    type Reply = HandshakeToken;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let body = CreateRequest::new(self.fingerprint).encode();
        phone_post(base, "/users/@me/remote-auth", &self.authorization, body)
    }

    fn from_http(&self, response: Response<Body>) -> Result<HandshakeToken, HttpError> {
        read(response, CreateResponse::decode).map(|reply| reply.handshake_token)
    }
}
