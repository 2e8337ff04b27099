//! `GET /oauth2/tokens/{token.id}` (newer than the document, N-13).

use http::{Method, Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::{Granted, bodiless_as_user};
use crate::error::Repeat;
use crate::wire::read_reply;
use crate::{Snowflake, UserToken};

/// Reads one authorization of a user.
#[derive(Debug, Clone)]
pub struct ReadToken {
    token: UserToken,
    id: Snowflake,
}

impl ReadToken {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Reads the authorization with this id, of the user of this session.
    #[must_use]
    pub const fn new(token: UserToken, id: Snowflake) -> Self {
        Self { token, id }
    }
}

impl Endpoint for ReadToken {
    type Reply = Granted;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let path = format!("/oauth2/tokens/{}", self.id);
        bodiless_as_user(Method::GET, base, &path, &self.token)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Granted, HttpError> {
        read_reply(response, Granted::decode)
    }
}
