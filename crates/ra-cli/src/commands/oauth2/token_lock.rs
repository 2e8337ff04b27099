//! The lock on a token file: two refreshes at once would spend each other's refresh token.

use std::fs::{self, File};
use std::path::Path;

use crate::outcome::{Failure, Kind};

/// A lock on a token file, released when dropped or when the process ends. Only writers take it: a file is replaced as
/// a whole, so readers need none. There is no lock where the system or the file system has none, or without a file.
#[derive(Debug)]
pub(super) struct TokenLock {
    _file: Option<File>,
}

impl TokenLock {
    /// Takes the lock without waiting for it.
    pub(super) fn take(path: &Path) -> Result<Self, Failure> {
        // The reader of the token reports a file that cannot be opened or is not a file.
        let file = fs::metadata(path).is_ok_and(|found| found.is_file());
        let file = file.then(|| File::open(path).ok()).flatten();
        match &file {
            Some(file) if !is_locked_here(file, path) => Err(busy(path)),
            _ => Ok(Self { _file: file }),
        }
    }
}

/// Locks the file. It must still have its name then: the last owner of the lock may have replaced it.
#[cfg(unix)]
fn is_locked_here(file: &File, path: &Path) -> bool {
    use std::fs::TryLockError;
    use std::os::unix::fs::MetadataExt as _;

    match file.try_lock() {
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => true, // there are no locks here
        Ok(()) => match (file.metadata(), fs::metadata(path)) {
            (Ok(locked), Ok(named)) => (locked.dev(), locked.ino()) == (named.dev(), named.ino()),
            _ => false,
        },
    }
}

/// Elsewhere a lock would keep readers out as well.
#[cfg(not(unix))]
fn is_locked_here(_: &File, _: &Path) -> bool {
    true
}

fn busy(path: &Path) -> Failure {
    let path = path.display();
    Failure::new(
        Kind::Local,
        format!("cannot use {path}: another command is refreshing it"),
    )
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn it_is_taken_once_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token.json");
        let none = TokenLock::take(&path).unwrap();
        fs::write(&path, "").unwrap();
        let first = TokenLock::take(&path).unwrap();
        for _ in 0..2 {
            let failure = TokenLock::take(&path).unwrap_err();
            assert_eq!(failure.kind, Kind::Local);
            assert!(
                failure
                    .message
                    .ends_with("another command is refreshing it")
            );
        }
        drop(first);
        let second = TokenLock::take(&path).unwrap();
        drop((none, second));
        TokenLock::take(directory.path()).unwrap(); // the reader of the token reports it
    }

    #[test]
    fn a_lock_on_a_file_that_was_replaced_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token.json");
        let other = directory.path().join("other");
        fs::write(&path, "").unwrap();
        fs::write(&other, "").unwrap();
        let opened = File::open(&path).unwrap();
        fs::rename(&other, &path).unwrap();
        assert!(!is_locked_here(&opened, &path));
        fs::remove_file(&path).unwrap();
        assert!(!is_locked_here(&opened, &path));
    }
}
