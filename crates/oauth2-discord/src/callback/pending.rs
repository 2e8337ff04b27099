//! The pending half of a flow: it checks the redirect that comes back.

use super::CallbackError;
use super::accepted::{AcceptedCode, ImplicitToken, UntrustedHints};
use super::expectation::{Expectation, result};
use super::query::{Params, parts};
use crate::redirect_uri::RedirectUri;
use crate::{AuthorizationCode, CodeVerifier, Nonce, State};

/// A code flow that waits for its redirect.
///
/// Returned by [`Authorization::start_code`](crate::authorize::Authorization::start_code), or rebuilt from its parts by
/// a server that keeps them in the person's session. It is consumed by [`PendingCode::accept`] and cannot be copied.
#[derive(Debug, PartialEq, Eq)]
pub struct PendingCode {
    expected: Expectation,
    verifier: Option<CodeVerifier>,
    nonce: Option<Nonce>,
}

/// An implicit flow that waits for its redirect. RFC 9700 advises against the flow (S-27).
#[derive(Debug, PartialEq, Eq)]
pub struct PendingImplicit {
    expected: Expectation,
}

/// Methods of both kinds of flow.
macro_rules! common {
    () => {
        /// The redirect URI.
        #[must_use]
        pub fn with_redirect_uri(mut self, uri: RedirectUri) -> Self {
            self.expected.redirect_uri = Some(uri);
            self
        }

        /// The expected issuer: a redirect that names another one is refused, one that names none is accepted (S-25).
        #[must_use]
        pub fn with_issuer(mut self, issuer: impl Into<String>) -> Self {
            self.expected.issuer = Some(issuer.into());
            self
        }

        /// Refuses a redirect that names no issuer as well. Discord names itself in all of them (P-02).
        #[must_use]
        pub fn with_issuer_required(mut self) -> Self {
            self.expected.issuer_required = true;
            self
        }

        /// Refuses a redirect that came to another URI than the flow's (S-26). Then the callback has to be a whole URL.
        #[must_use]
        pub fn with_exact_redirect(mut self) -> Self {
            self.expected.exact_redirect = true;
            self
        }

        /// The state that the redirect has to carry.
        #[must_use]
        pub fn state(&self) -> Option<&State> {
            self.expected.state.as_ref()
        }

        /// The redirect URI, if the URL had one.
        #[must_use]
        pub fn redirect_uri(&self) -> Option<&RedirectUri> {
            self.expected.redirect_uri.as_ref()
        }
    };
}

impl PendingCode {
    /// A flow with this state, rebuilt; the `with_` methods add the rest.
    #[must_use]
    pub const fn new(state: State) -> Self {
        Self {
            expected: Expectation::new(Some(state)),
            verifier: None,
            nonce: None,
        }
    }

    /// A flow without a state, rebuilt: forged redirects cannot be detected (O-088).
    #[must_use]
    pub const fn dangerous_without_state() -> Self {
        Self {
            expected: Expectation::new(None),
            verifier: None,
            nonce: None,
        }
    }

    pub(crate) fn from_parts(
        state: Option<State>,
        verifier: Option<CodeVerifier>,
        nonce: Option<Nonce>,
        redirect_uri: Option<RedirectUri>,
        issuer: String,
    ) -> Self {
        Self {
            expected: Expectation::started(state, redirect_uri, issuer),
            verifier,
            nonce,
        }
    }

    /// The verifier of the challenge that was sent.
    #[must_use]
    pub fn with_verifier(mut self, verifier: CodeVerifier) -> Self {
        self.verifier = Some(verifier);
        self
    }

    /// The nonce that was sent.
    #[must_use]
    pub fn with_nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = Some(nonce);
        self
    }

    common!();

    /// The verifier, to be kept in a web session.
    #[must_use]
    pub const fn verifier(&self) -> Option<&CodeVerifier> {
        self.verifier.as_ref()
    }

    /// The nonce, to be kept in a web session.
    #[must_use]
    pub const fn nonce(&self) -> Option<&Nonce> {
        self.nonce.as_ref()
    }

    /// Checks whether a redirect answers this flow, with a yes or a no. A listener that anyone can call should ignore
    /// other requests and wait on. A redirect that has the state but repeats a parameter is an answer too:
    /// [`PendingCode::accept`] refuses it.
    ///
    /// # Errors
    /// The reason it does not.
    pub fn belongs(&self, callback: &str) -> Result<(), CallbackError> {
        self.expected.check_address(callback)?;
        let (query, _) = parts(callback);
        match Params::parse(query) {
            Ok(mut params) => self.expected.check_origin(&mut params),
            Err(_) if self.expected.is_known(query) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes the redirect: a whole URL, or its part from the path on. State and issuer are checked before anything else
    /// in it is believed.
    ///
    /// # Errors
    /// It does not answer this flow, or the answer is no.
    pub fn accept(self, callback: &str) -> Result<AcceptedCode, CallbackError> {
        let mut params = self.read(callback)?;
        let code = result(&mut params, "code")?;
        Ok(AcceptedCode {
            code: AuthorizationCode::new(code.as_str()),
            verifier: self.verifier,
            nonce: self.nonce,
            redirect_uri: self.expected.redirect_uri,
            hints: UntrustedHints::of(&mut params),
        })
    }

    fn read(&self, callback: &str) -> Result<Params, CallbackError> {
        self.expected.check_address(callback)?;
        let (query, _) = parts(callback);
        let mut params = Params::parse(query)?;
        self.expected.check_origin(&mut params)?;
        Ok(params)
    }
}

impl PendingImplicit {
    /// A flow with this state, rebuilt; the `with_` methods add the rest.
    #[must_use]
    pub const fn new(state: State) -> Self {
        let expected = Expectation::new(Some(state));
        Self { expected }
    }

    /// A flow without a state, rebuilt: forged redirects cannot be detected (O-088).
    #[must_use]
    pub const fn dangerous_without_state() -> Self {
        let expected = Expectation::new(None);
        Self { expected }
    }

    pub(crate) fn from_parts(
        state: Option<State>,
        redirect_uri: Option<RedirectUri>,
        issuer: String,
    ) -> Self {
        let expected = Expectation::started(state, redirect_uri, issuer);
        Self { expected }
    }

    common!();

    /// Takes the redirect, fragment included. State and issuer are checked before anything else in it is believed. An
    /// error may stand in the query too, a token never (M-04, O-090).
    ///
    /// # Errors
    /// It does not answer this flow, or the answer is no.
    pub fn accept(self, callback: &str) -> Result<ImplicitToken, CallbackError> {
        self.expected.check_address(callback)?;
        let (query, fragment) = parts(callback);
        let mut in_query = Params::parse(query)?;
        let Some(fragment) = fragment else {
            self.expected.check_origin(&mut in_query)?;
            return Err(match result(&mut in_query, "access_token") {
                Ok(_) | Err(CallbackError::Contradiction) => CallbackError::TokenInQuery,
                Err(CallbackError::Missing(_)) => CallbackError::NoFragment,
                Err(error) => error,
            });
        };
        let mut params = Params::parse(fragment)?;
        if let Some(issuer) = in_query.take("iss") {
            params.put_issuer(issuer)?; // one server leaves it there (S-09)
        }
        self.expected.check_origin(&mut params)?;
        let token = result(&mut params, "access_token")?;
        ImplicitToken::of(&token, &mut params)
    }
}
