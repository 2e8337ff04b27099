//! The browser that `ra oauth2 login` opens: a program in its place leaves what it was given.

#![cfg(not(target_os = "macos"))] // which has its opener at a fixed place

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::login::{Login, authorized};
use super::loopback::get;
use super::service::Service;
use super::{CLIENT, SECRET, command, text, token};
use crate::support::{PATIENCE, Ra};

/// A program that stands for the browser's opener and leaves what it was given.
fn opener(directory: &Path, script: &str) {
    let path = directory.join("xdg-open");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The opener is asked for the URL by the environment; its answer comes through a pipe.
#[test]
fn o123_the_browser_gets_the_url_and_no_secret() {
    let service = Service::of(token());
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    opener(
        directory.path(),
        r#"printf '%s\n' "$#" "$1" "$RA_CLIENT_SECRET$RA_TOKEN" > "$PIPE"; echo noise; echo noise >&2"#,
    );
    let base = service.base();
    let mut command = command(&["login", "--json", "--client-id", CLIENT, "--base", &base]);
    let path = format!("{}:/usr/bin:/bin", text(directory.path()));
    command
        .env("PATH", path)
        .env("DISPLAY", ":canary")
        .env("PIPE", &pipe)
        .env("RA_TOKEN", "canary-token")
        .env("RA_CLIENT_SECRET", SECRET);
    let login = Login::of(Ra::spawn(&mut command));
    let (send, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut told = String::new();
        std::fs::File::open(&pipe)
            .unwrap()
            .read_to_string(&mut told)
            .unwrap();
        send.send(told)
    });
    let told = told.recv_timeout(PATIENCE).expect("the opener was started");
    assert_eq!(told, format!("1\n{}\n\n", login.url));
    get(login.address, &login.target("code=canary-code"));
    let ended = login.end();
    authorized(&ended);
    ended.never_says("noise");
}

#[test]
fn without_a_browser_the_url_is_shown_all_the_same() {
    let service = Service::of(token());
    let base = service.base();
    let directory = tempfile::tempdir().unwrap();
    opener(directory.path(), "exit 3");
    for (display, path, first) in [
        // no display: nothing is even tried
        (
            "",
            "/usr/bin:/bin",
            "No browser could be opened. Open this address on this machine:\n",
        ),
        // no opener
        (
            ":1",
            "/nowhere",
            "No browser could be opened. Open this address on this machine:\n",
        ),
        // an opener that fails later
        (
            ":1",
            text(directory.path()),
            "Your browser opens. If it does not, open this address on this machine:\n",
        ),
    ] {
        let mut command = command(&["login", "--client-id", CLIENT, "--base", &base]);
        command.env("DISPLAY", display).env("PATH", path);
        let mut ra = Ra::spawn(&mut command);
        assert_eq!(ra.diagnostic(), first);
        assert!(
            ra.diagnostic()
                .contains("/oauth2/authorize?response_type=code&")
        );
        assert_eq!(
            ra.diagnostic(),
            "Waiting for your answer there. Ctrl-C cancels.\n"
        );
        ra.terminate();
        assert_eq!(ra.end().code, 3);
    }
}
