//! The store in a file: the only place of this crate that touches the system.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Store, StoreError, StoreErrorKind, TokenSet};

#[cfg(test)]
mod tests;

/// Largest file that is read; no token set comes near.
const MAX_BYTES: u64 = 1024 * 1024;

/// Keeps a token set as JSON in a file that its owner alone can read.
///
/// A set is written to a second file in the same directory (`.NAME.ra-pending`, [`FileStore::pending_path`]), synced,
/// and renamed over the first, so that there is a whole set at any moment. If the process dies after the second file
/// was written and before the rename, that one counts: the refresh token in the first file may be spent already.
/// Reading looks there first, and the next load, save or clear tidies up. To remove a token by hand, remove both. No
/// other file is touched.
///
/// On Unix both have the mode 0600. A file that others may read or write is refused, and so is another user's
/// ([`FileStore::owned_by`]): its maker chose the token in it. A second file that was not made here (another user's,
/// open to others, a link) is not read, renamed or removed; [`FileStore::check`], load and save fail until a person
/// removes it. On other systems the directory has to protect both. If the first file is a link it is followed, and
/// replaced by the next save.
///
/// Any number of processes may [read](FileStore::read) beside the one that writes. Do not let two processes write: they
/// would spend each other's refresh tokens. `ra oauth2 refresh` locks the first file (`flock`) meanwhile.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    pending: PathBuf,
    user: Option<u32>,
}

/// The steps of a save; tests let the process die before each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Recover,
    Create,
    Write,
    Sync,
    Rename,
    SyncDirectory,
    Return,
}

impl FileStore {
    /// Uses this file, which need not exist yet; its directory has to.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(".ra-pending");
        Self {
            pending: path.with_file_name(name),
            path,
            user: None,
        }
    }

    /// Trusts files of this user alone (Unix; on other systems this changes nothing). Set it to the effective user id
    /// of the process if others can create files in the directory: this crate does not ask the system who runs it.
    /// Without it, the second file has to have the owner of the first one.
    #[must_use]
    pub fn owned_by(mut self, user: u32) -> Self {
        self.user = Some(user);
        self
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of the second file, which exists during a save and after a crash.
    #[must_use]
    pub fn pending_path(&self) -> &Path {
        &self.pending
    }

    /// Reads the set; `None` if there is none. Unlike [`Store::load`] it changes nothing, so it can run beside a save:
    /// it returns the set before or after.
    ///
    /// # Errors
    /// It cannot be read, or should not be trusted.
    pub fn read(&self) -> Result<Option<TokenSet>, StoreError> {
        // In this order: a save that ends between the two has renamed it, and then it is found there.
        match self.read_pending() {
            Ok(Some(set)) => Ok(Some(set)),
            _ => self.read_path(&self.path),
        }
    }

    /// Checks that the next save would not replace another's file. Changes nothing. Call it before a call whose reply
    /// has to be stored.
    ///
    /// # Errors
    /// There is a file of another user, or a second file that was not made here.
    pub fn check(&self) -> Result<(), StoreError> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) => check_owner(&found, self.user)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        self.check_pending()
    }

    /// Checks the second file alone.
    ///
    /// # Errors
    /// There is a second file that was not made here.
    pub fn check_pending(&self) -> Result<(), StoreError> {
        match self.read_pending() {
            Err(error) if error.kind() != StoreErrorKind::NotATokenSet => Err(error),
            _ => Ok(()),
        }
    }

    fn save_by(
        &self,
        set: &TokenSet,
        before: &mut dyn FnMut(Step) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        before(Step::Recover)?;
        if let Err(error) = self.recover() {
            // A whole set that could not be renamed may be the only one that is not spent.
            if error.kind() != StoreErrorKind::NotATokenSet {
                return Err(error);
            }
            remove(&self.pending)?; // torn by a crash
        }
        before(Step::Create)?;
        let mut file = create_private(&self.pending)?;
        before(Step::Write)?;
        file.write_all(set.expose_json().as_bytes())?;
        before(Step::Sync)?;
        file.sync_all()?;
        drop(file);
        before(Step::Rename)?;
        fs::rename(&self.pending, &self.path)?;
        before(Step::SyncDirectory)?;
        self.sync_directory()?;
        before(Step::Return)?;
        Ok(())
    }

    /// Finishes an interrupted save with a whole second file, which is newer than the first.
    fn recover(&self) -> Result<(), StoreError> {
        if self.read_pending()?.is_some() {
            fs::rename(&self.pending, &self.path)?;
            self.sync_directory()?;
        }
        Ok(())
    }

    /// Syncs the directory, where the system can open directories.
    fn sync_directory(&self) -> io::Result<()> {
        if cfg!(unix) {
            let parent = self.path.parent().unwrap_or(Path::new(""));
            let parent = if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                parent
            };
            File::open(parent)?.sync_all()?;
        }
        Ok(())
    }

    /// Reads the second file, if a save left it.
    fn read_pending(&self) -> Result<Option<TokenSet>, StoreError> {
        match fs::symlink_metadata(&self.pending) {
            Ok(found) => {
                self.check_file(&found)?; // before it is opened: a link is not followed
                if let Ok(first) = fs::metadata(&self.path) {
                    check_owner(&found, self.user.or(owner(&first)))?;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        self.read_path(&self.pending)
    }

    fn read_path(&self, path: &Path) -> Result<Option<TokenSet>, StoreError> {
        // Checked before it is opened, because opening a pipe would wait for a writer, and after, because it may be
        // another by then.
        let opened = fs::metadata(path).and_then(|found| match found.is_file() {
            true => File::open(path).map(Some),
            false => Ok(None),
        });
        let file = match opened {
            Ok(Some(file)) => file,
            Ok(None) => return Err(StoreError::new(StoreErrorKind::NotAFile)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let found = file.metadata()?;
        self.check_file(&found)?;
        if found.len() > MAX_BYTES {
            return Err(StoreError::new(StoreErrorKind::NotATokenSet));
        }
        let size = usize::try_from(found.len()).unwrap_or(usize::MAX);
        let mut json = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
        file.take(MAX_BYTES).read_to_end(&mut json)?;
        let set = TokenSet::decode(&json);
        set.map(Some)
            .map_err(|_| StoreError::new(StoreErrorKind::NotATokenSet))
    }

    /// Checks that it is an ordinary file that only its owner may use.
    fn check_file(&self, found: &Metadata) -> Result<(), StoreError> {
        if !found.is_file() {
            return Err(StoreError::new(StoreErrorKind::NotAFile));
        }
        check_owner(found, self.user)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if found.permissions().mode() & 0o077 != 0 {
                return Err(StoreError::new(StoreErrorKind::NotPrivate));
            }
        }
        Ok(())
    }
}

impl Store for FileStore {
    fn load(&mut self) -> Result<Option<TokenSet>, StoreError> {
        match self.recover() {
            Err(error) if error.kind() != StoreErrorKind::NotATokenSet => return Err(error),
            _ => {} // one that was torn by a crash is left to the next save
        }
        self.read_path(&self.path)
    }

    fn save(&mut self, set: &TokenSet) -> Result<(), StoreError> {
        self.save_by(set, &mut |_| Ok(()))
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        self.check_pending()?;
        remove(&self.pending)?; // first, so that a crash between the two brings nothing back
        remove(&self.path)?;
        self.sync_directory()?;
        Ok(())
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Creates a file that only its owner may use, from the start. Does not follow a link.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn check_owner(found: &Metadata, user: Option<u32>) -> Result<(), StoreError> {
    match (owner(found), user) {
        (Some(owner), Some(user)) if owner != user => Err(StoreError::new(StoreErrorKind::NotOurs)),
        _ => Ok(()),
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)] // not every system has owners
fn owner(found: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Some(found.uid())
}

#[cfg(not(unix))]
fn owner(_: &Metadata) -> Option<u32> {
    None
}
