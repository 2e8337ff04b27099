//! Errors of accounts.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::observe::problem::{MAX_WAIT, Problem, WAIT};
use crate::observe::reason::AccountsFailure;

/// The accounts did not answer the question that they were asked.
///
/// `Display` says the kind. What the accounts wrote stays out of it; a cause is in
/// [`source`](Error::source) and goes to nobody's client.
#[derive(Debug)]
pub struct AccountsError {
    kind: AccountsErrorKind,
    failure: Option<AccountsFailure>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// Reason the accounts did not answer. It decides what the client gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountsErrorKind {
    /// Not now: down, slow or busy. 503 with `Retry-After`.
    Unavailable,
    /// There is no such account, or no more. 401.
    Unknown,
    /// There is, and it may not log in here. 403.
    Forbidden,
    /// An answer that makes no sense. 502.
    Broken,
}

impl AccountsError {
    /// An error without a cause that could be told.
    #[must_use]
    pub fn new(kind: AccountsErrorKind) -> Self {
        Self {
            kind,
            failure: None,
            retry_after: None,
            source: None,
        }
    }

    /// Says what kept the accounts from an answer.
    #[must_use]
    pub fn with_failure(self, failure: AccountsFailure) -> Self {
        Self {
            failure: Some(failure),
            ..self
        }
    }

    /// An error with its cause.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// Sets how long the client should wait: at most five minutes; 5 s if not set.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> AccountsErrorKind {
        self.kind
    }

    /// Returns the failure behind the error; `None` if the accounts answered with a refusal.
    #[must_use]
    pub fn failure(&self) -> Option<AccountsFailure> {
        match self.kind {
            AccountsErrorKind::Unknown | AccountsErrorKind::Forbidden => None,
            AccountsErrorKind::Unavailable => {
                Some(self.failure.unwrap_or(AccountsFailure::Unavailable))
            }
            AccountsErrorKind::Broken => Some(self.failure.unwrap_or(AccountsFailure::BadAnswer)),
        }
    }

    /// Returns how long the client should wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        match error.kind() {
            AccountsErrorKind::Unavailable => {
                let wait = error.retry_after().map_or(WAIT, |wait| wait.min(MAX_WAIT));
                Self::AccountsUnavailable(wait)
            }
            AccountsErrorKind::Unknown => Self::Unauthorized,
            AccountsErrorKind::Forbidden => Self::Forbidden,
            AccountsErrorKind::Broken => Self::BadGateway,
        }
    }
}

impl From<AccountsErrorKind> for AccountsError {
    fn from(kind: AccountsErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for AccountsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            AccountsErrorKind::Unavailable => "the accounts are unavailable",
            AccountsErrorKind::Unknown => "there is no such account",
            AccountsErrorKind::Forbidden => "the account may not log in here",
            AccountsErrorKind::Broken => "the answer of the accounts makes no sense",
        })
    }
}

impl Error for AccountsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r57_errors_of_the_accounts_have_their_statuses() {
        use AccountsErrorKind as Kind;
        for (kind, status) in [
            (Kind::Unavailable, 503),
            (Kind::Unknown, 401),
            (Kind::Forbidden, 403),
            (Kind::Broken, 502),
        ] {
            let problem = Problem::from(AccountsError::new(kind).with_source("canary"));
            assert_eq!(problem.status(), status);
            assert_eq!(problem.retry_after().is_some(), status == 503);
            let body = problem.into_body();
            let body = std::str::from_utf8(body.expose()).unwrap();
            assert!(
                !body.contains("canary") && body.contains("\"code\":"),
                "{body}"
            );
        }
        let wait = |seconds| {
            let error = AccountsError::new(Kind::Unavailable);
            Problem::from(error.with_retry_after(Duration::from_secs(seconds))).retry_after()
        };
        assert_eq!((wait(30), wait(86_400)), (Some(30), Some(300)));
    }
}
