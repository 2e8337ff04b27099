//! Information and authorization endpoints (section I of the checklist), one file each.
//!
//! The type of the token says who asks: an [`AccessToken`](crate::AccessToken) is sent as `Bearer`, a
//! [`BotToken`](crate::BotToken) as `Bot`, and a [`UserToken`], the session of a user account, without a scheme.
//! Endpoints of the last kind are those that the service's own page calls. They act for a person who is present and
//! decides: automating user accounts is forbidden (O-183).
//!
//! Unknown members are ignored, `null` counts as absent, ids may be strings or integers.

use http::Request;
use ra_http::{BaseUrl, Body, HttpError, json_post};
use serde_json::value::RawValue;

use crate::json::required;
use crate::wire::{bodiless, set_authorization};
use crate::{ScopeError, ScopeSet, TokenError, UserToken};

pub use authorization_preview::{AuthorizationPreview, OAuth2Guild};
pub use current_application::CurrentApplication;
pub use delete_token::DeleteToken;
pub use device_finish::{DeviceDecision, FinishDevice};
pub use device_verify::{DeviceRequest, DeviceRequestState, VerifyDevice};
pub use grant_authorization::{DmSettings, GrantAuthorization, LocationContext};
pub use granted::Granted;
pub use keys::{Jwk, KeySet, Keys};
pub use list_application_tokens::ListApplicationTokens;
pub use list_tokens::ListTokens;
pub use me::{CurrentAuthorization, Me};
pub use partial::{Application, User};
pub use preview_authorization::{Preview, PreviewAuthorization};
pub use read_token::ReadToken;
pub use userinfo::{UserInfo, UserInfoClaims};

mod authorization_preview;
mod current_application;
mod delete_token;
mod device_finish;
mod device_verify;
mod grant_authorization;
mod granted;
mod keys;
mod list_application_tokens;
mod list_tokens;
mod me;
mod partial;
mod preview_authorization;
mod read_token;
mod timestamp;
mod userinfo;

#[cfg(test)]
mod tests;

/// A `POST` of JSON with a user account's token.
fn post_as_user(
    base: &BaseUrl,
    path: &str,
    token: &UserToken,
    body: Body,
) -> Result<Request<Body>, HttpError> {
    let mut request = json_post(base, path, body)?;
    set_authorization(&mut request, "", token.expose(), "user_token")?;
    Ok(request)
}

/// A request without a body, with a user account's token.
fn bodiless_as_user(
    method: http::Method,
    base: &BaseUrl,
    path: &str,
    token: &UserToken,
) -> Result<Request<Body>, HttpError> {
    let mut request = bodiless(method, base.join(path)?);
    set_authorization(&mut request, "", token.expose(), "user_token")?;
    Ok(request)
}

/// The member `scopes`: an array of scopes.
fn scopes(raw: Option<&RawValue>) -> Result<ScopeSet, TokenError> {
    let texts: Vec<String> = required(raw, "scopes")?;
    let scopes: Result<ScopeSet, ScopeError> = texts.iter().map(|text| text.parse()).collect();
    scopes.map_err(|_| TokenError::at("scopes"))
}
