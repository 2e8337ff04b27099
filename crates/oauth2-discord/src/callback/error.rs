//! Reasons to refuse a redirect.

use core::{error::Error, fmt, time::Duration};

use crate::error::{Advice, Description, ErrorCode};

/// Reason a redirect is refused: it does not answer the flow, or it says no.
///
/// `Display` repeats nothing of the redirect but a known error code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackError {
    /// Over 64 KiB.
    TooLong,
    /// It came to another URI than the flow's
    /// ([`PendingCode::with_exact_redirect`](super::PendingCode::with_exact_redirect)).
    OtherRedirect,
    /// A parameter is repeated (S-03).
    Repeated(&'static str),
    /// A parameter is encoded wrongly.
    Malformed(&'static str),
    /// The state is missing, different, or unexpected: the redirect is from another flow or forged (O-085, O-086).
    State,
    /// The issuer is another one (S-25).
    Issuer,
    /// The required issuer is missing (S-25).
    IssuerMissing,
    /// Both a result and an error (S-03).
    Contradiction,
    /// A parameter is missing or empty.
    Missing(&'static str),
    /// An implicit redirect without a fragment (O-090).
    NoFragment,
    /// An access token in the query, where servers and proxies log it; it is refused (O-090, S-09).
    TokenInQuery,
    /// A parameter of an implicit redirect is malformed.
    Unusable(&'static str),
    /// An error redirect, state and issuer checked (O-094).
    Refused(Refusal),
}

/// Content of an error redirect (S-07).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The error code.
    pub code: ErrorCode,
    /// The description for developers, if there is one.
    pub description: Option<Description>,
}

impl Refusal {
    /// A refusal with this code.
    #[must_use]
    pub const fn new(code: ErrorCode, description: Option<Description>) -> Self {
        Self { code, description }
    }
}

impl CallbackError {
    /// Advice about it. For a redirect of another flow it is [`Advice::StartOver`], although a listener may ignore such
    /// a redirect and wait on ([`PendingCode::belongs`](super::PendingCode::belongs)).
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Refused(refusal) => match refusal.code {
                ErrorCode::AccessDenied => Advice::PersonSaidNo,
                ErrorCode::ServerError | ErrorCode::TemporarilyUnavailable => Advice::AskAgain {
                    after: Duration::from_secs(5),
                },
                ErrorCode::LoginRequired
                | ErrorCode::ConsentRequired
                | ErrorCode::InteractionRequired => Advice::StartOver,
                _ => Advice::Configuration,
            },
            _ => Advice::StartOver,
        }
    }
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the redirect is too long"),
            Self::OtherRedirect => f.write_str("the redirect came to another URI"),
            Self::Repeated(field) => write!(f, "the redirect has {field} more than once"),
            Self::Malformed(field) => write!(f, "the redirect encodes {field} wrongly"),
            Self::State => f.write_str("the redirect does not carry the state of this flow"),
            Self::Issuer => f.write_str("the redirect comes from another issuer"),
            Self::IssuerMissing => f.write_str("the redirect does not name its issuer"),
            Self::Contradiction => f.write_str("the redirect has both a result and an error"),
            Self::Missing(field) => write!(f, "the redirect has no {field}"),
            Self::NoFragment => f.write_str("the redirect has no fragment"),
            Self::TokenInQuery => f.write_str("the redirect has its token in the query"),
            Self::Unusable(field) => write!(f, "the redirect is malformed at {field}"),
            Self::Refused(refusal) => write!(f, "the authorization was refused: {}", refusal.code),
        }
    }
}

impl Error for CallbackError {}
