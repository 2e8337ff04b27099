//! `POST /users/@me/remote-auth/login`.

use http::HeaderMap;
use ra_proto::base64;
use ra_proto::rest::{LoginRequest, LoginResponse};

use super::{Done, within};
use crate::problem::Problem;
use crate::shared::Shared;

/// The desktop exchanges its ticket. Who calls is not asked: whoever it is, only the holder of the
/// ticket's key can open the answer.
pub(super) async fn login(
    shared: &Shared,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Done, Problem> {
    let ticket = LoginRequest::decode(body)?.ticket;
    // before the ticket is used up, and whether or not there is one
    if let Some(captcha) = &shared.config.captcha {
        captcha
            .check(headers)
            .map_err(|why| Problem::Captcha(captcha.body(why)))?;
    }
    let granted = shared.rendezvous.redeem(shared.clock.now(), &ticket)?;
    shared.gate.nudge();
    let token = within(shared, shared.accounts.mint_token(&granted.user)).await?;
    let sealed = shared
        .backend
        .peer_key(&granted.public_key)
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
    let sealed = sealed.ok_or(Problem::Internal)?;
    Ok(Done::Json(
        LoginResponse::new(base64::encode_standard(&sealed)).encode(),
    ))
}
