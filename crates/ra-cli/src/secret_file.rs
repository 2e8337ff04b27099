//! Files that hold a token or a login code: each is written whole or not at all.

use core::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{self, Component, Path, PathBuf};

use tempfile::{Builder, NamedTempFile};
use zeroize::Zeroizing;

use crate::outcome::Failure;

/// No token comes near this size.
const MAX_SECRET_BYTES: u64 = 64 * 1024;

/// Reads a file that holds one secret.
///
/// # Errors
/// [`Kind::Local`](crate::outcome::Kind::Local) if it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(MAX_SECRET_BYTES).read_to_string(&mut text))
        .map_err(|error| Failure::local(format_args!("cannot read {}", path.display()), error))?;
    Ok(text)
}

/// A new file for a token that is still to come. It is reserved first, so that a missing directory or a file in the way
/// is found before a QR code is shown. Without a token nothing is left behind.
#[derive(Debug)]
pub(crate) struct TokenFile {
    path: PathBuf,
    replace: bool,
    /// Beside `path`, with mode 0600 from the start.
    unfinished: NamedTempFile,
}

impl TokenFile {
    /// Makes sure that `path` can be written and that there is no file yet unless `replace`.
    ///
    /// # Errors
    /// [`Kind::Local`](crate::outcome::Kind::Local) if there is a file and no `replace`, anything that is not a file,
    /// or no writable directory.
    pub(crate) fn reserve(path: &Path, replace: bool) -> Result<Self, Failure> {
        match fs::symlink_metadata(path) {
            Ok(_) if !replace => return Err(refused(path, "it exists, and --force is not given")),
            Ok(found) if !found.is_file() => return Err(refused(path, "it is no ordinary file")),
            _ => {}
        }
        Ok(Self {
            path: path.to_owned(),
            replace,
            unfinished: beside(path, Builder::new().prefix(".ra-token-"))?,
        })
    }

    /// Writes the token and a line end, and gives the file its name.
    ///
    /// # Errors
    /// [`Kind::Local`](crate::outcome::Kind::Local) if it cannot be written, or if there is a file of that name by now
    /// and no `replace`.
    pub(crate) fn keep(mut self, token: &str) -> Result<(), Failure> {
        let file = self.unfinished.as_file_mut();
        file.write_all(token.as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .map_err(|error| refused(&self.path, error))?;
        let kept = match self.replace {
            true => self.unfinished.persist(&self.path),
            false => self.unfinished.persist_noclobber(&self.path),
        };
        kept.map(drop)
            .map_err(|error| refused(&self.path, error.error))
    }

    /// The path of the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Writes a picture in one step: readers see the old picture or the new one, never half of one.
///
/// # Errors
/// [`Kind::Local`](crate::outcome::Kind::Local) if the directory or the file cannot be written.
pub(crate) fn replace_picture(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let mut builder = Builder::new();
    builder.prefix(".ra-qr-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // other programs show the picture; the umask still applies
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = beside(path, &builder)?;
    file.write_all(content)
        .map_err(|error| refused(path, error))?;
    file.persist(path)
        .map(drop)
        .map_err(|error| refused(path, error.error))
}

/// Returns true if both paths are the same text once they are absolute, with `.` and `..` resolved. It does not follow
/// links.
///
/// # Errors
/// [`Kind::Local`](crate::outcome::Kind::Local) if the current directory is not known.
pub(crate) fn same(one: &Path, other: &Path) -> Result<bool, Failure> {
    Ok(normalised(one)? == normalised(other)?)
}

fn normalised(path: &Path) -> Result<PathBuf, Failure> {
    let absolute = path::absolute(path).map_err(|error| refused(path, error))?;
    let mut normal = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::CurDir => {}
            // stays at the root
            Component::ParentDir => drop(normal.pop()),
            component => normal.push(component),
        }
    }
    Ok(normal)
}

fn beside(path: &Path, builder: &Builder<'_, '_>) -> Result<NamedTempFile, Failure> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // without the text of the error, which names the temporary file
    builder
        .tempfile_in(directory)
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refused(path, "there is no such directory"),
            kind => refused(path, kind),
        })
}

fn refused(path: &Path, why: impl fmt::Display) -> Failure {
    Failure::local(format_args!("cannot write {}", path.display()), why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Kind;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_kept_token_is_a_private_file_with_one_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token.txt");
        TokenFile::reserve(&path, false)
            .unwrap()
            .keep("abc")
            .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "abc\n");
        assert_eq!(names(directory.path()), ["token.txt"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_token_that_never_comes_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        drop(TokenFile::reserve(&directory.path().join("token.txt"), false).unwrap());
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn a_file_in_the_way_is_refused_before_and_after_the_wait() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token.txt");
        let reserved = TokenFile::reserve(&path, false).unwrap();
        fs::write(&path, "mine").unwrap();
        assert_eq!(reserved.keep("abc").unwrap_err().kind, Kind::Local);
        let early = TokenFile::reserve(&path, false).unwrap_err();
        assert!(early.message.contains("--force"), "{early}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(names(directory.path()), ["token.txt"]);
    }

    #[test]
    fn force_replaces_a_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token.txt");
        fs::write(&path, "old").unwrap();
        TokenFile::reserve(&path, true)
            .unwrap()
            .keep("new")
            .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        let refused = TokenFile::reserve(directory.path(), true).unwrap_err();
        assert!(
            refused.message.ends_with("it is no ordinary file"),
            "{refused}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_way_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(directory.path().join("elsewhere"), &link).unwrap();
        assert_eq!(
            TokenFile::reserve(&link, false).unwrap_err().kind,
            Kind::Local
        );
        assert_eq!(
            TokenFile::reserve(&link, true).unwrap_err().kind,
            Kind::Local
        );
        assert_eq!(names(directory.path()), ["link"]);
    }

    #[test]
    fn a_missing_directory_is_found_out_early_and_named_plainly() {
        let path = Path::new("/nowhere/at/all/token.txt");
        let failure = TokenFile::reserve(path, false).unwrap_err();
        assert_eq!(failure.kind, Kind::Local);
        assert!(
            failure
                .message
                .starts_with("cannot write /nowhere/at/all/token.txt: ")
        );
        assert!(!failure.message.contains(".ra-token"), "{failure}");
    }

    #[test]
    fn paths_are_compared_by_what_they_mean() {
        let same = |one: &str, other: &str| same(Path::new(one), Path::new(other)).unwrap();
        let here = std::env::current_dir().unwrap().join("x");
        for (one, other) in [
            ("x", "x"),
            ("x", "./x"),
            ("x", "a/../x"),
            ("x", here.to_str().unwrap()),
            ("/a/x", "/../a//b/../x"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [("x", "y"), ("x", "a/x"), ("/x", "/a/x"), ("x", "../x")] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn pictures_are_replaced_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("qr.svg");
        replace_picture(&path, b"one").unwrap();
        replace_picture(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(directory.path()), ["qr.svg"]);
    }
}
