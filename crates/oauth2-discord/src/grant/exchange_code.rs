//! `POST /oauth2/token`, `grant_type=authorization_code` (document: *Authorization code grant*; RFC 6749, section
//! 4.1.3).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::{push_external_auth, token_form};
use crate::error::Repeat;
use crate::redirect_uri::RedirectUri;
use crate::wire::{Place, read_reply, replaceable_url};
use crate::{
    AuthorizationCode, Client, CodeVerifier, ConfidentialClient, ExternalAuth, Token, Urls,
};

/// Turns a code into a token. Returned by [`AcceptedCode::exchange`](crate::callback::AcceptedCode::exchange), or made
/// from parts that were kept elsewhere.
///
/// A code works once, for about 100 s (P-12): do not repeat an exchange that fails without a readable answer
/// ([`ExchangeCode::REPEAT`]).
#[derive(Debug)]
pub struct ExchangeCode {
    client: Client,
    code: AuthorizationCode,
    verifier: Option<CodeVerifier>,
    redirect_uri: Option<RedirectUri>,
    external_auth: Option<ExternalAuth>,
    place: Place,
}

impl ExchangeCode {
    /// For [`advice`](crate::error::advice): the code may be spent.
    pub const REPEAT: Repeat = Repeat::SingleUse;

    /// The exchange of a flow with PKCE. Confidential clients send the verifier as well (P-17).
    #[must_use]
    pub fn new(client: impl Into<Client>, code: AuthorizationCode, verifier: CodeVerifier) -> Self {
        Self::from_parts(client.into(), code, Some(verifier))
    }

    /// The exchange of a flow without PKCE, which takes a secret (O-097).
    #[must_use]
    pub fn without_pkce(client: ConfidentialClient, code: AuthorizationCode) -> Self {
        Self::from_parts(client.into(), code, None)
    }

    const fn from_parts(
        client: Client,
        code: AuthorizationCode,
        verifier: Option<CodeVerifier>,
    ) -> Self {
        Self {
            client,
            code,
            verifier,
            redirect_uri: None,
            external_auth: None,
            place: Place::Below(Urls::TOKEN_PATH),
        }
    }

    /// The redirect URI, exactly as in the authorize URL (O-100).
    #[must_use]
    pub fn redirect_uri(mut self, uri: RedirectUri) -> Self {
        self.redirect_uri = Some(uri);
        self
    }

    /// Merges the person's provisional account into the one that authorized (O-104).
    #[must_use]
    pub fn external_auth(mut self, auth: ExternalAuth) -> Self {
        self.external_auth = Some(auth);
        self
    }
}

replaceable_url!(ExchangeCode);

impl Endpoint for ExchangeCode {
    type Reply = Token;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let mut form = token_form("authorization_code");
        form.push_required("code", self.code.expose())?;
        form.push_some(
            "code_verifier",
            self.verifier.as_ref().map(CodeVerifier::expose),
        );
        form.push_some(
            "redirect_uri",
            self.redirect_uri.as_ref().map(RedirectUri::as_str),
        );
        push_external_auth(&mut form, self.external_auth.as_ref())?;
        form.post(self.place.uri(base)?, &self.client)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Token, HttpError> {
        read_reply(response, Token::decode)
    }
}
