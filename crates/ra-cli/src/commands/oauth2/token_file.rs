//! The file of `--token-file`, which keeps a token besides standard output.

use std::path::{Path, PathBuf};

use clap::Args;
use oauth2_discord::Token;
use oauth2_discord::keeper::{FileStore, Store as _, TokenSet};

use super::token_lock::TokenLock;
use super::{outcome, timestamp};
use crate::outcome::{End, Failure, Kind};
use crate::output::Printer;
use crate::secret_file::TokenFile;

/// The file for a token, besides standard output.
#[derive(Debug, Args)]
pub(super) struct TokenFileArgs {
    /// Also keep the token in this new file, readable by you alone
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Let --token-file replace a file
    #[arg(long, requires = "token_file")]
    force: bool,
}

/// The reserved file. It is reserved before any call, so that a token that cannot be kept is not requested.
pub(super) struct Reserved {
    file: Option<TokenFile>,
    force: bool,
}

impl TokenFileArgs {
    /// Makes sure that the file can be written, and that there is none yet unless `--force`.
    pub(super) fn reserve(&self) -> Result<Reserved, Failure> {
        let force = self.force;
        let file = match &self.token_file {
            Some(path) => {
                let file = TokenFile::reserve(path, force)?;
                check(path)?;
                // An interrupted save left its token there.
                if !force && store(path).read().is_ok_and(|set| set.is_some()) {
                    return Err(exists(path));
                }
                Some(file)
            }
            None => None,
        };
        Ok(Reserved { file, force })
    }
}

impl Reserved {
    /// Keeps the token and prints it as one line of JSON. It is printed even if it cannot be kept, because it is the
    /// only copy.
    pub(super) fn keep(self, token: Token, printer: &mut Printer) -> Result<(), End> {
        let json = token.expose_json();
        let kept = self.write(token);
        printer.result(&json)?;
        if let Some(path) = kept? {
            printer.message(&format!("The token is in {path}."))?;
        }
        Ok(())
    }

    fn write(self, token: Token) -> Result<Option<String>, Failure> {
        let Some(file) = self.file else {
            return Ok(None);
        };
        let path = file.path().to_owned();
        let set = TokenSet::arrived(timestamp::now(), token);
        if self.force {
            drop(file);
            let _lock = TokenLock::take(&path)?; // a running refresh would write the old token's successor here
            save(&path, &set)?;
        } else {
            file.keep(&set.expose_json())?;
        }
        Ok(Some(path.display().to_string()))
    }
}

/// The token file of the user who runs this.
pub(super) fn store(path: &Path) -> FileStore {
    let store = FileStore::new(path);
    #[cfg(unix)]
    let store = store.owned_by(rustix::process::geteuid().as_raw());
    store
}

/// Replaces the content of a token file.
pub(super) fn save(path: &Path, set: &TokenSet) -> Result<(), Failure> {
    let saved = store(path).save(set);
    saved.map_err(|error| outcome::of_store(path, &error))
}

/// Checks that a save would replace nothing that it should not.
pub(super) fn check(path: &Path) -> Result<(), Failure> {
    let store = store(path);
    let pending = store.check_pending();
    pending.map_err(|error| outcome::of_store(store.pending_path(), &error))?;
    store
        .check()
        .map_err(|error| outcome::of_store(path, &error))
}

fn exists(path: &Path) -> Failure {
    let path = path.display();
    let why = "it exists, and --force is not given";
    Failure::new(Kind::Local, format!("cannot write {path}: {why}"))
}
