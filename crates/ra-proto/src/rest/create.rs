//! `POST /users/@me/remote-auth` (R-41): the phone has scanned a fingerprint and gets a handshake token.

use ra_types::{HandshakeToken, SecretBytes};

use crate::error::{DecodeError, DecodeErrorKind};
use crate::fingerprint::Fingerprint;

/// The request: the phone has scanned this fingerprint (R-41).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateRequest {
    /// From the scan URL.
    pub fingerprint: Fingerprint,
}

impl CreateRequest {
    /// The body with this value.
    #[must_use]
    pub fn new(fingerprint: Fingerprint) -> Self {
        Self { fingerprint }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        super::write(|object| object.text("fingerprint", &alloc::format!("{}", self.fingerprint)))
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field. A text that is not a fingerprint is [`DecodeErrorKind::OutOfRange`].
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [fingerprint] = super::read(body, ["fingerprint"])?;
        let fingerprint = fingerprint.text()?.parse();
        let malformed = DecodeError::at(DecodeErrorKind::OutOfRange, None, "fingerprint");
        Ok(Self {
            fingerprint: fingerprint.map_err(|_| malformed)?,
        })
    }
}

super::secret_body! {
    /// The reply: the right to approve or decline (R-41).
    CreateResponse {
        /// Valid for about 120 s.
        handshake_token: HandshakeToken
    }
}

#[cfg(feature = "http")]
mod endpoint {
    use super::{CreateRequest, CreateResponse};
    use crate::Fingerprint;
    use crate::rest::{Call, client::*};
    use ra_types::{HandshakeToken, Token};

    /// Announces the scan. The reply is the handshake token, valid for about 120 s and one
    /// [`Finish`](crate::rest::Finish) or [`Cancel`](crate::rest::Cancel).
    ///
    /// ```
    /// use ra_http::{Body, Endpoint};
    /// use ra_proto::rest::CreateHandshake;
    /// use ra_proto::{Fingerprint, Token};
    ///
    /// let scan = CreateHandshake::new(Token::new("secret"), Fingerprint::from_bytes([7; 32]));
    /// let request = scan.to_http(&"https://discord.com/api/v9".parse()?)?;
    /// // a carrier sends `request` and brings this response
    /// let response = http::Response::new(Body::from(br#"{"handshake_token":"one-off"}"#.to_vec()));
    /// assert_eq!(scan.from_http(response)?.expose(), "one-off");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Clone, Debug)]
    pub struct CreateHandshake {
        authorization: Token,
        body: CreateRequest,
    }

    impl CreateHandshake {
        /// Announces that the account of `authorization` has scanned `fingerprint`.
        #[must_use]
        pub fn new(authorization: Token, fingerprint: Fingerprint) -> Self {
            Self {
                authorization,
                body: CreateRequest::new(fingerprint),
            }
        }
    }

    impl Endpoint for CreateHandshake {
        type Reply = HandshakeToken;

        fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
            phone_post(base, Call::Create, &self.authorization, self.body.encode())
        }

        fn from_http(&self, response: Response<Body>) -> Result<HandshakeToken, HttpError> {
            read_reply(response, CreateResponse::decode).map(|reply| reply.handshake_token)
        }
    }
}
#[cfg(feature = "http")]
pub use endpoint::CreateHandshake;
