use alloc::borrow::ToOwned as _;
use alloc::{string::String, vec::Vec};

use zeroize::Zeroizing;

use super::{read, write};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::json::{ObjectWriter, Raw, elements, read_fields};
use ra_types::{MfaAnswerText, MfaTicket, MfaToken, SecretBytes};

/// More methods than this is no challenge that a person could be asked.
const MAX_METHODS: usize = 32;

/// How a person may answer a multi-factor challenge.
///
/// ```
/// use ra_proto::rest::MfaMethod;
///
/// assert_eq!(MfaMethod::from("totp"), MfaMethod::Totp);
/// assert_eq!(MfaMethod::from("sms").as_str(), "sms");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MfaMethod {
    /// One-time code of an authenticator.
    Totp,
    /// One of the backup codes.
    Backup,
    /// The account's password.
    Password,
    /// One that this version cannot answer, by its name on the wire.
    Unknown(String),
}

impl MfaMethod {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Totp => "totp",
            Self::Backup => "backup",
            Self::Password => "password",
            Self::Unknown(name) => name,
        }
    }
}

impl From<&str> for MfaMethod {
    fn from(name: &str) -> Self {
        match name {
            "totp" => Self::Totp,
            "backup" => Self::Backup,
            "password" => Self::Password,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// The error body with code 60003: `finish` wants a second factor first (R-43).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MfaRequired {
    /// Names the challenge in the answer.
    pub ticket: MfaTicket,
    /// What the account has set up, in the peer's order.
    pub methods: Vec<MfaMethod>,
}

impl MfaRequired {
    /// Discord's error code for "two factor is required".
    pub const CODE: u64 = 60003;

    /// A challenge.
    #[must_use]
    pub fn new(ticket: MfaTicket, methods: Vec<MfaMethod>) -> Self {
        Self { ticket, methods }
    }

    /// The JSON error body, code and message included.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        let mut methods = String::from("[");
        for method in &self.methods {
            if methods.len() > 1 {
                methods.push(',');
            }
            ObjectWriter::new(&mut methods)
                .text("type", method.as_str())
                .end();
        }
        methods.push(']');
        let mut mfa = Zeroizing::new(String::new());
        ObjectWriter::new(&mut mfa)
            .raw("methods", &methods)
            .text("ticket", self.ticket.expose())
            .end();
        write(|object| {
            object
                .text("message", "Two factor is required for this operation")
                .number("code", Self::CODE)
                .raw("mfa", &mfa)
        })
    }

    /// Reads an error body. Its `code` is left to the caller, who had to read it to come here.
    ///
    /// # Errors
    /// [`DecodeError`] names the field: `mfa`, `mfa.ticket` or `mfa.methods`.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [mfa] = read(body, ["mfa"])?;
        let [ticket, methods] = read_fields(mfa.object()?, ["ticket", "methods"])?;
        let within = |field| move |error: DecodeError| DecodeError::at(error.kind(), None, field);
        let ticket = ticket.filled_secret().map_err(within("mfa.ticket"))?.into();
        let methods = methods.raw().map_err(within("mfa.methods"))?;
        let methods =
            read_methods(methods).map_err(|kind| DecodeError::at(kind, None, "mfa.methods"))?;
        Ok(Self { ticket, methods })
    }
}

/// `POST /mfa/finish`, asking: the person's answer (R-43).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MfaFinishRequest {
    /// From [`MfaRequired`].
    pub ticket: MfaTicket,
    /// Which kind of answer it is, `mfa_type` on the wire.
    pub method: MfaMethod,
    /// The answer.
    pub data: MfaAnswerText,
}

impl MfaFinishRequest {
    /// An answer to the challenge that `ticket` names.
    #[must_use]
    pub fn new(ticket: MfaTicket, method: MfaMethod, data: MfaAnswerText) -> Self {
        Self {
            ticket,
            method,
            data,
        }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        write(|object| {
            object
                .text("ticket", self.ticket.expose())
                .text("mfa_type", self.method.as_str())
                .text("data", self.data.expose())
        })
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field; an empty ticket or answer is one.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [ticket, mfa_type, data] = read(body, ["ticket", "mfa_type", "data"])?;
        let ticket = ticket.filled_secret()?.into();
        let method = MfaMethod::from(&*mfa_type.text()?);
        Ok(Self {
            ticket,
            method,
            data: data.filled_secret()?.into(),
        })
    }
}

/// `POST /mfa/finish`, answering: goes with the second `finish` as `X-Discord-MFA-Authorization` (R-43).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MfaFinishResponse {
    /// For the header.
    pub token: MfaToken,
}

impl MfaFinishResponse {
    /// An answer with this token.
    #[must_use]
    pub fn new(token: MfaToken) -> Self {
        Self { token }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        write(|object| object.text("token", self.token.expose()))
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field; an empty one is refused.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [token] = read(body, ["token"])?;
        Ok(Self {
            token: token.filled_secret()?.into(),
        })
    }
}

/// Methods come as objects with a `type`, and from some peers as plain strings.
fn read_methods(list: Raw<'_>) -> Result<Vec<MfaMethod>, DecodeErrorKind> {
    let method = |element: Raw<'_>| {
        let name = if let Ok(object) = element.object() {
            let name = read_fields(object, ["type"]).and_then(|[name]| name.text());
            name.map_err(|error| error.kind())?
        } else {
            element.text()?
        };
        Ok(MfaMethod::from(&*name))
    };
    elements(list, MAX_METHODS)?
        .into_iter()
        .map(method)
        .collect()
}
