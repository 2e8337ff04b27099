//! Provisional accounts (section K of the checklist), one file an endpoint: Discord accounts for a game's players who
//! have not signed up, vouched for by an identity provider or by the game's own bot.
//!
//! Unlike the grants, these calls are JSON. [`Client`] credentials go into the body, whatever the client's
//! [`ClientAuth`](crate::ClientAuth) says; a bot's token goes into the header. Names are counted in characters, not in
//! bytes (S-40).
//!
//! A refusal is read by [`code()`] and, if the account was merged into a user's, by [`MergedAccount::of`].

use ra_http::HttpError;

use crate::json::JsonObject;
use crate::{Client, ExternalAuth};

pub use bot_provisional_token::BotProvisionalToken;
pub use bot_unmerge::BotUnmerge;
pub use child_token::ChildToken;
pub use code::{PartnerCode, code};
pub use merged_account::MergedAccount;
pub use provisional_token::ProvisionalToken;
pub use unmerge::Unmerge;

mod bot_provisional_token;
mod bot_unmerge;
mod child_token;
mod code;
mod merged_account;
mod provisional_token;
mod unmerge;

#[cfg(test)]
mod tests;

/// The longest user id of a game, in characters (O-174).
const MAX_EXTERNAL_USER_ID: usize = 1024;

/// The body with the client and the provider's token (O-168, O-177).
fn external_auth_body(client: &Client, auth: &ExternalAuth) -> Result<JsonObject, HttpError> {
    if auth.kind.as_str().is_empty() {
        return Err(HttpError::bad_request("external_auth_type"));
    }
    if auth.token.expose().is_empty() {
        return Err(HttpError::bad_request("external_auth_token"));
    }
    let body = JsonObject::new().push("client_id", &client.id());
    Ok(push_secret(body, "client_secret", client)?
        .push("external_auth_type", auth.kind.as_str())
        .push("external_auth_token", auth.token.expose()))
}

/// Adds the secret of a confidential client (O-169).
fn push_secret(
    body: JsonObject,
    name: &'static str,
    client: &Client,
) -> Result<JsonObject, HttpError> {
    match client {
        Client::Public(_) => Ok(body),
        Client::Confidential(client) if client.secret().expose().is_empty() => {
            Err(HttpError::bad_request(name))
        }
        Client::Confidential(client) => Ok(body.push(name, client.secret().expose())),
    }
}

/// Checks the id that a game has for a user.
fn check_external_user_id(id: &str) -> Result<(), HttpError> {
    match id.chars().count() {
        1..=MAX_EXTERNAL_USER_ID => Ok(()),
        _ => Err(HttpError::bad_request("external_user_id")),
    }
}
