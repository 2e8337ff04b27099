//! The REST calls of phone and desktop: one file per endpoint with its path, bodies and error codes for both ends.
//!
//! | call | caller | body | endpoint (feature `http`) |
//! |---|---|---|---|
//! | [`Call::Create`] | phone | [`CreateRequest`], [`CreateResponse`] | [`CreateHandshake`] |
//! | [`Call::Finish`] | phone | [`FinishRequest`] | [`Finish`] |
//! | [`Call::Cancel`] | phone | [`CancelRequest`] | [`Cancel`] |
//! | [`Call::Login`] | desktop | [`LoginRequest`], [`LoginResponse`] | [`ExchangeTicket`] |
//! | [`Call::MfaFinish`] | phone | [`MfaFinishRequest`], [`MfaFinishResponse`] | [`FinishMfa`] |
//!
//! Each body has `encode` and `decode`. Decoding skips unknown keys and refuses nesting over
//! [`MAX_DEPTH`](crate::frame::MAX_DEPTH). It takes bytes of any length: the receiver limits the size. Errors name the
//! field and never its content.
//!
//! Endpoints are `ra_http::Endpoint`s: values that become requests and read replies; nothing here sends anything.
//! Refusals are `ra_http::HttpError`s, except for the two that a machine acts upon (a second factor is required, its
//! answer was wrong): those are replies.
#![cfg_attr(not(feature = "http"), allow(rustdoc::broken_intra_doc_links))]

mod call;
mod cancel;
mod create;
mod finish;
mod login;
mod mfa;
mod mfa_finish;

use alloc::{string::String, vec::Vec};

pub use cancel::*;
pub use create::*;
pub use finish::*;
pub use login::*;
pub use mfa::{MfaMethod, MfaRequired};
pub use mfa_finish::*;
use ra_types::SecretBytes;

use crate::error::{DecodeError, DecodeErrorKind};
use crate::json::{Field, ObjectWriter, read_fields};

call::calls! {
    /// The phone has scanned a fingerprint.
    Create "create" "/users/@me/remote-auth";
    /// The person approves.
    Finish "finish" "/users/@me/remote-auth/finish";
    /// The person declines.
    Cancel "cancel" "/users/@me/remote-auth/cancel";
    /// The desktop exchanges its ticket for the sealed token.
    Login "login" "/users/@me/remote-auth/login";
    /// The person answers a multi-factor challenge.
    MfaFinish "mfa_finish" "/mfa/finish";
}

/// Defines a body that is one secret: `{"field":"…"}`.
macro_rules! secret_body {
    ($(#[$docs:meta])+ $name:ident { $(#[$field_docs:meta])+ $field:ident: $secret:ident }) => {
        $(#[$docs])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $(#[$field_docs])+
            pub $field: $secret,
        }

        impl $name {
            /// The body with this value.
            #[must_use]
            pub fn new($field: $secret) -> Self {
                Self { $field }
            }

            /// The JSON body.
            #[must_use]
            pub fn encode(&self) -> ra_types::SecretBytes {
                super::write(|object| object.text(stringify!($field), self.$field.expose()))
            }

            /// Reads a body.
            ///
            /// # Errors
            /// [`DecodeError`](crate::DecodeError) names the field. An empty value is refused.
            pub fn decode(body: &[u8]) -> Result<Self, crate::DecodeError> {
                let [$field] = super::read(body, [stringify!($field)])?;
                Ok(Self::new($field.filled_secret()?.into()))
            }
        }
    };
}
use secret_body;

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

#[cfg(feature = "http")]
mod client {
    //! The parts that endpoints share.

    pub(super) use http::{Request, Response};
    pub(super) use ra_http::{BaseUrl, Body, Endpoint, HttpError, check_status};

    use http::header;
    use ra_http::{json_post, set_secret_header};
    use ra_types::{SecretBytes, Token};

    use super::{Call, DecodeError};

    /// A call of the phone, with its account's token, without a scheme, in `Authorization`.
    pub(super) fn phone_post(
        base: &BaseUrl,
        call: Call,
        authorization: &Token,
        body: SecretBytes,
    ) -> Result<Request<Body>, HttpError> {
        let mut request = json_post(base, call.path(), body.into_vec())?;
        let token = authorization.expose();
        set_secret_header(&mut request, header::AUTHORIZATION, token, "authorization")?;
        Ok(request)
    }

    /// Reads the body of a success.
    pub(super) fn read_reply<T>(
        response: Response<Body>,
        decode: impl FnOnce(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<T, HttpError> {
        let response = check_status(response)?;
        match decode(response.body().as_bytes()) {
            Ok(reply) => Ok(reply),
            Err(error) => Err(HttpError::bad_body(response, error.field())),
        }
    }
}
