//! `POST /partner-sdk/child-token` (newer than the document, N-08).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, json_post};

use super::push_secret;
use crate::error::Repeat;
use crate::json::JsonObject;
use crate::wire::{fits_header, read_reply};
use crate::{AccessToken, Client, Snowflake, Token};

/// Turns a publisher's access token into one for one of its games. There is no refresh token: exchange again.
///
/// The official guide sends the publisher's secret as `parent_client_secret`, so a confidential client's secret is sent
/// too. To revoke the new token, use the game's id.
#[derive(Debug, Clone)]
pub struct ChildToken {
    parent: Client,
    child_application_id: Snowflake,
    parent_access_token: AccessToken,
}

impl ChildToken {
    /// For [`advice`](crate::error::advice): asking twice makes two tokens and does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;
    /// Longest access token that is accepted, in characters.
    pub const MAX_ACCESS_TOKEN: usize = 10_240;

    /// Exchanges the publisher's (`parent`'s) token.
    #[must_use]
    pub fn new(
        parent: impl Into<Client>,
        child_application_id: Snowflake,
        parent_access_token: AccessToken,
    ) -> Self {
        Self {
            parent: parent.into(),
            child_application_id,
            parent_access_token,
        }
    }
}

impl Endpoint for ChildToken {
    type Reply = Token;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let token = self.parent_access_token.expose();
        if !fits_header(token) || token.len() > Self::MAX_ACCESS_TOKEN {
            return Err(HttpError::bad_request("parent_access_token"));
        }
        let body = JsonObject::new()
            .push("child_application_id", &self.child_application_id)
            .push("parent_access_token", token);
        let body = push_secret(body, "parent_client_secret", &self.parent)?;
        json_post(base, "/partner-sdk/child-token", body.into_body())
    }

    fn from_http(&self, response: Response<Body>) -> Result<Token, HttpError> {
        read_reply(response, Token::decode)
    }
}
