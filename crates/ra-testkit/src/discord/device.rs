//! The device flow: the device's calls and the person's.

use super::answer::recorded;
use super::caller::{self, Client, is_user};
use super::request::{Heard, text};
use super::state::{Reply, State};
use super::token::granted;

const DEVICE_CODE: &str = "PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali";
const USER_CODE: &str = "ZAW6C586";

pub(super) fn start(state: &mut State, heard: &Heard) -> Reply {
    let form = heard.form().ok_or_else(recorded::error_invalid_request)?;
    let client = caller::of_form(heard, &form)?;
    let scope = text(&form, "scope").unwrap_or_default().to_owned();
    if ["bot", "webhook.incoming"]
        .iter()
        .any(|other| scope.split(' ').any(|scope| scope == *other))
    {
        return Err(recorded::error_invalid_scope());
    }
    state.device.waiting = Some((client.id, scope));
    Ok(recorded::device())
}

/// With `lost` the client does not see the answer; then the code is not spent.
pub(super) fn poll(state: &mut State, client: Client, code: &str, lost: bool) -> Reply {
    let waiting = state.device.waiting.clone();
    let (_, scope) = waiting
        .filter(|(id, _)| *id == client.id && code == DEVICE_CODE)
        .ok_or_else(recorded::error_invalid_device_code)?;
    if lost {
        return Ok(recorded::error_authorization_pending());
    }
    let Some(agreed) = state.device.decision.take() else {
        return Ok(recorded::error_authorization_pending());
    };
    state.device.waiting = None;
    match agreed {
        true => Ok(state.issue(client.id, granted(&scope))),
        false => Ok(recorded::error_access_denied()),
    }
}

pub(super) fn verify(state: &State, heard: &Heard) -> Reply {
    is_user(heard)?;
    let body = heard.json().ok_or_else(recorded::invalid_form)?;
    match (text(&body, "user_code"), &state.device.waiting) {
        (Some(USER_CODE), Some(_)) => Ok(recorded::device_verified()),
        _ => Err(recorded::not_found()),
    }
}

pub(super) fn finish(state: &mut State, heard: &Heard) -> Reply {
    is_user(heard)?;
    let body = heard.json().ok_or_else(recorded::invalid_form)?;
    if text(&body, "user_code") != Some(USER_CODE) || state.device.waiting.is_none() {
        return Err(recorded::not_found());
    }
    match text(&body, "result") {
        Some("granted") => state.decide(true),
        Some("denied") => state.decide(false),
        _ => return Err(recorded::invalid_form()),
    }
    Ok(recorded::no_content())
}
