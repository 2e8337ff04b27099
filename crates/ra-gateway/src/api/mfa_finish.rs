//! `POST /mfa/finish`.

use ra_proto::DecodeErrorKind;
use ra_proto::rest::{MfaFinishRequest, MfaFinishResponse};

use super::{Done, within};
use crate::accounts::Account;
use crate::observe::problem::Problem;
use crate::shared::Shared;

/// The person has answered the question for a second factor.
pub(super) async fn answer(
    shared: &Shared,
    account: &Account,
    body: &[u8],
) -> Result<Done, Problem> {
    let request = MfaFinishRequest::decode(body)?;
    if !account.mfa.contains(&request.method) {
        return Err(Problem::BadField("mfa_type", DecodeErrorKind::OutOfRange));
    }
    let id = account.user.id;
    shared.backplane.count(id, &request.ticket).await?;
    shared.gate.try_mfa(shared.clock.now(), id)?;
    let verdict = shared
        .accounts
        .verify_mfa(&account.user, &request.method, &request.data);
    if !within(shared, verdict).await? {
        return Err(Problem::WrongMfaCode);
    }
    let token = shared.backplane.pass(id, &request.ticket).await?;
    Ok(Done::Json(MfaFinishResponse::new(token).encode()))
}
