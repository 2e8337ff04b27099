//! The REST calls of phones and desktops: what each checks, in which order.

mod cancel;
mod create;
mod finish;
mod login;
mod mfa_finish;

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use ra_proto::rest::Call;
use ra_proto::{SecretBytes, Token};
use tokio::time::{Instant, timeout};

use crate::accounts::{Account, AccountsError, AccountsErrorKind, AccountsFailure, Answer};
use crate::observe::problem::Problem;
use crate::shared::Shared;

/// Answer to a call that was accepted.
#[derive(Debug)]
pub(crate) enum Done {
    /// 200 and this body.
    Json(SecretBytes),
    /// 204.
    NoContent,
}

/// Answers a call.
pub(crate) async fn answer(
    shared: &Shared,
    call: Call,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Done, Problem> {
    if call == Call::Login {
        return login::answer(shared, headers, body).await;
    }
    let account = authenticate(shared, headers).await?;
    shared.gate.call_of(shared.clock.now(), account.user.id)?;
    match call {
        Call::Create => create::answer(shared, &account, body).await,
        Call::Finish => finish::answer(shared, &account, headers, body).await,
        Call::Cancel => cancel::answer(shared, &account, body).await,
        Call::MfaFinish => mfa_finish::answer(shared, &account, body).await,
        Call::Login => Err(Problem::Internal),
    }
}

/// Looks up the account of a call. The header counts as a whole, without any scheme.
async fn authenticate(shared: &Shared, headers: &HeaderMap) -> Result<Account, Problem> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let authorization = header
        .filter(|value| !value.is_empty())
        .ok_or(Problem::Unauthorized)?;
    let authorization = Token::new(authorization.to_owned());
    let account = within(shared, shared.accounts.authenticate(&authorization)).await?;
    account.ok_or(Problem::Unauthorized)
}

/// Waits for the accounts, but not for ever.
async fn within<T>(shared: &Shared, answer: Answer<'_, T>) -> Result<T, Problem> {
    let limit: Duration = shared.config.limits.accounts_within;
    let since = Instant::now();
    let answered = timeout(limit, answer).await.unwrap_or_else(|_| {
        let late = AccountsError::new(AccountsErrorKind::Unavailable);
        Err(late.with_failure(AccountsFailure::TimedOut))
    });
    let failure = answered.as_ref().err().and_then(AccountsError::failure);
    shared.metrics.accounts_answered(since.elapsed(), failure);
    Ok(answered?)
}
