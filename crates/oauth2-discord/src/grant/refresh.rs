//! `POST /oauth2/token`, `grant_type=refresh_token` (document: *Refresh token grant*; RFC 6749, section 6).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::token_form;
use crate::error::Repeat;
use crate::wire::{Place, read_reply, replaceable_url};
use crate::{Client, RefreshToken, ScopeSet, Token, Urls};

/// Turns a refresh token into a new token. Public clients refresh without a secret (O-114).
///
/// A refresh token works once (P-12). Keep the result of [`Token::succeeded_by`], or of [`Refresh::successor`] if there
/// is no old token: the old refresh token stays valid if the server sends no new one (S-14).
#[derive(Debug, Clone)]
pub struct Refresh {
    client: Client,
    refresh_token: RefreshToken,
    scope: ScopeSet,
    place: Place,
}

impl Refresh {
    /// For [`advice`](crate::error::advice): the refresh token may be spent.
    pub const REPEAT: Repeat = Repeat::SingleUse;

    /// Refreshes with this token.
    #[must_use]
    pub fn new(client: impl Into<Client>, refresh_token: RefreshToken) -> Self {
        Self {
            client: client.into(),
            refresh_token,
            scope: ScopeSet::new(),
            place: Place::Below(Urls::TOKEN_PATH),
        }
    }

    /// Asks for fewer scopes than the refresh token has. The document has `scope` for client credentials alone (O-103);
    /// the live service takes it here too (P-14).
    #[must_use]
    pub fn narrow(mut self, scopes: impl Into<ScopeSet>) -> Self {
        self.scope = scopes.into();
        self
    }

    /// Returns the token to keep: the reply, with this refresh token if it has none.
    #[must_use]
    pub fn successor(self, mut reply: Token) -> Token {
        reply.refresh_token.get_or_insert(self.refresh_token);
        reply
    }
}

replaceable_url!(Refresh);

impl Endpoint for Refresh {
    type Reply = Token;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let mut form = token_form("refresh_token");
        form.push_required("refresh_token", self.refresh_token.expose())?;
        form.push("scope", &self.scope.to_string());
        form.post(self.place.uri(base)?, &self.client)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Token, HttpError> {
        read_reply(response, Token::decode)
    }
}
