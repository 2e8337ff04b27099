//! `POST /partner-sdk/token` (document: *Get provisional account token*, O-168 to O-173).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, json_post};

use super::external_auth_body;
use crate::error::Repeat;
use crate::wire::read_reply;
use crate::{Client, ExternalAuth, Token};

/// Asks for the token of the account of a person whom an identity provider vouches for. A missing account is created as
/// provisional (O-171).
///
/// The provider decides whether there is a refresh token (O-170): today with `OIDC` only, and not for public clients
/// (N-14). An account that was merged is refused with 530010: [`MergedAccount::of`](super::MergedAccount::of) tells
/// more.
#[derive(Debug, Clone)]
pub struct ProvisionalToken {
    client: Client,
    auth: ExternalAuth,
}

impl ProvisionalToken {
    /// For [`advice`](crate::error::advice): asking twice makes two tokens and does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Asks for this client. Without `PUBLIC_OAUTH2_CLIENT` it has to be a confidential one (O-169).
    #[must_use]
    pub fn new(client: impl Into<Client>, auth: ExternalAuth) -> Self {
        Self {
            client: client.into(),
            auth,
        }
    }
}

impl Endpoint for ProvisionalToken {
    type Reply = Token;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let body = external_auth_body(&self.client, &self.auth)?;
        json_post(base, "/partner-sdk/token", body.into_body())
    }

    fn from_http(&self, response: Response<Body>) -> Result<Token, HttpError> {
        read_reply(response, Token::decode)
    }
}
