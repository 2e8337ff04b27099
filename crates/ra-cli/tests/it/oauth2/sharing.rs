//! A token file between several commands, and beside other people's files.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use super::service::Service;
use super::{ACCESS, CLIENT, REFRESH, SECRET, command, fails, object, run, run_with, text, words};
use super::{names, token, token_file};
use crate::support::{Ended, PATIENCE, Ra, fake};

const NOBODY: u32 = 65_534;

/// Returns the path that `ra` writes to before it renames.
fn pending(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap().to_str().unwrap();
    file.with_file_name(format!(".{name}.ra-pending"))
}

/// A token that no test may use.
fn planted() -> Value {
    json!({"token_type": "Bearer", "access_token": "planted", "refresh_token": "planted"})
}

fn put(path: &Path, mode: u32) {
    fs::write(path, planted().to_string()).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Answers each refresh with a new pair of tokens, and requests for claims.
fn service() -> Service {
    let pairs = AtomicUsize::new(0);
    Service::start(move |call| {
        if call.line.ends_with("/userinfo") {
            return fake::ok(&json!({"sub": "1"}));
        }
        let pair = pairs.fetch_add(1, Ordering::SeqCst);
        let (access, refresh) = (format!("canary-a{pair}"), format!("canary-r{pair}"));
        fake::ok(
            &json!({"token_type": "Bearer", "access_token": access, "refresh_token": refresh,
            "expires_in": 60}),
        )
    })
}

fn ra(command: &str, service: &Service, file: &Path) -> Ended {
    Ra::spawn(&mut started(command, service, file)).end()
}

fn started(name: &str, service: &Service, file: &Path) -> std::process::Command {
    let base = service.base();
    let mut args = vec![name, "--base", &base, "--token-file", text(file)];
    if name != "userinfo" {
        args.extend(["--client-id", CLIENT]);
    }
    command(&args)
}

fn bearer(service: &Service) -> String {
    let calls = service.calls();
    calls
        .last()
        .unwrap()
        .header("authorization")
        .unwrap()
        .into()
}

#[test]
fn files_beside_a_token_file_are_neither_read_nor_touched() {
    let directory = tempfile::tempdir().unwrap();
    let file = token_file(directory.path(), &token());
    let beside = ["token.json.new", "token.json.ra-pending", ".token.json"];
    for name in beside {
        put(&directory.path().join(name), 0o600);
    }
    let service = service();
    assert_eq!(ra("userinfo", &service, &file).code, 0);
    assert_eq!(bearer(&service), format!("Bearer {ACCESS}"));
    object(&ra("refresh", &service, &file));
    let calls = service.calls();
    assert_eq!(calls[1].field("refresh_token").as_deref(), Some(REFRESH));
    assert_eq!(ra("revoke", &service, &file).code, 0);
    let base = service.base();
    let line = format!("client-credentials --client-id {CLIENT} --scope identify --force");
    let args = words(&line);
    let args = [&args[..], &["--base", &base, "--token-file", text(&file)]].concat();
    object(&run_with(&args, &[("RA_CLIENT_SECRET", SECRET)]));
    for name in beside {
        let there = fs::read_to_string(directory.path().join(name)).unwrap();
        assert_eq!(there, planted().to_string(), "{name}");
    }
    assert_eq!(names(directory.path()).len(), 4);
    // and what is not there is not made of them
    fs::remove_file(&file).unwrap();
    for name in ["userinfo", "refresh", "revoke"] {
        let ended = ra(name, &service, &file);
        assert!(fails(&ended, 8).ends_with("there is no such file"));
    }
    assert!(!file.exists());
}

#[test]
fn p12_what_a_save_that_died_left_is_read_and_the_next_write_tidies_up() {
    let directory = tempfile::tempdir().unwrap();
    for with_old in [true, false] {
        let file = token_file(
            directory.path(),
            &json!({"token_type": "Bearer",
            "access_token": "canary-spent", "refresh_token": "canary-spent"}),
        );
        fs::write(pending(&file), token().to_string()).unwrap();
        fs::set_permissions(pending(&file), Permissions::from_mode(0o600)).unwrap();
        if !with_old {
            fs::remove_file(&file).unwrap();
        }
        let before = names(directory.path());
        let service = service();
        assert_eq!(ra("userinfo", &service, &file).code, 0);
        assert_eq!(bearer(&service), format!("Bearer {ACCESS}"));
        assert_eq!(names(directory.path()), before); // reading changes nothing
        object(&ra("refresh", &service, &file));
        let refresh = service.calls().pop().unwrap();
        assert_eq!(refresh.field("refresh_token").as_deref(), Some(REFRESH));
        assert_eq!(names(directory.path()), ["token.json"]);
        assert!(fs::read_to_string(&file).unwrap().contains("canary-r0"));
    }
}

#[test]
fn sixty_refreshes_beside_a_reader_all_succeed() {
    let directory = tempfile::tempdir().unwrap();
    let file = token_file(directory.path(), &token());
    let service = service();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut read = 0;
            while !over.load(Ordering::SeqCst) {
                let ended = ra("userinfo", &service, &file);
                assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
                read += 1;
            }
            read
        });
        let refreshes = scope.spawn(|| {
            let ended: Vec<Ended> = (0..60).map(|_| ra("refresh", &service, &file)).collect();
            over.store(true, Ordering::SeqCst);
            ended
        });
        for ended in refreshes.join().unwrap() {
            object(&ended);
        }
        assert!(reader.join().unwrap() > 0);
    });
    // each spent what the one before had brought
    let calls = service.calls();
    let spent = calls.iter().filter(|call| call.line.ends_with("/token"));
    let spent: Vec<String> = spent
        .map(|call| call.field("refresh_token").unwrap())
        .collect();
    let expected = (0..59).map(|pair| format!("canary-r{pair}"));
    let expected: Vec<String> = std::iter::once(REFRESH.to_owned())
        .chain(expected)
        .collect();
    assert_eq!(spent, expected);
    assert_eq!(names(directory.path()), ["token.json"]);
}

#[test]
fn p12_a_second_refresh_does_not_begin_while_one_is_out() {
    let directory = tempfile::tempdir().unwrap();
    let file = token_file(directory.path(), &token());
    let (arrived, arrivals) = channel();
    let (go, gone) = channel();
    let gone = Mutex::new(gone);
    let slow = Service::start(move |_| {
        arrived.send(()).unwrap();
        gone.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        fake::ok(&token())
    });
    let first = Ra::spawn(&mut started("refresh", &slow, &file));
    arrivals.recv_timeout(PATIENCE).unwrap();

    let other = service();
    let ended = ra("refresh", &other, &file);
    let busy = "another command is refreshing it";
    assert!(fails(&ended, 8).ends_with(busy), "{ended:?}");
    assert!(other.calls().is_empty());
    // reading goes on, and a new token does not get lost below the successor of the old one
    assert_eq!(ra("userinfo", &other, &file).code, 0);
    let base = other.base();
    let line = format!("client-credentials --client-id {CLIENT} --scope identify --force");
    let args = words(&line);
    let args = [&args[..], &["--base", &base, "--token-file", text(&file)]].concat();
    let ended = run_with(&args, &[("RA_CLIENT_SECRET", SECRET)]);
    assert_eq!(ended.code, 8, "{ended:?}");
    assert!(ended.stderr.trim_end().ends_with(busy), "{ended:?}");
    assert!(ended.stdout.contains("canary-a0"), "{ended:?}"); // the only copy

    go.send(()).unwrap();
    object(&first.end());
    object(&ra("refresh", &other, &file));
}

#[test]
fn s41_a_pending_file_that_was_not_made_here_is_found_before_the_refresh_token_is_spent() {
    let directory = tempfile::tempdir().unwrap();
    let file = token_file(directory.path(), &token());
    let service = service();
    let way = pending(&file);
    put(&way, 0o644);
    for give_away in [false, true] {
        if give_away {
            fs::set_permissions(&way, Permissions::from_mode(0o600)).unwrap();
            if chown(&way, Some(NOBODY), None).is_err() {
                println!("SKIPPED: only the superuser can give files away");
                fs::set_permissions(&way, Permissions::from_mode(0o644)).unwrap();
                break;
            }
        }
        assert_eq!(ra("userinfo", &service, &file).code, 0);
        assert_eq!(bearer(&service), format!("Bearer {ACCESS}"));
        let calls = service.calls().len();
        let ended = ra("refresh", &service, &file);
        let why = if give_away {
            "belongs to another user"
        } else {
            "others may read or write"
        };
        let error = fails(&ended, 8);
        assert!(
            error.contains(why) && error.contains(".token.json.ra-pending"),
            "{error}"
        );
        assert_eq!(service.calls().len(), calls);
        assert_eq!(fs::read_to_string(&file).unwrap(), token().to_string());
        assert_eq!(fs::read_to_string(&way).unwrap(), planted().to_string());
    }
    // the same for a file that is not there yet
    fs::remove_file(&file).unwrap();
    let calls = service.calls().len();
    for name in ["userinfo", "refresh"] {
        fails(&ra(name, &service, &file), 8);
    }
    let base = service.base();
    for force in [&[][..], &["--force"]] {
        let line = format!("client-credentials --client-id {CLIENT} --scope identify");
        let args = words(&line);
        let more = ["--base", &base, "--token-file", text(&file)];
        let args = [&args[..], &more, force].concat();
        fails(&run_with(&args, &[("RA_CLIENT_SECRET", SECRET)]), 8);
    }
    assert_eq!(service.calls().len(), calls);
    assert_eq!(names(directory.path()), [".token.json.ra-pending"]);
}

#[test]
fn s41_another_users_token_file_is_read_with_a_note_and_not_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let file = token_file(directory.path(), &token());
    if chown(&file, Some(NOBODY), None).is_err() {
        println!("SKIPPED: only the superuser can give files away");
        return;
    }
    let service = service();
    let ended = ra("userinfo", &service, &file);
    assert_eq!(ended.code, 0, "{ended:?}");
    let note = format!("note: {} belongs to another user, who may", file.display());
    assert!(ended.stderr.starts_with(&note), "{ended:?}");
    let calls = service.calls().len();
    let ended = ra("refresh", &service, &file);
    assert!(
        fails(&ended, 8).contains("belongs to another user"),
        "{ended:?}"
    );
    assert_eq!(service.calls().len(), calls);
    assert_eq!(fs::read_to_string(&file).unwrap(), token().to_string());
    let ended = run(&words(&format!(
        "refresh --client-id {CLIENT} --token-file {}",
        text(&file)
    )));
    fails(&ended, 8); // before anything of the network is looked at
}

#[test]
fn a_refresh_drops_the_id_token_of_the_access_token_before() {
    let directory = tempfile::tempdir().unwrap();
    let mut held = token();
    held["id_token"] = json!("canary.id.token");
    let file = token_file(directory.path(), &held);
    let service = service();
    let printed = object(&ra("refresh", &service, &file));
    assert_eq!(
        (printed.get("id_token"), &printed["scope"]),
        (None, &held["scope"])
    );
    let ended = ra("verify-id-token", &service, &file);
    assert!(fails(&ended, 8).contains("a refresh drops it"), "{ended:?}");
}
