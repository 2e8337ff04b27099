//! `DELETE /oauth2/tokens/{token.id}` (document: *Delete OAuth2 authorization*, O-153).

use http::{Method, Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, check_status};

use super::bodiless_as_user;
use crate::error::Repeat;
use crate::{Snowflake, UserToken};

/// Deletes an authorization, which also unmerges a provisional account (N-17). Fires several *OAuth2 Token Revoke*, and
/// maybe *User Application Remove* and *User Connections Update* (O-184).
#[derive(Debug, Clone)]
pub struct DeleteToken {
    token: UserToken,
    id: Snowflake,
}

impl DeleteToken {
    /// For [`advice`](crate::error::advice): deleting twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Deletes the authorization with this id, of the user of this session.
    #[must_use]
    pub const fn new(token: UserToken, id: Snowflake) -> Self {
        Self { token, id }
    }
}

impl Endpoint for DeleteToken {
    type Reply = ();

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let path = format!("/oauth2/tokens/{}", self.id);
        bodiless_as_user(Method::DELETE, base, &path, &self.token)
    }

    fn from_http(&self, response: Response<Body>) -> Result<(), HttpError> {
        check_status(response).map(drop)
    }
}
