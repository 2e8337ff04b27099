//! `@me`, userinfo, keys, authorizations.

use super::answer::{Answer, recorded};
use super::caller::{is_bot, is_user, known};
use super::request::Heard;
use super::state::{Reply, State};

/// The recorded authorization.
const AUTHORIZATION: &str = "1217542918912516107";

pub(super) fn me(state: &State, heard: &Heard) -> Reply {
    Ok(match has(state, heard, "identify")? {
        true => recorded::me(),
        false => recorded::me_without_identify(),
    })
}

pub(super) fn userinfo(state: &State, heard: &Heard) -> Reply {
    match has(state, heard, "openid")? {
        true => Ok(recorded::userinfo()),
        false => Err(recorded::missing_scope()),
    }
}

pub(super) fn keys(heard: &Heard) -> Reply {
    match heard.header("authorization") {
        None => Ok(recorded::keys()),
        Some(_) => Err(recorded::unauthorized()), // a token must not be sent where none is needed
    }
}

pub(super) fn application(heard: &Heard) -> Reply {
    is_bot(heard)?;
    Ok(recorded::application())
}

pub(super) fn tokens(heard: &Heard) -> Reply {
    is_user(heard)?;
    let wrong = |pair: &&str| {
        pair.strip_prefix("application_ids=")
            .is_none_or(|id| id.parse::<u64>().is_err())
    };
    let mut pairs = heard.query.split('&').filter(|pair| !pair.is_empty());
    match pairs.find(wrong) {
        None => Ok(recorded::tokens()),
        Some(_) => Err(recorded::invalid_form()),
    }
}

pub(super) fn application_tokens(heard: &Heard, id: &str) -> Reply {
    is_user(heard)?;
    match known(id) {
        Some(_) => Ok(recorded::application_tokens()),
        None => Err(recorded::unknown_application()),
    }
}

pub(super) fn authorization(heard: &Heard, id: &str) -> Reply {
    is_user(heard)?;
    match id {
        AUTHORIZATION => Ok(recorded::authorization()),
        _ => Err(recorded::unknown_token()),
    }
}

pub(super) fn delete(state: &mut State, heard: &Heard, id: &str) -> Reply {
    authorization(heard, id)?;
    state.forget();
    Ok(recorded::no_content())
}

/// Whether the bearer token has this scope.
fn has(state: &State, heard: &Heard, scope: &str) -> Result<bool, Answer> {
    let bearer = heard.header("authorization");
    let token = bearer.and_then(|text| text.strip_prefix("Bearer "));
    let token = token.ok_or_else(recorded::unauthorized)?;
    match state.access.get(token) {
        Some(scopes) => Ok(scopes.contains(scope)),
        None => Err(recorded::invalid_access_token()),
    }
}
