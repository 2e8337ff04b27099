//! `POST /users/@me/remote-auth/finish`: the person approves. The reply has no body; the error with code
//! 60003 is a multi-factor challenge, [`MfaRequired`](super::MfaRequired).

use ra_types::{HandshakeToken, SecretBytes};

use crate::error::DecodeError;

/// The header of the second `finish`: the token of a passed multi-factor challenge.
pub const MFA_HEADER: &str = "x-discord-mfa-authorization";

/// The request: approves the login of this handshake token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FinishRequest {
    /// From [`CreateResponse`](super::CreateResponse).
    pub handshake_token: HandshakeToken,
    /// True if the desktop's token is to be short-lived.
    pub temporary_token: bool,
}

impl FinishRequest {
    /// The body with these values.
    #[must_use]
    pub fn new(handshake_token: HandshakeToken, temporary_token: bool) -> Self {
        Self {
            handshake_token,
            temporary_token,
        }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        super::write(|object| {
            object
                .text("handshake_token", self.handshake_token.expose())
                .boolean("temporary_token", self.temporary_token)
        })
    }

    /// Reads a body. A missing `temporary_token` means false.
    ///
    /// # Errors
    /// [`DecodeError`] names the field. An empty handshake token is refused.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [handshake_token, temporary] =
            super::read(body, ["handshake_token", "temporary_token"])?;
        Ok(Self {
            handshake_token: handshake_token.filled_secret()?.into(),
            temporary_token: temporary.is_there() && temporary.boolean()?,
        })
    }
}

#[cfg(feature = "http")]
mod endpoint {
    use super::{FinishRequest, MFA_HEADER};
    use crate::rest::{Call, MfaRequired, client::*};
    use http::HeaderName;
    use ra_http::set_secret_header;
    use ra_types::{HandshakeToken, MfaToken, Token};

    /// Approves the login, by the account that announced the scan.
    #[derive(Clone, Debug)]
    pub struct Finish {
        authorization: Token,
        body: FinishRequest,
        mfa: Option<MfaToken>,
    }

    /// The reply to an approval.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum FinishReply {
        /// The desktop is logged in.
        Done,
        /// Code 60003: pass this challenge with [`FinishMfa`](crate::rest::FinishMfa), then send [`Finish`] again with
        /// its token.
        Mfa(MfaRequired),
    }

    impl Finish {
        /// Approves with the handshake token of this account's scan. `temporary_token` asks for a short-lived token for
        /// the desktop. `mfa` is the reply to [`FinishMfa`](crate::rest::FinishMfa), if this is the second try.
        #[must_use]
        pub fn new(
            authorization: Token,
            handshake_token: HandshakeToken,
            temporary_token: bool,
            mfa: Option<MfaToken>,
        ) -> Self {
            Self {
                authorization,
                body: FinishRequest::new(handshake_token, temporary_token),
                mfa,
            }
        }
    }

    impl Endpoint for Finish {
        type Reply = FinishReply;

        fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
            let body = self.body.encode();
            let mut request = phone_post(base, Call::Finish, &self.authorization, body)?;
            if let Some(token) = &self.mfa {
                let name = HeaderName::from_static(MFA_HEADER);
                set_secret_header(&mut request, name, token.expose(), "mfa token")?;
            }
            Ok(request)
        }

        fn from_http(&self, response: Response<Body>) -> Result<FinishReply, HttpError> {
            match check_status(response) {
                Ok(_) => Ok(FinishReply::Done),
                // a challenge that cannot be read stays a refusal
                Err(error) if error.code() == Some(MfaRequired::CODE) => {
                    MfaRequired::decode(error.dangerous_body())
                        .map(FinishReply::Mfa)
                        .map_err(|_| error)
                }
                Err(error) => Err(error),
            }
        }
    }
}
#[cfg(feature = "http")]
pub use endpoint::{Finish, FinishReply};
