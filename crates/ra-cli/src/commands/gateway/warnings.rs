//! Warnings about settings that can be used but should not stay.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ra_gateway::Config;

use super::certificates::Certificates;
use super::settings::Settings;

/// Lists secrets that everybody can read, plain HTTP beyond this machine, and certificates that clients refuse or soon
/// will.
pub(super) fn notes(
    secrets: &Secrets,
    config: &Config,
    certificates: Option<&Certificates>,
    now: SystemTime,
) -> Vec<String> {
    let mut notes = secrets.notes();
    if !config.listen.ip().is_loopback() && certificates.is_none() {
        notes.push(format!(
            "listen is {}, which is plain HTTP beyond this machine: put a proxy with TLS in front of it",
            config.listen
        ));
    }
    if let Some(metrics) = config.metrics.filter(|at| !at.ip().is_loopback()) {
        notes.push(format!(
            "metrics is {metrics}, which is plain HTTP beyond this machine: anybody who gets there can read them"
        ));
    }
    notes.extend(certificates.and_then(|certificates| certificates.remark(now)));
    notes
}

/// Files with secrets, and the advice about each that everybody can read.
pub(super) struct Secrets(Vec<(PathBuf, &'static str)>);

impl Secrets {
    /// Lists the files that the settings name. `config` is the file of the settings, which may hold a password.
    pub(super) fn of(settings: &Settings, config: Option<&Path>) -> Self {
        let accounts = settings.accounts();
        let has_password = settings.password_in_file;
        let config = config.filter(|_| has_password).map(Path::to_owned);
        let in_file = "the password of Redis in it: chmod 640, or keep it in RA_REDIS_URL";
        let all = [
            (config, in_file),
            (accounts.file.clone(), "it: chmod 640"),
            (accounts.secret_file.clone(), "it: chmod 640"),
            (settings.tls.key.clone(), "it: chmod 640"),
        ];
        let given = all.into_iter();
        Self(
            given
                .filter_map(|(path, what)| Some((path?, what)))
                .collect(),
        )
    }

    /// A note for each file that everybody can read now.
    pub(super) fn notes(&self) -> Vec<String> {
        let open = self.0.iter().filter(|(path, _)| is_open(path));
        let told = open.map(|(path, what)| {
            let path = path.display();
            format!("{path}: everybody on this machine can read {what}")
        });
        told.collect()
    }
}

/// Names a path that cannot be used. If there is no such file, the "path" may be a secret given by mistake, and its key
/// is named instead.
pub(super) fn name(path: &Path, key: &str) -> String {
    match path.symlink_metadata() {
        Ok(_) => path.display().to_string(),
        Err(_) => key.to_owned(),
    }
}

/// Returns true if users other than the owner and its group can read the file and reach it.
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
