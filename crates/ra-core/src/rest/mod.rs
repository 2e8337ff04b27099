//! The REST calls of the desktop and of the phone, one file each, as [`Endpoint`]s: values that become requests and
//! read replies. Nothing here sends anything.
//!
//! | endpoint | who | call |
//! |---|---|---|
//! | [`ExchangeTicket`] | desktop | `POST /users/@me/remote-auth/login` (R-30) |
//! | [`CreateHandshake`] | phone | `POST /users/@me/remote-auth` (R-41) |
//! | [`Finish`] | phone | `POST /users/@me/remote-auth/finish` (R-42, R-43) |
//! | [`Cancel`] | phone | `POST /users/@me/remote-auth/cancel` (R-42) |
//! | [`FinishMfa`] | phone | `POST /mfa/finish` (R-43) |
//!
//! Refusals are [`HttpError`]s; those that a machine has to act upon (a second factor is wanted, its answer was wrong)
//! are replies with a type of their own.

mod cancel;
mod create;
mod finish;
mod login;
mod mfa;
#[cfg(test)]
mod tests;

use http::{Request, Response, header};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, check_status, json_post, set_secret_header};
use ra_proto::{DecodeError, SecretBytes, Token};

pub use cancel::Cancel;
pub use create::CreateHandshake;
pub use finish::{Finish, FinishReply};
pub use login::ExchangeTicket;
pub use mfa::{FinishMfa, FinishMfaReply};

/// A call of the phone: bears its account's token, as it is, in `Authorization`.
fn phone_post(
    base: &BaseUrl,
    path: &str,
    authorization: &Token,
    body: SecretBytes,
) -> Result<Request<Body>, HttpError> {
    let mut request = json_post(base, path, body.into_vec())?;
    let token = authorization.expose();
    set_secret_header(&mut request, header::AUTHORIZATION, token, "authorization")?;
    Ok(request)
}

/// Reads the body of a success.
fn read<T>(
    response: Response<Body>,
    decode: impl FnOnce(&[u8]) -> Result<T, DecodeError>,
) -> Result<T, HttpError> {
    let response = check_status(response)?;
    match decode(response.body().as_bytes()) {
        Ok(reply) => Ok(reply),
        Err(error) => Err(HttpError::bad_body(response, error.field())),
    }
}
