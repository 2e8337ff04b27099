//! `POST /oauth2/token` and `POST /oauth2/token/revoke`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::answer::{Answer, recorded};
use super::caller::{self, Client};
use super::partner;
use super::request::{Heard, Parameters, text};
use super::state::{Grant, Reply, State};

pub(super) fn token(state: &mut State, heard: &Heard, lost: bool) -> Reply {
    let form = heard
        .form()
        .ok_or_else(recorded::error_unsupported_grant_type)?;
    let client = caller::of_form(heard, &form)?;
    let kind = text(&form, "grant_type").unwrap_or_default();
    match kind {
        "authorization_code" => {
            only(
                &form,
                &[
                    "code",
                    "code_verifier",
                    "redirect_uri",
                    "external_auth_type",
                    "external_auth_token",
                ],
            )?;
            let scope = code(state, client, &form)?;
            merged(&form)?;
            Ok(state.issue(client.id, granted(&scope)))
        }
        "refresh_token" => {
            only(&form, &["refresh_token", "scope"])?;
            let token = text(&form, "refresh_token").ok_or_else(recorded::error_invalid_request)?;
            if state.refresh.get(token) != Some(&client.id) {
                return Err(recorded::error_invalid_refresh_token());
            }
            state.refresh.remove(token);
            Ok(state.issue(client.id, recorded::token_refreshed()))
        }
        "client_credentials" => {
            only(&form, &["scope"])?;
            if client.public {
                return Err(recorded::error_invalid_client());
            }
            text(&form, "scope").ok_or_else(recorded::error_invalid_scope)?;
            Ok(state.issue(client.id, recorded::token_client_credentials()))
        }
        "urn:ietf:params:oauth:grant-type:device_code" => {
            only(
                &form,
                &["device_code", "external_auth_type", "external_auth_token"],
            )?;
            let code = text(&form, "device_code").ok_or_else(recorded::error_invalid_request)?;
            merged(&form)?;
            super::device::poll(state, client, code, lost)
        }
        _ => Err(recorded::error_unsupported_grant_type()),
    }
}

pub(super) fn revoke(state: &mut State, heard: &Heard) -> Reply {
    let form = heard.form().ok_or_else(recorded::error_invalid_request)?;
    caller::of_form(heard, &form)?;
    let hint = form.get("token_type_hint").and_then(|hint| hint.as_str());
    if !matches!(hint, None | Some("access_token" | "refresh_token")) {
        return Err(recorded::error_invalid_request());
    }
    let token = text(&form, "token").ok_or_else(recorded::error_invalid_request)?;
    if state.refresh.contains_key(token) || state.access.contains_key(token) {
        state.forget();
    }
    Ok(recorded::revoked())
}

/// The recorded token object for the granted scope.
pub(super) fn granted(scope: &str) -> Answer {
    let has = |name: &str| scope.split(' ').any(|scope| scope == name);
    if has("webhook.incoming") {
        recorded::token_webhook()
    } else if has("bot") {
        recorded::token_guild()
    } else if has("openid") {
        recorded::token_openid()
    } else {
        recorded::token()
    }
}

/// Spends a code. Returns the granted scope.
fn code(state: &mut State, client: Client, form: &Parameters) -> Result<String, Answer> {
    let code = text(form, "code").ok_or_else(recorded::error_invalid_request)?;
    let Some(grant) = state.codes.remove(code) else {
        return Err(recorded::error_invalid_code());
    };
    let Grant {
        redirect_uri,
        challenge,
        scope,
        ..
    } = grant.clone();
    if grant.client != client.id {
        return Err(recorded::error_invalid_code());
    }
    if redirect_uri.as_deref() != text(form, "redirect_uri") {
        return Err(recorded::error_invalid_redirect_uri());
    }
    match (challenge, text(form, "code_verifier")) {
        (Some(_), None) => Err(recorded::error_missing_verifier()),
        (Some(challenge), Some(verifier)) if challenge != challenge_of(verifier) => {
            Err(recorded::error_invalid_verifier())
        }
        (None, Some(_)) => Err(recorded::error_invalid_request()),
        (None, None) if client.public => Err(recorded::error_invalid_client()),
        _ => Ok(scope),
    }
}

/// Checks the provisional account to merge, if one is named.
fn merged(form: &Parameters) -> Result<(), Answer> {
    match (
        text(form, "external_auth_type"),
        text(form, "external_auth_token"),
    ) {
        (None, None) => Ok(()),
        (Some(kind), Some(token)) => partner::external(kind, token),
        _ => Err(recorded::error_invalid_request()),
    }
}

/// Checks that the form has only these parameters, the grant type and the credentials.
fn only(form: &Parameters, names: &[&str]) -> Result<(), Answer> {
    let common = ["grant_type", "client_id", "client_secret"];
    let known = |name: &String| common.contains(&name.as_str()) || names.contains(&name.as_str());
    match form.keys().all(known) {
        true => Ok(()),
        false => Err(recorded::error_invalid_request()),
    }
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(ra_crypto::sha256(verifier.as_bytes()))
}
