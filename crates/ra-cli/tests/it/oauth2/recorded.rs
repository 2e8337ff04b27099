//! Runs against recorded answers of Discord, by a server that checks what it is asked.

use std::process::Command;

use ra_testkit::discord::{self, Discord};

use super::command;
use crate::support::{Ended, Ra};

/// The application of the document's examples.
pub const CLIENT: &str = "332269999912132097";
/// Secrets that no line may show, except tokens on standard output.
const SECRETS: [&str; 9] = [
    discord::CLIENT_SECRET,
    discord::ODD_CLIENT_SECRET,
    discord::BOT_TOKEN,
    discord::EXTERNAL_TOKEN,
    "external.5300",
    "PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali", // the device code
    discord::OPENID_ACCESS_TOKEN,
    "D43f5y0ahjqew82jZ4NViEr2YafMKhue",
    "6qrZcUqja7812RVdnEKjpzOL4CvHBFG",
];

/// `ra oauth2` with this server as its base and all secrets in variables.
pub fn ra(discord: &Discord, args: &[&str]) -> Command {
    let base = discord.base();
    let mut command = command(&[args, &["--base", &base]].concat());
    command
        .env("RA_CLIENT_SECRET", discord::CLIENT_SECRET)
        .env("RA_TOKEN", discord::OPENID_ACCESS_TOKEN)
        .env("RA_BOT_TOKEN", discord::BOT_TOKEN)
        .env("RA_EXTERNAL_TOKEN", discord::EXTERNAL_TOKEN);
    command
}

/// Runs it to its end.
pub fn run(discord: &Discord, args: &[&str]) -> Ended {
    Ra::spawn(&mut ra(discord, args)).end()
}

/// The only error: the line for people, and the event for programs. Neither shows a secret.
pub fn fails(discord: &Discord, args: &[&str], code: i32) -> (String, serde_json::Value) {
    let people = run(discord, args);
    let line = super::fails(&people, code).to_owned();
    shows_no_secret(&people);
    let program = run(discord, &[args, &["--json"]].concat());
    assert_eq!(program.code, code, "{program:?}");
    shows_no_secret(&program);
    (line, program.error())
}

/// Neither stream shows a secret.
pub fn shows_no_secret(ended: &Ended) {
    for secret in SECRETS {
        ended.never_says(secret);
    }
}

/// The diagnostics show no secret; standard output may hold a token.
pub fn tells_no_secret(ended: &Ended) {
    for secret in SECRETS {
        assert!(!ended.stderr.contains(secret), "{secret}: {ended:?}");
    }
}

/// Tries cases that mostly wait, all at the same time.
pub fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, case: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for one in cases {
            let case = &case;
            scope.spawn(move || case(one));
        }
    });
}
