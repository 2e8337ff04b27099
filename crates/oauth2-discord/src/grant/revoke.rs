//! `POST /oauth2/token/revoke` (document: *Revoke OAuth2 token*; RFC 7009).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, check_status};

use crate::error::Repeat;
use crate::wire::{Form, Place, replaceable_url};
use crate::{AccessToken, Client, RefreshToken, Urls};

/// Revokes a token, and with it **all** access and refresh tokens that the application has for that user (O-167): drop
/// the whole set. An unknown token counts as revoked (S-15). Fires the Gateway event *OAuth2 Token Revoke* (O-184).
#[derive(Debug, Clone)]
pub struct Revoke {
    client: Client,
    token: Revoked,
    place: Place,
}

#[derive(Debug, Clone)]
enum Revoked {
    Access(AccessToken),
    Refresh(RefreshToken),
}

impl Revoke {
    /// For [`advice`](crate::error::advice): revoking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Revokes by the access token. Public clients send no secret (O-165).
    #[must_use]
    pub fn access(client: impl Into<Client>, token: AccessToken) -> Self {
        Self::from_parts(client.into(), Revoked::Access(token))
    }

    /// Revokes by the refresh token.
    #[must_use]
    pub fn refresh(client: impl Into<Client>, token: RefreshToken) -> Self {
        Self::from_parts(client.into(), Revoked::Refresh(token))
    }

    const fn from_parts(client: Client, token: Revoked) -> Self {
        Self {
            client,
            token,
            place: Place::Below(Urls::REVOKE_PATH),
        }
    }
}

replaceable_url!(Revoke);

impl Endpoint for Revoke {
    type Reply = ();

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let (token, hint) = match &self.token {
            Revoked::Access(token) => (token.expose(), "access_token"),
            Revoked::Refresh(token) => (token.expose(), "refresh_token"),
        };
        let mut form = Form::default();
        form.push_required("token", token)?;
        form.push("token_type_hint", hint); // not in the document; the live service takes it (P-01)
        form.post(self.place.uri(base)?, &self.client)
    }

    /// The body is not looked at (O-166).
    fn from_http(&self, response: Response<Body>) -> Result<(), HttpError> {
        check_status(response).map(drop)
    }
}
