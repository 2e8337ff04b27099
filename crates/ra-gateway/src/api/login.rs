//! `POST /users/@me/remote-auth/login`.

use http::HeaderMap;
use ra_proto::base64;
use ra_proto::rest::{LoginRequest, LoginResponse};

use super::Done;
use crate::observe::problem::Problem;
use crate::shared::Shared;

/// The desktop exchanges its ticket. Who calls is not asked: whoever it is, only the holder of the
/// ticket's key can open the answer.
pub(super) async fn answer(
    shared: &Shared,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Done, Problem> {
    let ticket = LoginRequest::decode(body)?.ticket;
    // before the ticket is used up, and whether or not there is one
    let captcha = shared.config.captcha.as_ref();
    if let Some(challenge) = captcha.and_then(|captcha| captcha.challenge(headers)) {
        return Err(Problem::Captcha(challenge));
    }
    let sealed = shared.backplane.redeem(&ticket).await?;
    shared.gate.nudge();
    Ok(Done::Json(
        LoginResponse::new(base64::encode_standard(&sealed)).encode(),
    ))
}
