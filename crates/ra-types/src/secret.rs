//! Secret texts and bytes: redacted in `Debug`, compared in constant time, wiped on drop, and neither `Display` nor
//! `Serialize` (R-34, S-41).

use alloc::borrow::{Cow, ToOwned as _};
use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Deserializer, de};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Defines secret text types: [`SecretText`] under names of their own, so that one cannot be passed for another.
///
/// ```
/// ra_types::secret_text! {
///     /// Password of the vault.
///     Password;
/// }
/// let password = Password::new("hunter2");
/// assert_eq!(format!("{password:?}"), "Password(..)");
/// assert_eq!(password.expose(), "hunter2");
/// ```
#[macro_export]
macro_rules! secret_text {
    ($($(#[$docs:meta])+ $name:ident;)+) => {$(
        $(#[$docs])+
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name($crate::SecretText);

        impl $name {
            /// Takes over the text; it is wiped on drop.
            #[must_use]
            pub fn new(text: impl ::core::convert::Into<$crate::alloc::string::String>) -> Self {
                Self(text.into().into())
            }

            /// The secret itself. Keep it out of logs and errors.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl ::core::convert::From<$crate::Sensitive<'_>> for $name {
            fn from(text: $crate::Sensitive<'_>) -> Self {
                Self(text.into())
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(::core::concat!(::core::stringify!($name), "(..)"))
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            /// Errors name the type that was found, never the text.
            fn deserialize<D: $crate::serde::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                $crate::serde::Deserialize::deserialize(from).map(Self)
            }
        }
    )+};
}

secret_text! {
    /// A user's token: the result of a login, and the credential of the phone's calls. Anyone holding it can act as the
    /// user.
    Token;
    /// The ticket that `pending_login` brings and the ticket exchange turns into a token (R-13, R-30).
    Ticket;
    /// The phone's right to finish or cancel one login, valid for about 120 s (R-41).
    HandshakeToken;
    /// Names one multi-factor challenge of `finish` (R-43).
    MfaTicket;
    /// Proof of a passed multi-factor challenge, sent with the second `finish` (R-43).
    MfaToken;
    /// A person's answer to a multi-factor challenge: one-time code, backup code or password.
    MfaAnswerText;
}

/// An owned secret text without a meaning of its own: the value inside each type that [`secret_text!`] defines.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The secret itself. Keep it out of logs and errors.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<Zeroizing<String>> for SecretText {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl From<Sensitive<'_>> for SecretText {
    fn from(text: Sensitive<'_>) -> Self {
        match text.0 {
            Place::Borrowed(text) => text.to_owned().into(),
            Place::Owned(text) => Self(text),
        }
    }
}

impl PartialEq for SecretText {
    /// Takes the same time wherever the texts differ; their lengths are not hidden.
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq(self.expose(), other.expose())
    }
}

impl Eq for SecretText {}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl de::Visitor<'_> for TextVisitor {
            type Value = SecretText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretText, E> {
                Ok(text.to_owned().into())
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<SecretText, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_string(TextVisitor)
    }
}

/// A secret text inside a frame: borrowed from the frame's text where possible, otherwise copied and wiped on drop.
///
/// ```
/// use ra_types::{Sensitive, Ticket};
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

    /// Returns true if the text is borrowed: nothing was copied.
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        matches!(self.0, Place::Borrowed(_))
    }

    /// Hands the text over, copied if it is borrowed. Wiping it is then the caller's duty.
    #[must_use]
    pub fn into_string(self) -> String {
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
        constant_time_eq(self.expose(), other.expose())
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
    /// Takes over the bytes; they are wiped on drop.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves. Keep them out of logs and errors.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Hands the bytes over without a copy. Wiping them is then the caller's duty.
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

/// Compares two texts in constant time. The time shows their lengths, not where they differ.
#[must_use]
pub fn constant_time_eq(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}
