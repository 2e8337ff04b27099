//! Token files: private, whole, and never in place of something else.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use serde_json::Value;

use super::service::Service;
use super::{
    ACCESS, CLIENT, SECRET, fails, names, object, run, run_with, text, token, token_file,
    with_file, words,
};
use crate::support::{Ended, fails_without_a_reader};

fn get(service: &Service, file: &Path, more: &[&str]) -> Ended {
    let base = service.base();
    let args = [
        "client-credentials",
        "--client-id",
        CLIENT,
        "--scope",
        "identify",
        "--base",
        &base,
        "--token-file",
        text(file),
    ];
    run_with(&[&args[..], more].concat(), &[("RA_CLIENT_SECRET", SECRET)])
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_token_file_is_private_whole_and_printed_too() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token.json");
    let service = Service::of(token());
    let ended = get(&service, &file, &[]);
    assert_eq!(object(&ended), token());
    assert_eq!(
        ended.stderr,
        format!("The token is in {}.\n", file.display())
    );
    assert_eq!(mode(&file), 0o600);
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(kept["access_token"], ACCESS);
    assert!(kept["expires_at"].is_u64(), "{kept}");
    assert_eq!(names(directory.path()), ["token.json"]);

    // whatever the mode was before
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let ended = get(&service, &file, &["--force", "--json"]);
    assert_eq!((object(&ended), ended.stderr.as_str()), (token(), ""));
    assert_eq!(mode(&file), 0o600);
    assert!(fs::read_to_string(&file).unwrap().contains(ACCESS));
    assert_eq!(names(directory.path()), ["token.json"]);
}

#[test]
fn what_is_in_the_way_ends_it_before_anything_is_called() {
    let service = Service::of(token());
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token.json");
    fs::write(&file, "mine").unwrap();
    let ended = get(&service, &file, &[]);
    assert!(
        fails(&ended, 8).ends_with("it exists, and --force is not given"),
        "{ended:?}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");

    let link = directory.path().join("link");
    symlink(directory.path().join("elsewhere"), &link).unwrap();
    for more in [&[][..], &["--force"]] {
        fails(&get(&service, &link, more), 8);
        fails(
            &get(&service, &directory.path().join("no/such/directory"), more),
            8,
        );
    }
    fails(&get(&service, directory.path(), &["--force"]), 8);
    assert_eq!(names(directory.path()), ["link", "token.json"]);
    assert!(service.calls().is_empty());
    let ended = run(&["client-credentials", "--client-id", CLIENT, "--force"]);
    assert_eq!(
        fails(&ended, 2),
        "--token-file <FILE> is missing; see --help"
    );
}

#[test]
fn a_token_of_a_save_that_died_is_not_overwritten() {
    let service = Service::of(token());
    let directory = tempfile::tempdir().unwrap();
    let pending = token_file(directory.path(), &token());
    let file = directory.path().join("kept.json");
    fs::rename(pending, directory.path().join(".kept.json.ra-pending")).unwrap();
    let ended = get(&service, &file, &[]);
    assert!(
        fails(&ended, 8).ends_with("it exists, and --force is not given"),
        "{ended:?}"
    );
    assert!(service.calls().is_empty());
    // nor does it come back over a token that was asked for
    object(&get(&service, &file, &["--force"]));
    assert_eq!(names(directory.path()), ["kept.json"]);
}

#[test]
fn a_file_that_appears_meanwhile_is_kept_and_the_token_is_printed() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token.json");
    let other = file.clone();
    let service = Service::start(move |_| {
        fs::write(&other, "mine").unwrap();
        crate::support::fake::ok(&token())
    });
    let ended = get(&service, &file, &["--json"]);
    assert_eq!(ended.code, 8, "{ended:?}");
    let events = ended.events();
    assert_eq!(events[0], token()); // the only copy
    assert_eq!(events[1]["kind"], "local");
    assert_eq!(events.len(), 2);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_call_that_fails_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let service = Service::refusing("400 Bad Request", r#"{"error":"invalid_scope"}"#);
    fails(&get(&service, &directory.path().join("token.json"), &[]), 6);
    assert!(names(directory.path()).is_empty());
}

#[test]
fn files_that_others_can_read_are_warned_about_and_made_private_by_the_next_write() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token());
    let service = Service::of(token());
    let base = service.base();
    for (mode_before, warned) in [(0o600, false), (0o640, true), (0o604, true), (0o660, true)] {
        for (command, mode_after) in [("revoke", mode_before), ("refresh", 0o600)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode_before)).unwrap();
            let with = ["--client-id", CLIENT, "--base", &base, "--token-file"];
            let ended = run(&[&[command], &with[..], &[text(&path)]].concat());
            assert_eq!(ended.code, 0, "{ended:?}");
            assert_eq!(ended.stderr.contains("chmod 600"), warned, "{ended:?}");
            assert_eq!(mode(&path), mode_after, "{command}");
        }
    }
}

#[test]
fn files_that_hold_no_token_are_not_used() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token());
    let with = |command: &str, path: &Path| {
        run(&[
            command,
            "--client-id",
            CLIENT,
            "--base",
            "http://127.0.0.1:9",
            "--token-file",
            text(path),
        ])
    };
    for command in ["refresh", "revoke"] {
        fs::write(&path, "canary").unwrap();
        for mode in [0o600, 0o644] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let ended = with(command, &path);
            assert_eq!(ended.code, 8, "{ended:?}");
            assert!(
                ended.stderr.ends_with("there is no token in it\n"),
                "{ended:?}"
            );
            assert!(!ended.stderr.contains("canary"), "{ended:?}");
        }
        fs::write(&path, token().to_string()).unwrap();
        assert!(fails(&with(command, directory.path()), 8).ends_with("it is no ordinary file"));
        let nowhere = directory.path().join("nowhere");
        assert!(fails(&with(command, &nowhere), 8).ends_with("there is no such file"));
    }
}

#[test]
fn a_refresh_whose_token_cannot_be_kept_is_not_begun() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token());
    // a directory where the new token would be written; unlike a missing right it stops the superuser too
    fs::create_dir(directory.path().join(".token.json.ra-pending")).unwrap();
    let service = Service::of(token());
    let ended = with_file("refresh", &service, &path);
    fails(&ended, 8);
    assert!(service.calls().is_empty());
    assert_eq!(fs::read_to_string(&path).unwrap(), token().to_string());
}

#[test]
fn a_refresh_does_not_put_a_file_in_the_place_of_a_link() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token());
    let link = directory.path().join("link");
    symlink(&path, &link).unwrap();
    let service = Service::of(token());
    let ended = with_file("refresh", &service, &link);
    // before the refresh token is spent
    assert!(
        fails(&ended, 8).ends_with("it is no ordinary file"),
        "{ended:?}"
    );
    assert!(service.calls().is_empty());
}

#[test]
fn a_token_that_nobody_reads_is_kept_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token.json");
    let service = Service::of(token());
    let base = service.base();
    for json in [&[][..], &["--json"]] {
        let line = format!(
            "client-credentials --client-id {CLIENT} --scope identify --base {base} --token-file {} --force",
            text(&file)
        );
        let args = words(&line);
        let mut command = super::command(&[&args[..], json].concat());
        fails_without_a_reader(command.env("RA_CLIENT_SECRET", SECRET));
        assert!(fs::read_to_string(&file).unwrap().contains(ACCESS));
        fs::remove_file(&file).unwrap();
    }
}
