//! `GET /oauth2/authorize` (document: *Get OAuth2 authorization*, O-154 to O-157).

use http::{Method, Request, Response, header};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, HttpErrorKind};

use super::{AuthorizationPreview, bodiless_as_user};
use crate::UserToken;
use crate::authorize::AuthorizeUrl;
use crate::error::Repeat;
use crate::wire::{escape, read_reply};

/// Parameters of both calls to `/oauth2/authorize` (O-154, O-158). `scope` is optional there too (M-02).
const COMMON: [&str; 8] = [
    "client_id",
    "response_type",
    "scope",
    "redirect_uri",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

/// Asks for the content of the page of an [`AuthorizeUrl`].
#[derive(Debug, Clone)]
pub struct PreviewAuthorization {
    token: UserToken,
    url: AuthorizeUrl,
}

/// Result of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Preview {
    /// The content of the page.
    Shown(Box<AuthorizationPreview>),
    /// The session is not logged in: the service redirects to the page; the redirect was not followed (O-155).
    NotLoggedIn,
}

impl PreviewAuthorization {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Asks for the user of this session. Parameters of the URL that the endpoint does not take are left out.
    #[must_use]
    pub const fn new(token: UserToken, url: AuthorizeUrl) -> Self {
        Self { token, url }
    }
}

impl Endpoint for PreviewAuthorization {
    type Reply = Preview;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let path = path(&self.url, Some("integration_type"));
        bodiless_as_user(Method::GET, base, &path, &self.token)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Preview, HttpError> {
        let elsewhere = response.headers().contains_key(header::LOCATION);
        match read_reply(response, AuthorizationPreview::decode) {
            Ok(preview) => Ok(Preview::Shown(Box::new(preview))),
            Err(error) if elsewhere && error.kind() == HttpErrorKind::Redirect => {
                Ok(Preview::NotLoggedIn)
            }
            Err(error) => Err(error),
        }
    }
}

/// The path with the parameters that both calls take, and `more`.
pub(super) fn path(url: &AuthorizeUrl, more: Option<&str>) -> String {
    let mut path = String::from("/oauth2/authorize");
    let mut lead = '?';
    for (name, value) in url.parameters() {
        if COMMON.contains(&name) || more == Some(name) {
            path.push(lead);
            path.push_str(name);
            path.push('=');
            escape(&value, |part| path.push_str(part));
            lead = '&';
        }
    }
    path
}
