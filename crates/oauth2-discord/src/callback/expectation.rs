//! The checks that a redirect has to pass before anything in it is believed.

use zeroize::Zeroizing;

use super::query::{MAX_CALLBACK_BYTES, Params};
use super::{CallbackError, Refusal};
use crate::State;
use crate::error::{Description, ErrorCode};
use crate::redirect_uri::RedirectUri;
use ra_types::constant_time_eq;

/// State, issuer and address of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expectation {
    pub(super) state: Option<State>,
    pub(super) issuer: Option<String>,
    pub(super) issuer_required: bool,
    pub(super) redirect_uri: Option<RedirectUri>,
    pub(super) exact_redirect: bool,
}

impl Expectation {
    pub(super) const fn new(state: Option<State>) -> Self {
        Self {
            state,
            issuer: None,
            issuer_required: false,
            redirect_uri: None,
            exact_redirect: false,
        }
    }

    /// The expectation of a flow that starts here.
    pub(super) fn started(
        state: Option<State>,
        redirect_uri: Option<RedirectUri>,
        issuer: String,
    ) -> Self {
        Self {
            redirect_uri,
            issuer: Some(issuer),
            ..Self::new(state)
        }
    }

    /// Checks length and address, before a parameter is read.
    pub(super) fn check_address(&self, callback: &str) -> Result<(), CallbackError> {
        if callback.len() > MAX_CALLBACK_BYTES {
            return Err(CallbackError::TooLong);
        }
        let ours = |uri: &RedirectUri| uri.is_of(callback);
        if self.exact_redirect && !self.redirect_uri.as_ref().is_some_and(ours) {
            return Err(CallbackError::OtherRedirect);
        }
        Ok(())
    }

    /// Whether an unreadable redirect has this state and no other one: its sender knows the state. In constant time as
    /// well.
    pub(super) fn is_known(&self, query: &str) -> bool {
        let ours = self.state.as_ref();
        ours.is_some_and(|ours| {
            Params::all(query, "state", |theirs| {
                constant_time_eq(ours.expose(), theirs)
            })
        })
    }

    /// Checks state and issuer, in constant time (O-086, S-06, S-25).
    pub(super) fn check_origin(&self, params: &mut Params) -> Result<(), CallbackError> {
        let fits = match (&self.state, params.take("state")) {
            (Some(ours), Some(theirs)) => constant_time_eq(ours.expose(), &theirs),
            (None, None) => true,
            _ => false,
        };
        if !fits {
            return Err(CallbackError::State);
        }
        match (&self.issuer, params.take("iss")) {
            (Some(ours), Some(theirs)) if !constant_time_eq(ours, &theirs) => {
                Err(CallbackError::Issuer)
            }
            (_, None) if self.issuer_required => Err(CallbackError::IssuerMissing),
            (None, Some(_)) if self.issuer_required => Err(CallbackError::Issuer),
            _ => Ok(()),
        }
    }
}

/// Returns the result under `name`, or the error in its place. The origin must be checked before.
pub(super) fn result(
    params: &mut Params,
    name: &'static str,
) -> Result<Zeroizing<String>, CallbackError> {
    match (params.take(name), params.take("error")) {
        (Some(_), Some(_)) => Err(CallbackError::Contradiction),
        (Some(result), None) => Ok(result),
        (None, Some(code)) => {
            let description = params.take("error_description");
            let description = description.map(|text| Description::new(&text));
            let code = ErrorCode::from(code.as_str());
            Err(CallbackError::Refused(Refusal::new(code, description)))
        }
        (None, None) => Err(CallbackError::Missing(name)),
    }
}
