//! Starts a flow: makes the URL, and the pending half that checks the redirect.

use super::url::Writer;
use super::{Authorization, AuthorizeError, AuthorizeUrl, ResponseType};
use crate::callback::{PendingCode, PendingImplicit};
use crate::{CodeChallenge, CodeVerifier, Entropy, Nonce, State, Urls};

/// A started code flow.
#[derive(Debug)]
#[non_exhaustive]
pub struct StartedCode {
    /// The URL to send the person to.
    pub url: AuthorizeUrl,
    /// Checks the redirect. Bind it to this person's browser session.
    pub pending: PendingCode,
}

/// A started implicit flow.
#[derive(Debug)]
#[non_exhaustive]
pub struct StartedImplicit {
    /// The URL to send the person to.
    pub url: AuthorizeUrl,
    /// Checks the redirect. Bind it to this person's browser session.
    pub pending: PendingImplicit,
}

impl Authorization {
    /// Starts the code flow, with PKCE unless it was switched off. This is also the flow for webhooks, and for bots
    /// with more than the basic scopes.
    ///
    /// # Errors
    /// The document forbids this request.
    pub fn start_code(self, urls: &Urls, entropy: Entropy) -> Result<StartedCode, AuthorizeError> {
        self.check(Some(ResponseType::Code))?;
        let [state, verifier, nonce] = entropy.split();
        let secrets = Secrets {
            state: self.state.clone().or_make(|| State::from_entropy(state)),
            verifier: self
                .verifier
                .clone()
                .or_make(|| CodeVerifier::from_entropy(verifier)),
            nonce: self.nonce.clone().or_make(|| Nonce::from_entropy(nonce)),
        };
        let url = self.write(urls, Some(ResponseType::Code), &secrets);
        let pending = PendingCode::from_parts(
            secrets.state,
            secrets.verifier,
            secrets.nonce,
            self.redirect_uri,
            urls.issuer.clone(),
        );
        Ok(StartedCode { url, pending })
    }

    /// Starts the implicit flow. RFC 9700 advises against it (S-27): the token passes through the browser's address
    /// line and history, nothing binds it to this application, and there is no refresh token (O-091). Prefer
    /// [`Authorization::start_code`], which public clients can use as well.
    ///
    /// # Errors
    /// The document forbids this request.
    pub fn start_implicit(
        self,
        urls: &Urls,
        entropy: Entropy,
    ) -> Result<StartedImplicit, AuthorizeError> {
        self.check(Some(ResponseType::Token))?;
        let [state, ..] = entropy.split();
        let state = self.state.clone().or_make(|| State::from_entropy(state));
        let secrets = Secrets {
            state,
            ..Secrets::default()
        };
        let url = self.write(urls, Some(ResponseType::Token), &secrets);
        let pending =
            PendingImplicit::from_parts(secrets.state, self.redirect_uri, urls.issuer.clone());
        Ok(StartedImplicit { url, pending })
    }

    /// A link without a response type: it adds a bot or commands and brings nothing back (O-179).
    ///
    /// # Errors
    /// The document forbids this request, for example any scope but `bot` and `applications.commands` (O-181).
    pub fn link(self, urls: &Urls) -> Result<AuthorizeUrl, AuthorizeError> {
        self.check(None)?;
        let state = self.state.given().cloned();
        let secrets = Secrets {
            state,
            ..Secrets::default()
        };
        Ok(self.write(urls, None, &secrets))
    }

    fn write(
        &self,
        urls: &Urls,
        response: Option<ResponseType>,
        secrets: &Secrets,
    ) -> AuthorizeUrl {
        let mut url = Writer::new(&urls.authorize);
        url.plain("response_type", response);
        url.plain("client_id", Some(self.client_id));
        url.scopes(&self.scopes);
        if let Some(state) = &secrets.state {
            url.text("state", state.expose());
        }
        if let Some(uri) = &self.redirect_uri {
            url.text("redirect_uri", uri.as_str());
        }
        url.plain("prompt", self.prompt);
        url.plain("integration_type", self.integration_type);
        url.plain("permissions", self.permissions);
        url.plain("guild_id", self.guild_id);
        url.plain("channel_id", self.channel_id);
        url.plain("disable_guild_select", self.disable_guild_select);
        if let Some(nonce) = &secrets.nonce {
            url.text("nonce", nonce.expose());
        }
        if let Some(verifier) = &secrets.verifier {
            url.text("code_challenge", verifier.challenge().as_str());
            url.text("code_challenge_method", CodeChallenge::METHOD);
        }
        url.finish()
    }
}

/// The secrets that bind the redirect to the request.
#[derive(Default)]
struct Secrets {
    state: Option<State>,
    verifier: Option<CodeVerifier>,
    nonce: Option<Nonce>,
}
