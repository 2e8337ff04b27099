//! Files that can be read to their end: no pipes, sockets or devices, which may keep their reader waiting for ever.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a regular file, or what a link to one leads to.
///
/// # Errors
/// The errors of [`File::open`], and [`io::ErrorKind::InvalidInput`] for anything but a regular file.
pub(super) fn open(path: &Path) -> io::Result<File> {
    // before it is opened, since opening a device may do something; and after, since it may be another one by then
    if !path.metadata()?.is_file() {
        return Err(not_regular());
    }
    let file = to_be_read().open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(not_regular()),
    }
}

fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")
}

/// Opening a pipe does not wait for its other end.
fn to_be_read() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    #[test]
    fn only_regular_files_are_opened_and_links_to_them() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let made = Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(made.success());
        std::fs::write(at("file"), "text").unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink(at("pipe"), at("link-to-pipe")).unwrap();
        for name in ["file", "link"] {
            let mut text = String::new();
            open(&at(name)).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "text");
        }
        for path in [at("pipe"), at("link-to-pipe"), at("."), "/dev/zero".into()] {
            let why = open(&path).unwrap_err();
            assert_eq!(why.kind(), io::ErrorKind::InvalidInput, "{path:?}");
        }
        // the second look sees what the first one missed, and does not wait for a writer
        let pipe = to_be_read().open(at("pipe")).unwrap();
        assert!(!pipe.metadata().unwrap().is_file());
        assert_eq!(
            open(&at("none")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
