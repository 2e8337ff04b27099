//! Bodies of the REST calls, each for both ends.
//!
//! Decoding skips unknown keys, refuses nesting over [`MAX_DEPTH`](crate::frame::MAX_DEPTH), and takes
//! bytes of any length: the cap on a body's size is where it is received. Errors name the field and
//! never its content.

mod login;
mod mfa;
mod phone;

use alloc::{string::String, vec::Vec};

pub use login::{LoginRequest, LoginResponse};
pub use mfa::{MfaFinishRequest, MfaFinishResponse, MfaMethod, MfaRequired};
pub use phone::{CancelRequest, CreateRequest, CreateResponse, FinishRequest};

use crate::error::{DecodeError, DecodeErrorKind};
use crate::json::{Field, ObjectWriter, read_fields};
use ra_types::SecretBytes;

/// Reads the fields of these keys.
fn read<'a, const N: usize>(
    body: &'a [u8],
    keys: [&'static str; N],
) -> Result<[Field<'a>; N], DecodeError> {
    let text =
        core::str::from_utf8(body).map_err(|_| DecodeError::whole(DecodeErrorKind::NotJson))?;
    read_fields(text, keys)
}

fn write(members: impl FnOnce(ObjectWriter<'_>) -> ObjectWriter<'_>) -> SecretBytes {
    let mut out = String::new();
    members(ObjectWriter::new(&mut out)).end();
    SecretBytes::new(Vec::from(out))
}
