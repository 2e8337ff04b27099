//! `GET /oauth2/userinfo` (document: *Get OpenID user information*, O-150, O-151; OpenID Connect Core, section 5.3).

use core::fmt;

use http::{Method, Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use crate::error::Repeat;
use crate::json::{members, object, optional, required};
use crate::wire::{Place, bodiless, read_reply, replaceable_url, set_bearer};
use crate::{AccessToken, Snowflake, TokenError, Urls};

/// Asks for the claims about the user of an access token.
#[derive(Debug, Clone)]
pub struct UserInfo {
    token: AccessToken,
    place: Place,
}

/// OpenID claims about a user.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserInfoClaims {
    /// The subject: at Discord the user's id, elsewhere any text. Never absent (S-34).
    pub sub: String,
    /// Mail address; needs `email`.
    pub email: Option<String>,
    /// Whether the address is verified; needs `email`.
    pub email_verified: Option<bool>,
    /// User name; needs `identify`.
    pub preferred_username: Option<String>,
    /// Display name; needs `identify`.
    pub nickname: Option<String>,
    /// URL of the avatar; needs `identify`.
    pub picture: Option<String>,
    /// Chosen language; needs `identify`.
    pub locale: Option<String>,
}

impl UserInfo {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Asks with this token, which needs the scope `openid`.
    #[must_use]
    pub const fn new(token: AccessToken) -> Self {
        Self {
            token,
            place: Place::Below(Urls::USERINFO_PATH),
        }
    }
}

replaceable_url!(UserInfo);

impl Endpoint for UserInfo {
    type Reply = UserInfoClaims;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let mut request = bodiless(Method::GET, self.place.uri(base)?);
        set_bearer(&mut request, &self.token)?;
        Ok(request)
    }

    fn from_http(&self, response: Response<Body>) -> Result<UserInfoClaims, HttpError> {
        read_reply(response, UserInfoClaims::decode)
    }
}

members! { Members: sub, email, email_verified, preferred_username, nickname, picture, locale }

impl UserInfoClaims {
    /// Claims with a subject only.
    #[must_use]
    pub fn new(sub: impl Into<String>) -> Self {
        Self {
            sub: sub.into(),
            email: None,
            email_verified: None,
            preferred_username: None,
            nickname: None,
            picture: None,
            locale: None,
        }
    }

    /// Reads the endpoint's JSON. A member `id` does not replace `sub`, although Discord once sent it so (P-18).
    ///
    /// # Errors
    /// Names the member that is missing or malformed; `None` if this is not a JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        let sub: String = required(members.sub, "sub")?;
        if sub.is_empty() {
            return Err(TokenError::at("sub"));
        }
        Ok(Self {
            sub,
            email: optional(members.email, "email")?,
            email_verified: optional(members.email_verified, "email_verified")?,
            preferred_username: optional(members.preferred_username, "preferred_username")?,
            nickname: optional(members.nickname, "nickname")?,
            picture: optional(members.picture, "picture")?,
            locale: optional(members.locale, "locale")?,
        })
    }

    /// The user's id, if `sub` is one.
    #[must_use]
    pub fn user_id(&self) -> Option<Snowflake> {
        self.sub.parse().ok()
    }

    /// Whether these are claims about the subject of an ID token. If they are not, do not use them (S-34; OpenID
    /// Connect Core, section 5.3.2).
    #[must_use]
    pub fn is_about(&self, sub: &str) -> bool {
        self.sub == sub
    }
}

impl fmt::Debug for UserInfoClaims {
    /// Shows the subject only: the rest is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserInfoClaims")
            .field("sub", &self.sub)
            .finish_non_exhaustive()
    }
}
