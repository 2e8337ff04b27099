//! Provisional accounts: JSON instead of forms.

use serde_json::{Map, Value, json};

use super::answer::{Answer, recorded};
use super::caller::{authenticated, is_bot, known};
use super::request::{Heard, text};
use super::state::{Reply, State};
use super::{CLIENT_ID, CLIENT_SECRET, EXTERNAL_TOKEN};

const KINDS: [&str; 8] = [
    "OIDC",
    "EPIC_ONLINE_SERVICES_ACCESS_TOKEN",
    "EPIC_ONLINE_SERVICES_ID_TOKEN",
    "STEAM_SESSION_TICKET",
    "UNITY_SERVICES_ID_TOKEN",
    "DISCORD_BOT_ISSUED_ACCESS_TOKEN",
    "APPLE_ID_TOKEN",
    "PLAYSTATION_NETWORK_ID_TOKEN",
];

/// The known codes (P-07).
const CODES: [u64; 16] = [
    530_000, 530_001, 530_002, 530_003, 530_004, 530_006, 530_007, 530_008, 530_009, 530_010,
    530_014, 530_016, 530_017, 530_020, 530_023, 530_027,
];

pub(super) fn route(state: &mut State, heard: &Heard, rest: &[&str]) -> Reply {
    let body = || heard.json().ok_or_else(recorded::invalid_form);
    match rest {
        ["token"] => {
            let client = vouched(&body()?)?;
            Ok(state.issue(client, recorded::token_provisional()))
        }
        ["token", "bot"] => {
            is_bot(heard)?;
            by_bot(
                &body()?,
                &["external_user_id", "preferred_global_name"],
                false,
            )?;
            Ok(state.issue(CLIENT_ID, recorded::token_provisional_bot()))
        }
        ["provisional-accounts", "unmerge"] => {
            vouched(&body()?)?;
            state.forget();
            Ok(recorded::no_content())
        }
        ["provisional-accounts", "unmerge", "bot"] => {
            is_bot(heard)?;
            by_bot(&body()?, &["external_user_id"], true)?;
            state.forget();
            Ok(recorded::no_content())
        }
        ["child-token"] => {
            let body = body()?;
            let child = text(&body, "child_application_id").and_then(known);
            let child = child.ok_or_else(recorded::unknown_application)?;
            if text(&body, "parent_client_secret") != Some(CLIENT_SECRET) {
                return Err(refusal(530_007));
            }
            let parent = text(&body, "parent_access_token").unwrap_or_default();
            if !state.access.contains_key(parent) {
                return Err(recorded::invalid_access_token());
            }
            Ok(state.issue(child.id, recorded::token_provisional_bot()))
        }
        _ => Err(recorded::not_found()),
    }
}

/// Checks a provider's token.
pub(super) fn external(kind: &str, token: &str) -> Result<(), Answer> {
    if !KINDS.contains(&kind) {
        return Err(recorded::invalid_form());
    }
    let code = token
        .strip_prefix("external.")
        .and_then(|code| code.parse().ok());
    match code {
        _ if token == EXTERNAL_TOKEN => Ok(()),
        Some(530_010) => Err(recorded::partner_530010()),
        Some(code) if CODES.contains(&code) => Err(refusal(code)),
        _ => Err(refusal(530_020)),
    }
}

/// Checks a provider's token and returns the client.
fn vouched(body: &Map<String, Value>) -> Result<u64, Answer> {
    let names = [
        "client_id",
        "client_secret",
        "external_auth_type",
        "external_auth_token",
    ];
    let (Some(id), Some(kind), Some(token)) = (
        text(body, "client_id"),
        text(body, "external_auth_type"),
        text(body, "external_auth_token"),
    ) else {
        return Err(recorded::invalid_form());
    };
    if !body.keys().all(|name| names.contains(&name.as_str())) {
        return Err(recorded::invalid_form());
    }
    known(id).ok_or_else(recorded::unknown_application)?;
    let secret = body.get("client_secret").and_then(Value::as_str);
    let client = authenticated(id, secret).ok_or_else(|| refusal(530_007))?;
    external(kind, token)?;
    Ok(client.id)
}

/// Checks a user that a bot names. A merged user can be unmerged.
fn by_bot(body: &Map<String, Value>, names: &[&str], parting: bool) -> Result<(), Answer> {
    let user = text(body, "external_user_id").ok_or_else(recorded::invalid_form)?;
    let right = body.iter().all(|(name, value)| {
        names.contains(&name.as_str()) && value.as_str().is_some_and(|text| !text.is_empty())
    });
    match user {
        _ if !right => Err(recorded::invalid_form()),
        "merged" if !parting => Err(recorded::partner_530010_bot()),
        "merged.null" if !parting => Err(recorded::partner_530010_bot_null()),
        _ => Ok(()),
    }
}

/// A refusal with this code; its message is not Discord's.
fn refusal(code: u64) -> Answer {
    let body = json!({"message": "Provisional account request refused", "code": code});
    Answer::new(&format!(
        "HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{body}"
    ))
}
