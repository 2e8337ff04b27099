//! Authentication of requests.

use super::answer::{Answer, recorded};
use super::request::{Heard, Parameters, text};
use super::{
    BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, ODD_CLIENT_ID, ODD_CLIENT_SECRET, PUBLIC_CLIENT_ID,
    USER_TOKEN,
};

/// The applications and their secrets.
const CLIENTS: [(u64, Option<&str>); 3] = [
    (CLIENT_ID, Some(CLIENT_SECRET)),
    (ODD_CLIENT_ID, Some(ODD_CLIENT_SECRET)),
    (PUBLIC_CLIENT_ID, None),
];

/// An authenticated application.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    pub(super) id: u64,
    pub(super) public: bool,
}

/// Returns the application with this id.
pub(super) fn known(id: &str) -> Option<Client> {
    let found = CLIENTS
        .into_iter()
        .find(|(known, _)| known.to_string() == id);
    found.map(|(id, secret)| Client {
        id,
        public: secret.is_none(),
    })
}

/// Returns the application with this id, if the secret is right.
pub(super) fn authenticated(id: &str, secret: Option<&str>) -> Option<Client> {
    let client = known(id)?;
    CLIENTS.contains(&(client.id, secret)).then_some(client)
}

/// Authenticates the client of a form: in the form or as Basic, never both (S-02).
pub(super) fn of_form(heard: &Heard, form: &Parameters) -> Result<Client, Answer> {
    let found = match heard.basic() {
        Some(_) if form.contains_key("client_id") || form.contains_key("client_secret") => {
            return Err(recorded::error_invalid_request());
        }
        Some((id, secret)) => authenticated(&id, Some(&secret)),
        None if heard.header("authorization").is_some() => None,
        None => text(form, "client_id")
            .and_then(|id| authenticated(id, form.get("client_secret").and_then(|s| s.as_str()))),
    };
    found.ok_or_else(recorded::error_invalid_client)
}

/// Checks that the request comes from the application's bot.
pub(super) fn is_bot(heard: &Heard) -> Result<(), Answer> {
    match heard.header("authorization") {
        Some(token) if token.strip_prefix("Bot ") == Some(BOT_TOKEN) => Ok(()),
        Some(USER_TOKEN) => Err(recorded::bots_only()),
        _ => Err(recorded::unauthorized()),
    }
}

/// Checks that the request comes from the person.
pub(super) fn is_user(heard: &Heard) -> Result<(), Answer> {
    match heard.header("authorization") {
        Some(USER_TOKEN) => Ok(()),
        _ => Err(recorded::unauthorized()),
    }
}
