//! `GET /oauth2/tokens` (document: *Get OAuth2 authorizations*, O-152; `application_ids`: N-11).

use core::fmt::Write as _;

use http::{Method, Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::{Granted, bodiless_as_user};
use crate::error::Repeat;
use crate::wire::read_reply;
use crate::{Snowflake, UserToken};

/// Lists a user's authorizations: today the newest one of each application (N-11).
#[derive(Debug, Clone)]
pub struct ListTokens {
    token: UserToken,
    application_ids: Vec<Snowflake>,
}

impl ListTokens {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;
    /// Maximum number of applications in one call (N-11).
    pub const MAX_APPLICATION_IDS: usize = 50;

    /// Lists for the user of this session, all applications.
    #[must_use]
    pub const fn new(token: UserToken) -> Self {
        Self {
            token,
            application_ids: Vec::new(),
        }
    }

    /// Lists these applications only, at most [`ListTokens::MAX_APPLICATION_IDS`].
    #[must_use]
    pub fn application_ids(mut self, ids: impl IntoIterator<Item = Snowflake>) -> Self {
        self.application_ids = ids.into_iter().collect();
        self
    }
}

impl Endpoint for ListTokens {
    type Reply = Vec<Granted>;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        if self.application_ids.len() > Self::MAX_APPLICATION_IDS {
            return Err(HttpError::bad_request("application_ids"));
        }
        let mut path = String::from("/oauth2/tokens");
        for (n, id) in self.application_ids.iter().enumerate() {
            let lead = if n == 0 { '?' } else { '&' };
            let _ = write!(path, "{lead}application_ids={id}"); // a `String` takes everything
        }
        bodiless_as_user(Method::GET, base, &path, &self.token)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Vec<Granted>, HttpError> {
        read_reply(response, Granted::decode_list)
    }
}
