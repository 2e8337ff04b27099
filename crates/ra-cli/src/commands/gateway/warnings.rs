//! What a person should know of settings that can be used.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::certificates::Certificates;
use super::settings::Settings;

/// Secrets that everybody can read, plain HTTP beyond this machine, and certificates that clients refuse or soon will.
pub(super) fn notes(
    settings: &Settings,
    certificates: Option<&Certificates>,
    now: SystemTime,
) -> Vec<String> {
    let mut notes = Secrets::of(settings).notes();
    let config = &settings.config;
    if !config.listen.ip().is_loopback() && settings.tls.certificate.is_none() {
        notes.push(format!(
            "listen is {}, which is plain HTTP beyond this machine: put a proxy with TLS in front of it",
            config.listen
        ));
    }
    if let Some(metrics) = config.metrics.filter(|at| !at.ip().is_loopback()) {
        notes.push(format!(
            "metrics is {metrics}, which is plain HTTP beyond this machine: everybody who gets there can read them"
        ));
    }
    notes.extend(certificates.and_then(|certificates| certificates.remark(now)));
    notes
}

/// The files with secrets, and what to do about each that everybody can read.
pub(super) struct Secrets(Vec<(PathBuf, &'static str)>);

impl Secrets {
    pub(super) fn of(settings: &Settings) -> Self {
        let in_file = "the password of Redis in it: chmod 640, or keep it in RA_REDIS_URL";
        let all = [
            (&settings.password_in, in_file),
            (&settings.accounts.file, "it: chmod 640"),
            (&settings.accounts.secret_file, "it: chmod 640"),
            (&settings.tls.key, "it: chmod 640"),
        ];
        let given = all.into_iter();
        Self(
            given
                .filter_map(|(path, what)| Some((path.clone()?, what)))
                .collect(),
        )
    }

    /// One for each that everybody can read now.
    pub(super) fn notes(&self) -> Vec<String> {
        let open = self.0.iter().filter(|(path, _)| is_open(path));
        let told = open.map(|(path, what)| {
            format!(
                "{}: everybody on this machine can read {what}",
                path.display()
            )
        });
        told.collect()
    }
}

/// What a path is called when it cannot be used. A secret that was given instead of the name of its file is no file, and
/// is not repeated.
pub(super) fn name(path: &Path, key: &str) -> String {
    match path.symlink_metadata() {
        Ok(_) => path.display().to_string(),
        Err(_) => key.to_owned(),
    }
}

/// Whether users who are neither its owner nor of its group can read a file, and get to it.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    let Ok(path) = path.canonicalize() else {
        return false;
    };
    path.ancestors().enumerate().all(|(up, part)| {
        let needed = if up == 0 { 0o004 } else { 0o001 };
        part.metadata()
            .is_ok_and(|known| known.permissions().mode() & needed != 0)
    })
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_is_open_if_everybody_can_read_it_and_get_there() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        std::fs::write(&file, "canary").unwrap();
        for (of_directory, of_file, open) in [
            (0o755, 0o644, true),
            (0o711, 0o604, true),
            (0o755, 0o640, false),
            (0o750, 0o644, false),
            (0o700, 0o644, false),
        ] {
            set_permissions(&file, Permissions::from_mode(of_file)).unwrap();
            set_permissions(directory.path(), Permissions::from_mode(of_directory)).unwrap();
            assert_eq!(is_open(&file), open, "{of_directory:o} {of_file:o}");
        }
        assert!(!is_open(&directory.path().join("none")));
    }

    #[test]
    fn a_name_that_is_no_file_is_not_repeated() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        assert_eq!(name(&file, "tls.key"), "tls.key");
        assert_eq!(name(Path::new("-----BEGIN\ncanary"), "tls.key"), "tls.key");
        std::fs::write(&file, "").unwrap();
        assert_eq!(name(&file, "tls.key"), file.display().to_string());
    }
}
