//! One refresh of a token file at a time: each would spend the refresh token of the other.

use std::fs::{self, File, Metadata};
use std::path::Path;

use crate::outcome::{Failure, Kind};

/// A lock on a token file, released when it is dropped or the process ends. Only those who write take it: a file is
/// replaced whole, so readers need none. Without effect where the system or the file system has no such locks, and as long
/// as there is no file.
#[derive(Debug)]
pub(super) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Takes it, and does not wait for it.
    pub(super) fn take(path: &Path) -> Result<Self, Failure> {
        // What cannot be opened or is no file is for the reader of the token to complain about.
        let file = fs::metadata(path).is_ok_and(|found| found.is_file());
        let file = file.then(|| File::open(path).ok()).flatten();
        match &file {
            Some(file) if !is_ours(file, path) => Err(busy(path)),
            _ => Ok(Self { _file: file }),
        }
    }
}

/// Whether it is locked by us now, and is still the file of that name: whoever had the lock before may have replaced it.
#[cfg(unix)]
fn is_ours(file: &File, path: &Path) -> bool {
    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;
    use std::os::unix::fs::MetadataExt as _;

    let same =
        |one: Metadata, other: Metadata| one.dev() == other.dev() && one.ino() == other.ino();
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => false,
        Err(_) => true, // there are no locks here
        Ok(()) => match (file.metadata(), fs::metadata(path)) {
            (Ok(locked), Ok(there)) => same(locked, there),
            _ => false,
        },
    }
}

#[cfg(not(unix))]
fn is_ours(_: &File, _: &Path) -> bool {
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
        let none = Lock::take(&path).unwrap();
        fs::write(&path, "").unwrap();
        let first = Lock::take(&path).unwrap();
        for _ in 0..2 {
            let failure = Lock::take(&path).unwrap_err();
            assert_eq!(failure.kind, Kind::Local);
            assert!(
                failure
                    .message
                    .ends_with("another command is refreshing it")
            );
        }
        drop(first);
        let second = Lock::take(&path).unwrap();
        drop((none, second));
        Lock::take(directory.path()).unwrap(); // not for us to complain about
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
        assert!(!is_ours(&opened, &path));
        fs::remove_file(&path).unwrap();
        assert!(!is_ours(&opened, &path));
    }
}
