//! `POST /users/@me/remote-auth/cancel`: the person declines. The reply has no body.

use ra_types::HandshakeToken;

super::secret_body! {
    /// The request: declines the login of this handshake token.
    CancelRequest {
        /// From [`CreateResponse`](super::CreateResponse).
        handshake_token: HandshakeToken
    }
}

#[cfg(feature = "http")]
mod endpoint {
    use super::CancelRequest;
    use crate::rest::{Call, client::*};
    use ra_types::{HandshakeToken, Token};

    /// Declines the login, by the account that announced the scan.
    #[derive(Clone, Debug)]
    pub struct Cancel {
        authorization: Token,
        body: CancelRequest,
    }

    impl Cancel {
        /// Declines with the handshake token of this account's scan.
        #[must_use]
        pub fn new(authorization: Token, handshake_token: HandshakeToken) -> Self {
            Self {
                authorization,
                body: CancelRequest::new(handshake_token),
            }
        }
    }

    impl Endpoint for Cancel {
        type Reply = ();

        fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
            phone_post(base, Call::Cancel, &self.authorization, self.body.encode())
        }

        fn from_http(&self, response: Response<Body>) -> Result<(), HttpError> {
            check_status(response).map(drop)
        }
    }
}
#[cfg(feature = "http")]
pub use endpoint::Cancel;
