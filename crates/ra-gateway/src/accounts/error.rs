//! What can be wrong with accounts.

use std::error::Error;
use std::{fmt, io};

/// The accounts cannot be asked right now; the client may try again.
#[derive(Debug, Default)]
pub struct AccountsUnavailable(Option<Box<dyn Error + Send + Sync>>);

impl AccountsUnavailable {
    /// Unavailable, for no reason that could be told.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Unavailable because of `source`.
    pub fn with_source(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Some(source.into()))
    }
}

impl fmt::Display for AccountsUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the accounts are unavailable")
    }
}

impl Error for AccountsUnavailable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|source| source as _)
    }
}

/// An accounts file that cannot be used. Names account, line and field, never what stands there.
#[derive(Debug)]
pub struct AccountsFileError {
    kind: AccountsFileErrorKind,
    account: Option<usize>,
    line: Option<usize>,
    field: Option<&'static str>,
    source: Option<io::Error>,
}

/// What is wrong with an accounts file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountsFileErrorKind {
    /// The file cannot be read.
    Io,
    /// The file is too large, or has too many accounts.
    TooLarge,
    /// The file is not TOML.
    Syntax,
    /// There is no `[[account]]` in the file.
    NoAccounts,
    /// A key that means nothing here.
    UnknownKey,
    /// A field that must be there is not.
    Missing,
    /// A field of another type than it should be.
    WrongType,
    /// A field whose value cannot be used.
    Invalid,
    /// The value belongs to an earlier account already.
    Duplicate,
}

impl AccountsFileError {
    pub(super) fn new(kind: AccountsFileErrorKind) -> Self {
        Self {
            kind,
            account: None,
            line: None,
            field: None,
            source: None,
        }
    }

    pub(super) fn io(source: io::Error) -> Self {
        Self {
            source: Some(source),
            ..Self::new(AccountsFileErrorKind::Io)
        }
    }

    pub(super) fn at_field(self, field: &'static str) -> Self {
        Self {
            field: Some(field),
            ..self
        }
    }

    pub(super) fn at_line(self, line: usize) -> Self {
        Self {
            line: self.line.or(Some(line)),
            ..self
        }
    }

    pub(super) fn at_account(self, account: usize) -> Self {
        Self {
            account: Some(account),
            ..self
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> AccountsFileErrorKind {
        self.kind
    }

    /// Which `[[account]]` is to blame, counted from 1.
    #[must_use]
    pub fn account(&self) -> Option<usize> {
        self.account
    }

    /// Which line is to blame, counted from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// Which field is to blame.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        self.field
    }
}

impl fmt::Display for AccountsFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("accounts file")?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(account) = self.account {
            write!(f, ", account {account}")?;
        }
        write!(
            f,
            ": {}",
            self.field
                .map_or_else(String::new, |field| format!("{field} "))
        )?;
        f.write_str(match self.kind {
            AccountsFileErrorKind::Io => "cannot be read",
            AccountsFileErrorKind::TooLarge => "is too large",
            AccountsFileErrorKind::Syntax => "not toml",
            AccountsFileErrorKind::NoAccounts => "there is no [[account]]",
            AccountsFileErrorKind::UnknownKey => "unknown key",
            AccountsFileErrorKind::Missing => "is missing",
            AccountsFileErrorKind::WrongType => "has the wrong type",
            AccountsFileErrorKind::Invalid => "is not valid",
            AccountsFileErrorKind::Duplicate => "belongs to an earlier account already",
        })
    }
}

impl Error for AccountsFileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
