//! The content of an accepted redirect.

use crate::error::ExchangeError;
use crate::grant::ExchangeCode;
use crate::redirect_uri::RedirectUri;
use crate::token::is_bearer;
use crate::{
    AccessToken, AuthorizationCode, Client, CodeVerifier, Nonce, Permissions, ScopeSet, Snowflake,
    Token, wire::fits_header,
};

use super::{CallbackError, query::Params};

/// A code with everything that its exchange needs: the verifier if a challenge was sent (O-122, S-18), and the same
/// redirect URI (O-100, S-08).
#[derive(Debug, PartialEq, Eq)]
pub struct AcceptedCode {
    pub(super) code: AuthorizationCode,
    pub(super) verifier: Option<CodeVerifier>,
    pub(super) nonce: Option<Nonce>,
    pub(super) redirect_uri: Option<RedirectUri>,
    pub(super) hints: UntrustedHints,
}

/// Hints in the redirect of a bot authorization (O-092). Anyone can write them into a URL (O-093): show them, but never
/// decide by them. Rely on the token's [`guild`](crate::Token::guild).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct UntrustedHints {
    /// The guild that the bot is said to be in.
    pub guild_id: Option<Snowflake>,
    /// The permissions that it is said to have.
    pub permissions: Option<Permissions>,
}

/// The token of an implicit redirect. There is never a refresh token: on expiry the person authorizes again (O-091).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImplicitToken {
    /// Authorizes calls; fits a header as it is (S-12).
    pub access_token: AccessToken,
    /// The granted scopes, if the redirect names them.
    pub scope: Option<ScopeSet>,
    /// Seconds from arrival to expiry.
    pub expires_in: Option<u64>,
}

impl AcceptedCode {
    /// The call that turns the code into a token.
    ///
    /// # Errors
    /// [`ExchangeError::VerifierRequired`] for a public client if the flow ran without PKCE (O-097, S-17).
    pub fn exchange(self, client: impl Into<Client>) -> Result<ExchangeCode, ExchangeError> {
        let exchange = match (client.into(), self.verifier) {
            (client, Some(verifier)) => ExchangeCode::new(client, self.code, verifier),
            (Client::Confidential(client), None) => ExchangeCode::without_pkce(client, self.code),
            (Client::Public(_), None) => return Err(ExchangeError::VerifierRequired),
        };
        Ok(match self.redirect_uri {
            Some(uri) => exchange.redirect_uri(uri),
            None => exchange,
        })
    }

    /// The nonce that the ID token has to carry (O-089).
    #[must_use]
    pub const fn nonce(&self) -> Option<&Nonce> {
        self.nonce.as_ref()
    }

    /// Hints in the redirect of a bot authorization.
    #[must_use]
    pub const fn untrusted_hints(&self) -> UntrustedHints {
        self.hints
    }
}

impl UntrustedHints {
    pub(super) fn of(params: &mut Params) -> Self {
        Self {
            guild_id: params.take("guild_id").and_then(|id| id.parse().ok()),
            permissions: params
                .take("permissions")
                .and_then(|bits| bits.parse().ok()),
        }
    }
}

impl ImplicitToken {
    /// A token without scopes and expiry.
    #[must_use]
    pub const fn new(access_token: AccessToken) -> Self {
        Self {
            access_token,
            scope: None,
            expires_in: None,
        }
    }

    pub(super) fn of(token: &str, params: &mut Params) -> Result<Self, CallbackError> {
        if !fits_header(token) {
            return Err(CallbackError::Unusable("access_token"));
        }
        let kind = params.take("token_type");
        if !is_bearer(&kind.ok_or(CallbackError::Missing("token_type"))?) {
            return Err(CallbackError::Unusable("token_type"));
        }
        let scope = params.take("scope").map(|scope| scope.parse()).transpose();
        let seconds = |text: &str| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            digits
                .then(|| text.parse().ok())
                .flatten()
                .ok_or(CallbackError::Unusable("expires_in"))
        };
        let expires_in = params.take("expires_in");
        Ok(Self {
            access_token: AccessToken::new(token),
            scope: scope.map_err(|_| CallbackError::Unusable("scope"))?,
            expires_in: expires_in.map(|text| seconds(&text)).transpose()?,
        })
    }
}

impl From<ImplicitToken> for Token {
    fn from(implicit: ImplicitToken) -> Self {
        let mut token = Self::new(implicit.access_token);
        token.scope = implicit.scope;
        token.expires_in = implicit.expires_in;
        token
    }
}
