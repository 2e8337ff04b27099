//! The calls that yield tokens, start a device flow, or revoke: forms with client authentication, one file each
//! (sections E, G and J of the checklist).
//!
//! All of them are [`Endpoint`](ra_http::Endpoint)s: at Discord's path below the base that the carrier is given, or at
//! a URL of their own after `.at(url)`. Their bodies are forms, never JSON (O-007). Credentials go into the form or
//! into `Authorization: Basic`, as the client says, never both (O-096).

pub use client_credentials::{ClientCredentials, ClientCredentialsError};
pub use device_authorization::DeviceAuthorization;
pub use exchange_code::ExchangeCode;
pub use poll_device::PollDevice;
pub use refresh::Refresh;
pub use revoke::Revoke;
pub use start_device::StartDevice;

mod client_credentials;
mod device_authorization;
mod exchange_code;
mod poll_device;
mod refresh;
mod revoke;
mod start_device;

#[cfg(test)]
mod tests;

/// `POST /oauth2/token` with this grant type (O-095).
fn token_form(grant_type: &str) -> crate::wire::Form {
    let mut form = crate::wire::Form::default();
    form.push("grant_type", grant_type);
    form
}

/// Adds a provisional account's token (O-104): both members, or neither, never one of them.
fn push_external_auth(
    form: &mut crate::wire::Form,
    auth: Option<&crate::ExternalAuth>,
) -> Result<(), ra_http::HttpError> {
    let Some(auth) = auth else { return Ok(()) };
    for (name, value) in [
        ("external_auth_type", auth.kind.as_str()),
        ("external_auth_token", auth.token.expose()),
    ] {
        form.push_required(name, value)?;
    }
    Ok(())
}
