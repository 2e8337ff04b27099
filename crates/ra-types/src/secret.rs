//! Texts and bytes that must not be seen: redacted in `Debug`, compared in constant time, wiped on
//! drop, and neither `Display` nor `Serialize` (R-34).

use alloc::borrow::{Cow, ToOwned as _};
use alloc::{string::String, vec::Vec};
use core::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Defines one secret text type; they differ in meaning only, so that none is taken for another.
macro_rules! secret_text {
    ($($(#[$docs:meta])+ $name:ident;)+) => {$(
        $(#[$docs])+
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the text over; it is wiped when this value is dropped.
            #[must_use]
            pub fn new(text: String) -> Self {
                Self(Zeroizing::new(text))
            }

            /// The secret itself. Keep it out of logs and errors.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl From<Sensitive<'_>> for $name {
            fn from(text: Sensitive<'_>) -> Self {
                Self::new(text.into_string())
            }
        }

        impl PartialEq for $name {
            /// Takes the same time wherever the texts differ; their lengths are not hidden.
            fn eq(&self, other: &Self) -> bool {
                same(self.expose(), other.expose())
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

secret_text! {
    /// A user's token: what a login ends with, and what the phone's calls are authorised by.
    ///
    /// ```
    /// let token = ra_proto::Token::new("hunter2".to_owned());
    /// assert_eq!(format!("{token:?}"), "Token(..)");
    /// assert_eq!(token.expose(), "hunter2");
    /// ```
    Token;
    /// What `pending_login` brings and the ticket exchange turns into a token (R-13, R-30).
    Ticket;
    /// The phone's right to finish or cancel one login, valid for about 120 s (R-41).
    HandshakeToken;
    /// Names one multi-factor challenge of `finish` (R-43).
    MfaTicket;
    /// Proof of a passed multi-factor challenge, sent with the second `finish` (R-43).
    MfaToken;
    /// What a person answers to a multi-factor challenge: one-time code, backup code or password.
    MfaAnswerText;
}

/// A secret text inside a frame: borrowed from the frame's text where possible, wiped on drop where
/// it had to be copied.
///
/// ```
/// use ra_proto::{Sensitive, Ticket};
///
/// let text = Sensitive::from("a ticket");
/// assert_eq!(format!("{text:?}"), "Sensitive(..)");
/// assert_eq!(Ticket::from(text).expose(), "a ticket");
/// ```
#[derive(Clone)]
pub struct Sensitive<'a>(Place<'a>);

/// A `Cow` whose copy is wiped.
#[derive(Clone)]
enum Place<'a> {
    Borrowed(&'a str),
    Owned(Zeroizing<String>),
}

impl<'a> Sensitive<'a> {
    /// The secret itself. Keep it out of logs and errors.
    #[must_use]
    pub fn expose(&self) -> &str {
        match &self.0 {
            Place::Borrowed(text) => text,
            Place::Owned(text) => text,
        }
    }

    /// Whether the text is borrowed, that is, nothing was copied.
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        matches!(self.0, Place::Borrowed(_))
    }

    pub(crate) fn into_string(self) -> String {
        match self.0 {
            Place::Borrowed(text) => text.to_owned(),
            Place::Owned(mut text) => core::mem::take(&mut *text),
        }
    }
}

impl<'a> From<&'a str> for Sensitive<'a> {
    fn from(text: &'a str) -> Self {
        Self(Place::Borrowed(text))
    }
}

impl From<String> for Sensitive<'_> {
    fn from(text: String) -> Self {
        Self(Place::Owned(Zeroizing::new(text)))
    }
}

impl<'a> From<Cow<'a, str>> for Sensitive<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl PartialEq for Sensitive<'_> {
    /// Takes the same time wherever the texts differ; their lengths are not hidden.
    fn eq(&self, other: &Self) -> bool {
        same(self.expose(), other.expose())
    }
}

impl Eq for Sensitive<'_> {}

impl fmt::Debug for Sensitive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(..)")
    }
}

/// An encoded body that holds a secret: redacted in `Debug`, wiped on drop.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over; they are wiped when this value is dropped.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves. Keep them out of logs and errors.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Hands the bytes over without a copy. From here on wiping them is the caller's duty.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<u8> {
        core::mem::take(&mut *self.0)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(..)")
    }
}

fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}
