//! `GET /oauth2/@me` (document: *Get current authorization information*, O-148).

use http::{Method, Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::{Application, User, partial, scopes, timestamp};
use crate::error::Repeat;
use crate::json::{members, object, required};
use crate::wire::{bodiless, read_reply, set_bearer};
use crate::{AccessToken, ScopeSet, TokenError, UnixTime};

/// Asks what an access token allows. Only an OAuth2 access token may ask.
#[derive(Debug, Clone)]
pub struct Me {
    token: AccessToken,
}

/// The authorization behind an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CurrentAuthorization {
    /// The application.
    pub application: Application,
    /// The granted scopes.
    pub scopes: ScopeSet,
    /// Expiry, in whole seconds.
    pub expires: UnixTime,
    /// The user, if `identify` is among the scopes.
    pub user: Option<User>,
}

impl Me {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Asks about this token.
    #[must_use]
    pub const fn new(token: AccessToken) -> Self {
        Self { token }
    }
}

impl Endpoint for Me {
    type Reply = CurrentAuthorization;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let mut request = bodiless(Method::GET, base.join("/oauth2/@me")?);
        set_bearer(&mut request, &self.token)?;
        Ok(request)
    }

    fn from_http(&self, response: Response<Body>) -> Result<CurrentAuthorization, HttpError> {
        read_reply(response, CurrentAuthorization::decode)
    }
}

members! { Members: application, scopes, expires, user }

impl CurrentAuthorization {
    /// An authorization without a user.
    #[must_use]
    pub const fn new(application: Application, scopes: ScopeSet, expires: UnixTime) -> Self {
        Self {
            application,
            scopes,
            expires,
            user: None,
        }
    }

    /// Reads the endpoint's JSON.
    ///
    /// # Errors
    /// Names the member that is missing or malformed; `None` if this is not a JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        let expires: String = required(members.expires, "expires")?;
        Ok(Self {
            application: partial::application(members.application)?,
            scopes: scopes(members.scopes)?,
            expires: timestamp::parse(&expires).ok_or(TokenError::at("expires"))?,
            user: members
                .user
                .map(|raw| partial::user(raw, "user"))
                .transpose()?,
        })
    }
}
