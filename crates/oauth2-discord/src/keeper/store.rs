//! Storage for a token set that outlives the process.

use core::{error::Error, fmt};
use std::io;

use super::TokenSet;

/// Keeps one token set. Implementations write the whole set or nothing: after a crash [`Store::load`] yields either
/// what the last [`Store::save`] that returned wrote, or something newer.
pub trait Store {
    /// Reads the stored set; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be read, or should not be trusted.
    fn load(&mut self) -> Result<Option<TokenSet>, StoreError>;

    /// Stores this set instead of the last one, and returns when a crash can no longer lose it.
    ///
    /// # Errors
    /// It may not be stored. The keeper tries again.
    fn save(&mut self, set: &TokenSet) -> Result<(), StoreError>;

    /// Removes the set. An empty store is not an error.
    ///
    /// # Errors
    /// It may still be stored. The keeper tries again.
    fn clear(&mut self) -> Result<(), StoreError>;
}

/// Keeps the set as long as the process runs.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Option<TokenSet>);

/// Failure of a store. Never holds the content.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<io::Error>,
}

/// Kinds of [`StoreError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The system or the service behind it refused; [`Error::source`] says more.
    Io,
    /// Others than the owner may read or write it: it is not used.
    NotPrivate,
    /// It belongs to another user, who may have chosen what is in it: it is not used.
    NotOurs,
    /// It is not an ordinary file.
    NotAFile,
    /// The content is not a token set, or is too large.
    NotATokenSet,
}

impl MemoryStore {
    /// A store with this set in it.
    #[must_use]
    pub const fn new(set: TokenSet) -> Self {
        Self(Some(set))
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Option<TokenSet>, StoreError> {
        Ok(self.0.clone())
    }

    fn save(&mut self, set: &TokenSet) -> Result<(), StoreError> {
        self.0 = Some(set.clone());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        self.0 = None;
        Ok(())
    }
}

impl StoreError {
    /// A failure of this kind.
    #[must_use]
    pub const fn new(kind: StoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self {
            kind: StoreErrorKind::Io,
            source: Some(error),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Io => "the token store cannot be used",
            StoreErrorKind::NotPrivate => "others may read or write the token store",
            StoreErrorKind::NotOurs => "the token store belongs to another user",
            StoreErrorKind::NotAFile => "the token store is not an ordinary file",
            StoreErrorKind::NotATokenSet => "the stored content is not a token set",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
