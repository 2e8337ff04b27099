//! Multi-factor challenges (R-43): the error body of `finish` and the methods it offers.

use alloc::borrow::ToOwned as _;
use alloc::{string::String, vec::Vec};

use zeroize::Zeroizing;

use super::{read, write};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::json::{ObjectWriter, Raw, elements, read_fields};
use ra_types::{MfaTicket, SecretBytes};

/// The longest list of methods that is read.
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
    /// A method that this version cannot answer, with its name on the wire.
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

/// The error body with code 60003: `finish` requires a second factor first (R-43).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MfaRequired {
    /// Names the challenge in the answer.
    pub ticket: MfaTicket,
    /// The methods that the account has set up, in the peer's order.
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

    /// Reads an error body. The caller has checked its `code`.
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

/// Reads methods: objects with a `type`, or plain strings from some peers.
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
