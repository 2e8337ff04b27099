//! `POST /users/@me/remote-auth/login`.

use http::HeaderMap;
use ra_proto::base64;
use ra_proto::rest::{LoginRequest, LoginResponse};

use super::Done;
use crate::observe::problem::Problem;
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
    let sealed = shared.backplane.redeem(&ticket).await?;
    shared.gate.nudge();
    Ok(Done::Json(
        LoginResponse::new(base64::encode_standard(&sealed)).encode(),
    ))
}
