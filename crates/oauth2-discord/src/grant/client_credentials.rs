//! `POST /oauth2/token`, `grant_type=client_credentials` (document: *Client credentials grant*; RFC 6749, section 4.4).

use core::{error::Error, fmt};

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::token_form;
use crate::error::Repeat;
use crate::wire::{Place, read_reply, replaceable_url};
use crate::{ConfidentialClient, Restriction, Scope, ScopeSet, Token, Urls};

/// Asks for a token of the application's **owner** (O-110), to test one's own bot. There is no refresh token.
///
/// It needs the secret, so a public client cannot use it (O-097). Keep the secret out of source code (O-112).
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    client: ConfidentialClient,
    scope: ScopeSet,
    place: Place,
}

/// Reason scopes are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientCredentialsError {
    /// No scope, which Discord answers with an internal error (P-15).
    NoScope,
    /// This scope belongs to the code grant (footnotes 4 and 8).
    OtherGrant(Scope),
}

impl ClientCredentials {
    /// For [`advice`](crate::error::advice): asking twice makes two tokens and does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Asks for these scopes.
    ///
    /// # Errors
    /// There is no scope, or one that this grant does not support.
    pub fn new(
        client: ConfidentialClient,
        scopes: impl Into<ScopeSet>,
    ) -> Result<Self, ClientCredentialsError> {
        let scope = scopes.into();
        if scope.is_empty() {
            return Err(ClientCredentialsError::NoScope);
        }
        if let Some(wrong) = scope
            .iter()
            .find(|scope| scope.is(Restriction::CodeGrantOnly))
        {
            return Err(ClientCredentialsError::OtherGrant(wrong.clone()));
        }
        Ok(Self {
            client,
            scope,
            place: Place::Below(Urls::TOKEN_PATH),
        })
    }

    /// The scopes that a team's application does not get (O-111), because its owner is not a user.
    pub fn not_for_teams(&self) -> impl Iterator<Item = &Scope> {
        self.scope.iter().filter(|scope| !scope.is_for_teams())
    }
}

replaceable_url!(ClientCredentials);

impl Endpoint for ClientCredentials {
    type Reply = Token;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let mut form = token_form("client_credentials");
        form.push("scope", &self.scope.to_string());
        form.post(self.place.uri(base)?, &self.client.clone().into())
    }

    fn from_http(&self, response: Response<Body>) -> Result<Token, HttpError> {
        read_reply(response, Token::decode)
    }
}

impl fmt::Display for ClientCredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScope => f.write_str("client credentials need a scope"),
            Self::OtherGrant(scope) => {
                write!(f, "the scope {scope} needs the code grant")
            }
        }
    }
}

impl Error for ClientCredentialsError {}
