//! `POST /users/@me/remote-auth`.

use ra_proto::DecodeErrorKind;
use ra_proto::rest::{CreateRequest, CreateResponse};

use super::Done;
use crate::accounts::Account;
use crate::observe::problem::Problem;
use crate::shared::Shared;

/// The phone has scanned.
pub(super) async fn answer(
    shared: &Shared,
    account: &Account,
    body: &[u8],
) -> Result<Done, Problem> {
    let request = CreateRequest::decode(body).map_err(|error| match error.kind() {
        // a text that is no fingerprint is none that we know
        DecodeErrorKind::OutOfRange => Problem::UnknownSession,
        _ => error.into(),
    })?;
    shared.gate.scan(shared.clock.now(), account.user.id)?;
    let scan = shared.backplane.scan(&request.fingerprint, &account.user);
    Ok(Done::Json(CreateResponse::new(scan.await?).encode()))
}
