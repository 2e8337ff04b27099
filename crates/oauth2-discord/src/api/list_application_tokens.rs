//! `GET /oauth2/applications/{application.id}/tokens` (newer than the document, N-12).

use http::{Method, Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::{Granted, bodiless_as_user};
use crate::error::Repeat;
use crate::wire::read_reply;
use crate::{Snowflake, UserToken};

/// Lists a user's authorizations of one application.
#[derive(Debug, Clone)]
pub struct ListApplicationTokens {
    token: UserToken,
    application_id: Snowflake,
}

impl ListApplicationTokens {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Lists for the user of this session.
    #[must_use]
    pub const fn new(token: UserToken, application_id: Snowflake) -> Self {
        Self {
            token,
            application_id,
        }
    }
}

impl Endpoint for ListApplicationTokens {
    type Reply = Vec<Granted>;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let path = format!("/oauth2/applications/{}/tokens", self.application_id);
        bodiless_as_user(Method::GET, base, &path, &self.token)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Vec<Granted>, HttpError> {
        read_reply(response, Granted::decode_list)
    }
}
