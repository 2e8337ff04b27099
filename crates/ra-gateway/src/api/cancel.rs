//! `POST /users/@me/remote-auth/cancel`.

use ra_proto::rest::CancelRequest;

use super::Done;
use crate::accounts::Account;
use crate::observe::problem::Problem;
use crate::shared::Shared;

/// The person said no.
pub(super) async fn answer(
    shared: &Shared,
    account: &Account,
    body: &[u8],
) -> Result<Done, Problem> {
    let token = CancelRequest::decode(body)?.handshake_token;
    shared.backplane.decline(account.user.id, &token).await?;
    Ok(Done::NoContent)
}
