//! Reasons to refuse an ID token.

use core::{error::Error, fmt};

/// Reason an ID token is refused. Never holds its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdTokenError {
    /// There is no ID token: it needs the scope `openid` (O-138).
    Missing,
    /// It is too long.
    TooLarge,
    /// It does not have three parts in base64url with a JSON object first, or a member is repeated.
    Malformed,
    /// It is signed by another algorithm than RS256, or not at all (S-31).
    Algorithm,
    /// Its header has `crit`, or a `typ` other than `JWT`.
    Header(&'static str),
    /// The service has no such key.
    UnknownKey,
    /// The signature does not match the named key.
    Signature,
    /// The signed part is not a JSON object, or a claim is repeated.
    Payload,
    /// This claim is missing, malformed, or for another issuer, application, nonce or access token.
    Claim(&'static str),
    /// It has expired (S-32).
    Expired,
    /// `iat` or `nbf` lies in the future (S-32).
    NotYetValid,
}

impl fmt::Display for IdTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "there is no id token",
            Self::TooLarge => "the id token is too large",
            Self::Malformed => "the id token is not a signed token",
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
