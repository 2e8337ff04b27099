//! `POST /users/@me/remote-auth/finish` (R-42, R-43): the person approves.

use http::{HeaderName, Request, Response};
use ra_http::{BaseUrl, Body, HttpError, check_status, set_secret_header};
use ra_proto::rest::{FinishRequest, MfaRequired};
use ra_proto::{HandshakeToken, MfaToken, Token};

use super::{Endpoint, phone_post};

const MFA_AUTHORIZATION: HeaderName = HeaderName::from_static("x-discord-mfa-authorization");

/// Approves the login.
///
/// ```
/// use ra_core::rest::{Finish, FinishReply};
/// use ra_http::{Body, Endpoint};
/// use ra_proto::{HandshakeToken, Token};
///
/// let (account, handshake) = (Token::new("secret".to_owned()), HandshakeToken::new("one-off".to_owned()));
/// let finish = Finish::new(account, handshake, false, None);
/// let done = http::Response::builder().status(204).body(Body::empty())?;
/// assert_eq!(finish.from_http(done)?, FinishReply::Done);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Finish {
    authorization: Token,
    handshake_token: HandshakeToken,
    temporary_token: bool,
    mfa: Option<MfaToken>,
}

/// What came of an approval.
///
/// ```
/// use ra_core::rest::FinishReply;
///
/// fn asks_for_more(reply: &FinishReply) -> bool {
///     matches!(reply, FinishReply::Mfa(_))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FinishReply {
    /// The desktop is in.
    Done,
    /// Code 60003: a second factor first, by [`FinishMfa`](super::FinishMfa), then [`Finish`] again with its token.
    Mfa(MfaRequired),
}

impl Finish {
    /// An approval by the account that announced the scan. `temporary_token` asks for a short-lived token for the
    /// desktop; `mfa` is what [`FinishMfa`](super::FinishMfa) brought, if this is the second try.
    #[must_use]
    pub fn new(
        authorization: Token,
        handshake_token: HandshakeToken,
        temporary_token: bool,
        mfa: Option<MfaToken>,
    ) -> Self {
        Self {
            authorization,
            handshake_token,
            temporary_token,
            mfa,
        }
    }
}

impl Endpoint for Finish {
    type Reply = FinishReply;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let body = FinishRequest::new(self.handshake_token.clone(), self.temporary_token).encode();
        let path = "/users/@me/remote-auth/finish";
        let mut request = phone_post(base, path, &self.authorization, body)?;
        if let Some(token) = &self.mfa {
            set_secret_header(&mut request, MFA_AUTHORIZATION, token.expose(), "mfa token")?;
        }
        Ok(request)
    }

    fn from_http(&self, response: Response<Body>) -> Result<FinishReply, HttpError> {
        match check_status(response) {
            Ok(_) => Ok(FinishReply::Done),
            // a challenge that cannot be read stays the refusal that it is
            Err(error) if error.code() == Some(MfaRequired::CODE) => {
                MfaRequired::decode(error.dangerous_body())
                    .map(FinishReply::Mfa)
                    .map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }
}
