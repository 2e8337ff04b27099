//! Where a token goes: standard output, and the file of `--token-file`.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use oauth2_discord::keeper::{FileStore, Store as _, TokenSet};
use oauth2_discord::{Token, UnixTime};

use super::failed;
use super::lock::Lock;
use crate::commands::oauth2::args::TokenFileArgs;
use crate::outcome::End;
use crate::outcome::{Failure, Kind};
use crate::output::Printer;
use crate::secret_file::TokenFile;

/// Made before anything is called: a token that cannot be kept is not asked for.
pub(super) struct TokenPlace {
    file: Option<TokenFile>,
    force: bool,
}

impl TokenPlace {
    /// Makes sure that the file can be written, and that there is none yet unless `--force`.
    pub(super) fn reserve(args: &TokenFileArgs) -> Result<Self, Failure> {
        let force = args.force;
        let file = match &args.token_file {
            Some(path) => {
                let file = TokenFile::reserve(path, force)?;
                check(path)?;
                // A save that died on its way left its token there.
                if !force && store(path).read().is_ok_and(|set| set.is_some()) {
                    return Err(refused(path));
                }
                Some(file)
            }
            None => None,
        };
        Ok(Self { file, force })
    }

    /// Keeps the token, and prints it as one line of JSON. It is printed too if it cannot be kept: it is the only copy.
    pub(super) fn put(self, token: Token, printer: &mut Printer) -> Result<(), End> {
        let json = token.expose_json();
        let kept = self.keep(token);
        printer.result(&json)?;
        if let Some(path) = kept? {
            printer.message(&format!("The token is in {path}."))?;
        }
        Ok(())
    }

    fn keep(self, token: Token) -> Result<Option<String>, Failure> {
        let Some(file) = self.file else {
            return Ok(None);
        };
        let path = file.path().to_owned();
        let set = TokenSet::arrived(now(), token);
        if self.force {
            drop(file);
            let _lock = Lock::take(&path)?; // a refresh under way would put the successor of the old token here
            save(&path, &set)?;
        } else {
            file.keep(&set.expose_json())?;
        }
        Ok(Some(path.display().to_string()))
    }
}

/// A token file of whoever runs this.
pub(super) fn store(path: &Path) -> FileStore {
    let store = FileStore::new(path);
    #[cfg(unix)]
    let store = store.owned_by(rustix::process::geteuid().as_raw());
    store
}

/// Replaces what is in a token file.
pub(super) fn save(path: &Path, set: &TokenSet) -> Result<(), Failure> {
    let saved = store(path).save(set);
    saved.map_err(|error| failed::store(path, &error))
}

/// That nothing stands in the way of a save that should not be replaced.
pub(super) fn check(path: &Path) -> Result<(), Failure> {
    let store = store(path);
    let pending = store.check_pending();
    pending.map_err(|error| failed::store(store.pending_path(), &error))?;
    store.check().map_err(|error| failed::store(path, &error))
}

/// The time on the clock of this machine.
pub(super) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime::from_secs(since.map_or(0, |since| since.as_secs()))
}

fn refused(path: &Path) -> Failure {
    let path = path.display();
    let why = "it exists, and --force is not given";
    Failure::new(Kind::Local, format!("cannot write {path}: {why}"))
}
