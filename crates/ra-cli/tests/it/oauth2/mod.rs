//! `ra oauth2` as programs and people run it, against scripted services on loopback.

mod authorize_url;
mod browser;
mod device;
mod device_faults;
mod exchange;
mod faults;
mod files;
mod id_token;
mod implicit;
mod information;
mod login;
mod loopback;
mod network;
mod partner;
mod provider;
mod recorded;
mod secrets;
pub mod service;
mod sharing;
mod signals;
mod terminal;
mod tokens;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{self, Ended, Ra};

/// The application of these tests.
pub const CLIENT: &str = "157730590492196864";
pub const SECRET: &str = "canary-secret p+e%r:s";
pub const VERIFIER: &str = "canary-verifier-Qs-0Scio0ScPJDYOFy1NYsOAsj6Rb6cP";
pub const ACCESS: &str = "canary-access";
pub const REFRESH: &str = "canary-refresh";

/// `ra oauth2` with none of its variables set, and without a display.
pub fn command(args: &[&str]) -> Command {
    let mut command = support::command(&[&["oauth2"], args].concat());
    for name in [
        "RA_CLIENT_SECRET",
        "RA_CODE_VERIFIER",
        "RA_BOT_TOKEN",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "BROWSER",
    ] {
        command.env_remove(name);
    }
    command
}

/// The arguments of a command line whose values have no blanks.
pub fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// Runs it to its end.
pub fn run(args: &[&str]) -> Ended {
    run_with(args, &[])
}

/// Runs it to its end, with these variables.
pub fn run_with(args: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = command(args);
    command.envs(variables.iter().copied());
    Ra::spawn(&mut command).end()
}

/// Runs this command line of the application on a token file.
pub fn with_file(line: &str, service: &service::Service, file: &Path) -> Ended {
    let (base, file) = (service.base(), text(file));
    let line = format!("{line} --client-id {CLIENT} --base {base} --token-file {file}");
    run(&words(&line))
}

/// A token endpoint's successful reply.
pub fn token() -> Value {
    json!({"token_type": "Bearer", "access_token": ACCESS, "expires_in": 604_800,
        "refresh_token": REFRESH, "scope": "identify guilds"})
}

/// Writes a token file with the required mode.
pub fn token_file(directory: &Path, token: &Value) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = directory.join("token.json");
    std::fs::write(&path, token.to_string()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// Returns the sorted names of a directory's entries.
pub fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Returns the address and the state of the redirect that an authorize URL asks for.
pub fn redirect_of(url: &str) -> (SocketAddr, String) {
    let query = service::pairs(url.split_once('?').unwrap().1);
    let of = |name: &str| {
        let (_, value) = query.iter().find(|(found, _)| found == name).unwrap();
        value.clone()
    };
    let redirect_uri = of("redirect_uri");
    let host = redirect_uri.strip_prefix("http://").unwrap();
    let host = host.split('/').next().unwrap();
    (host.parse().unwrap(), of("state"))
}

/// Returns the only JSON object on standard output.
pub fn object(ended: &Ended) -> Value {
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"))
}

/// Asserts that it ended with this code, one error line, and an empty standard output. Returns the error.
pub fn fails(ended: &Ended, code: i32) -> &str {
    assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{ended:?}");
    ended.never_says("canary");
    let mut errors = ended
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("error: "));
    match (errors.next(), errors.next()) {
        (Some(error), None) => error,
        _ => panic!("{ended:?}"),
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
