//! Why an ID token is refused.

use core::{error::Error, fmt};

/// What is wrong with an ID token. Never bears its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdTokenError {
    /// The token came without one: it takes the scope `openid` (O-138).
    Missing,
    /// It is longer than any honest one.
    TooLarge,
    /// It is no signed token: three parts in base64url, the first one a JSON object with every member once at most.
    Malformed,
    /// It is signed by another algorithm than RS256, or not at all (S-31).
    Algorithm,
    /// Its header demands what is not understood: `crit`, or a `typ` other than `JWT`.
    Header(&'static str),
    /// The service has no such key.
    UnknownKey,
    /// The signature is not by the key that it names.
    Signature,
    /// The signed part is no JSON object, or a claim is twice there.
    Payload,
    /// This claim is missing, makes no sense, or is not for us: another issuer, application, nonce or access token.
    Claim(&'static str),
    /// It has expired (S-32).
    Expired,
    /// It is from the future: `iat` or `nbf` (S-32).
    NotYetValid,
}

impl fmt::Display for IdTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "there is no id token",
            Self::TooLarge => "the id token is too large",
            Self::Malformed => "the id token is no signed token",
            Self::Algorithm => "the id token is not signed by RS256",
            Self::UnknownKey => "the id token names a key that the service does not have",
            Self::Signature => "the signature of the id token is wrong",
            Self::Payload => "the claims of the id token cannot be read",
            Self::Expired => "the id token has expired",
            Self::NotYetValid => "the id token is not valid yet",
            Self::Header(field) => return write!(f, "the id token's header is wrong at {field}"),
            Self::Claim(field) => return write!(f, "the id token is wrong at {field}"),
        })
    }
}

impl Error for IdTokenError {}
