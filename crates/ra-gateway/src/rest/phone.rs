//! `POST /users/@me/remote-auth`, `…/finish` and `…/cancel`.

use http::HeaderMap;
use ra_proto::rest::{CancelRequest, CreateRequest, CreateResponse, FinishRequest, MfaRequired};
use ra_proto::{DecodeErrorKind, MfaToken};

use super::Done;
use crate::accounts::Account;
use crate::problem::Problem;
use crate::shared::Shared;

const MFA_HEADER: &str = "x-discord-mfa-authorization";

/// The phone has scanned.
pub(super) fn create(shared: &Shared, account: &Account, body: &[u8]) -> Result<Done, Problem> {
    let request = CreateRequest::decode(body).map_err(|error| match error.kind() {
        // a text that is no fingerprint is none that we know
        DecodeErrorKind::OutOfRange => Problem::UnknownSession,
        _ => error.into(),
    })?;
    let now = shared.clock.now();
    let token =
        shared
            .rendezvous
            .scan(now, &shared.registry, &request.fingerprint, &account.user)?;
    Ok(Done::Json(CreateResponse::new(token).encode()))
}

/// The person said yes. `temporary_token` is read and not honoured: tokens are the accounts'
/// business, and Discord does not honour it either.
pub(super) fn finish(
    shared: &Shared,
    account: &Account,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Done, Problem> {
    let token = FinishRequest::decode(body)?.handshake_token;
    let now = shared.clock.now();
    // first, so that nobody is asked for a second factor in vain
    shared.rendezvous.may_decide(now, account.user.id, &token)?;
    if !account.mfa.is_empty() && !has_passed_mfa(shared, account, headers) {
        shared.gate.ask_mfa(now, account.user.id)?;
        let ticket = shared.second_factor.ask(now, account.user.id)?;
        return Err(Problem::MfaRequired(MfaRequired::new(
            ticket,
            account.mfa.clone(),
        )));
    }
    shared.rendezvous.approve(now, &account.user, &token)?;
    Ok(Done::NoContent)
}

/// The person said no.
pub(super) fn cancel(shared: &Shared, account: &Account, body: &[u8]) -> Result<Done, Problem> {
    let token = CancelRequest::decode(body)?.handshake_token;
    shared
        .rendezvous
        .decline(shared.clock.now(), account.user.id, &token)?;
    Ok(Done::NoContent)
}

fn has_passed_mfa(shared: &Shared, account: &Account, headers: &HeaderMap) -> bool {
    let token = headers
        .get(MFA_HEADER)
        .and_then(|token| token.to_str().ok());
    token.is_some_and(|token| {
        let token = MfaToken::new(token.to_owned());
        shared
            .second_factor
            .has_passed(shared.clock.now(), account.user.id, &token)
    })
}
