//! The store in a file, and the one place of this crate that touches the system.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Store, StoreError, StoreErrorKind, TokenSet};

#[cfg(test)]
mod tests;

/// More than any token set takes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Keeps a token set as JSON in a file that its owner alone can read.
///
/// A set is written to a second file in the same directory (the name with `.new` after it), synced, and renamed over the
/// first, so that there is a whole set at any moment. If the process dies after the second file was written and before the
/// rename, the next load finishes it: the refresh token in the first file may be spent already.
///
/// On Unix the file has the mode 0600, and one that others may read or write is refused. Elsewhere the directory has to
/// protect it. Nothing keeps two processes from using the same file; do not let them.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    new: PathBuf,
}

/// What is about to be done; tests let the process die there.
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
        let mut new = path.clone().into_os_string();
        new.push(".new");
        Self {
            path,
            new: new.into(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn save_by(
        &self,
        set: &TokenSet,
        before: &mut dyn FnMut(Step) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        before(Step::Recover)?;
        match self.recover() {
            Err(error) if error.kind() == StoreErrorKind::Io => return Err(error),
            _ => remove(&self.new)?,
        }
        before(Step::Create)?;
        let mut file = create_private(&self.new)?;
        before(Step::Write)?;
        file.write_all(set.expose_json().as_bytes())?;
        before(Step::Sync)?;
        file.sync_all()?;
        drop(file);
        before(Step::Rename)?;
        fs::rename(&self.new, &self.path)?;
        before(Step::SyncDirectory)?;
        self.sync_directory()?;
        before(Step::Return)?;
        Ok(())
    }

    /// Finishes a save that got as far as a whole second file: it is newer than the first one. One that was torn by a crash
    /// is left to the next save.
    fn recover(&self) -> Result<(), StoreError> {
        match read(&self.new) {
            Ok(Some(_)) => {
                fs::rename(&self.new, &self.path)?;
                self.sync_directory()?;
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) if error.kind() == StoreErrorKind::NotATokenSet => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes names last, where the system lets directories be opened.
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
}

impl Store for FileStore {
    fn load(&mut self) -> Result<Option<TokenSet>, StoreError> {
        self.recover()?;
        read(&self.path)
    }

    fn save(&mut self, set: &TokenSet) -> Result<(), StoreError> {
        self.save_by(set, &mut |_| Ok(()))
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        remove(&self.new)?; // first, so that a crash between the two brings nothing back
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

/// A new file for its owner alone, from its first moment on; follows no link that somebody put there.
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

fn read(path: &Path) -> Result<Option<TokenSet>, StoreError> {
    // Looked at before it is opened, as opening a pipe would wait for a writer, and after, as it may be another by then.
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
    check(&found)?;
    let size = usize::try_from(found.len()).unwrap_or(usize::MAX);
    let mut json = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    file.take(MAX_BYTES).read_to_end(&mut json)?;
    let set = TokenSet::decode(&json);
    set.map(Some)
        .map_err(|_| StoreError::new(StoreErrorKind::NotATokenSet))
}

fn check(found: &Metadata) -> Result<(), StoreError> {
    if !found.is_file() {
        return Err(StoreError::new(StoreErrorKind::NotAFile));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if found.permissions().mode() & 0o077 != 0 {
            return Err(StoreError::new(StoreErrorKind::NotPrivate));
        }
    }
    if found.len() > MAX_BYTES {
        return Err(StoreError::new(StoreErrorKind::NotATokenSet));
    }
    Ok(())
}
