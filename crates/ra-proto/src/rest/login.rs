use alloc::string::String;
use core::fmt;

use super::{read, write};
use crate::error::DecodeError;
use ra_types::{SecretBytes, Ticket};

/// `POST /users/@me/remote-auth/login`, asking: a ticket to be exchanged (R-30).
///
/// ```
/// use ra_proto::{Ticket, rest::LoginRequest};
///
/// let body = LoginRequest::new(Ticket::new("abc".to_owned())).encode();
/// assert_eq!(body.expose(), br#"{"ticket":"abc"}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginRequest {
    /// From `pending_login`.
    pub ticket: Ticket,
}

impl LoginRequest {
    /// A request to exchange `ticket`.
    #[must_use]
    pub fn new(ticket: Ticket) -> Self {
        Self { ticket }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        write(|object| object.text("ticket", self.ticket.expose()))
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field; an empty ticket is one.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [ticket] = read(body, ["ticket"])?;
        Ok(Self {
            ticket: ticket.filled_secret()?.into(),
        })
    }
}

/// `POST /users/@me/remote-auth/login`, answering: the token, sealed to the desktop's key (R-30).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginResponse {
    /// Base64.
    pub encrypted_token: String,
}

impl LoginResponse {
    /// An answer with this sealed token.
    #[must_use]
    pub fn new(encrypted_token: String) -> Self {
        Self { encrypted_token }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        write(|object| object.text("encrypted_token", &self.encrypted_token))
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field; an empty one is refused.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [encrypted_token] = read(body, ["encrypted_token"])?;
        let encrypted_token = encrypted_token.filled_secret()?;
        Ok(Self {
            encrypted_token: encrypted_token.into_string(),
        })
    }
}

impl fmt::Debug for LoginResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginResponse(..)")
    }
}
