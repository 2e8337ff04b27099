//! `POST /users/@me/remote-auth/finish`.

use http::HeaderMap;
use ra_proto::MfaToken;
use ra_proto::rest::{FinishRequest, MfaRequired};

use super::{Done, within};
use crate::accounts::Account;
use crate::observe::problem::Problem;
use crate::shared::Shared;

const MFA_HEADER: &str = "x-discord-mfa-authorization";

/// The person said yes. `temporary_token` is read and not honoured: tokens are the accounts'
/// business, and Discord does not honour it either.
pub(super) async fn answer(
    shared: &Shared,
    account: &Account,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Done, Problem> {
    let token = FinishRequest::decode(body)?.handshake_token;
    // first, so that nobody is asked for a second factor, nor the accounts for a token, in vain
    let public_key = shared.backplane.may_decide(account.user.id, &token).await?;
    if !account.mfa.is_empty() && !has_passed_mfa(shared, account, headers).await? {
        shared.gate.ask_mfa(shared.clock.now(), account.user.id)?;
        let ticket = shared.backplane.ask(account.user.id).await?;
        return Err(Problem::MfaRequired(MfaRequired::new(
            ticket,
            account.mfa.clone(),
        )));
    }
    let sealed = mint(shared, account, &public_key).await?;
    shared
        .backplane
        .approve(&account.user, &token, sealed)
        .await?;
    Ok(Done::NoContent)
}

/// The token that the desktop will log in with, sealed to its key. Open, it is nowhere but here.
async fn mint(shared: &Shared, account: &Account, public_key: &[u8]) -> Result<Box<[u8]>, Problem> {
    let token = within(shared, shared.accounts.mint_token(&account.user)).await?;
    let sealed = shared
        .backend
        .peer_key(public_key)
        .ok()
        .filter(|_| !token.expose().is_empty())
        .and_then(|key| {
            key.seal(
                token.expose().as_bytes(),
                &mut *shared.config.entropy.open(),
            )
            .ok()
        });
    // the key was good before: what fails here is the token's length or this machine
    Ok(sealed.ok_or(Problem::Internal)?.into())
}

async fn has_passed_mfa(
    shared: &Shared,
    account: &Account,
    headers: &HeaderMap,
) -> Result<bool, Problem> {
    let token = headers
        .get(MFA_HEADER)
        .and_then(|token| token.to_str().ok());
    let Some(token) = token else {
        return Ok(false);
    };
    let token = MfaToken::new(token.to_owned());
    shared.backplane.has_passed(account.user.id, &token).await
}
