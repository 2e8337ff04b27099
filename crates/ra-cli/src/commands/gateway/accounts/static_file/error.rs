//! Errors of an accounts file.

use std::error::Error;
use std::{fmt, io};

/// An accounts file that cannot be used. Names account, line and field, never their values.
#[derive(Debug)]
pub(crate) struct AccountsFileError {
    pub(super) kind: AccountsFileErrorKind,
    /// Number of the `[[account]]`, from 1.
    pub(super) account: Option<usize>,
    /// Line, from 1.
    pub(super) line: Option<usize>,
    pub(super) field: Option<&'static str>,
    source: Option<io::Error>,
}

/// Kind of error in an accounts file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountsFileErrorKind {
    /// The file cannot be read.
    Io,
    /// The file is too large, or has too many accounts.
    TooLarge,
    /// The file is not TOML.
    Syntax,
    /// There is no `[[account]]` in the file.
    NoAccounts,
    UnknownKey,
    /// A required field is missing.
    Missing,
    WrongType,
    /// The value of a field cannot be used.
    Invalid,
    /// An earlier account has the same value.
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
