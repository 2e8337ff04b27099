//! Ctrl-C and SIGTERM while a call is under way that works once.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::service::Service;
use super::{ACCESS, CLIENT, VERIFIER, command, text, token, token_file};
use crate::support::fake::{ok, response};
use crate::support::{Ended, PATIENCE, Ra};

/// A service that says when it is asked, and answers when it is told what.
struct Held {
    service: Service,
    asked: Receiver<()>,
    answer: Sender<String>,
}

impl Held {
    fn start() -> Self {
        let ((send, asked), (answer, answers)) = (channel(), channel::<String>());
        let answers = Mutex::new(answers);
        let service = Service::start(move |_| {
            send.send(()).unwrap();
            let answer = answers.lock().unwrap().recv_timeout(PATIENCE);
            answer.unwrap_or_default()
        });
        Self {
            service,
            asked,
            answer,
        }
    }

    /// A run whose call has arrived, and that was told to stop.
    fn stopped(&self, mut command: Command, stop: fn(&Ra)) -> Ra {
        let mut ra = Ra::spawn(&mut command);
        self.asked.recv_timeout(PATIENCE).unwrap();
        stop(&ra);
        assert_eq!(
            ra.diagnostic(),
            "Waiting up to 5 s for a reply that would be lost. Again stops at once.\n"
        );
        ra
    }

    fn refresh(&self, file: &Path) -> Command {
        let base = self.service.base();
        let args = ["refresh", "--client-id", CLIENT, "--base", &base, "--json"];
        command(&[&args[..], &["--token-file", text(file)]].concat())
    }

    fn exchange(&self) -> Command {
        let base = self.service.base();
        let callback = "/?code=canary-code&state=s";
        let args = ["exchange", "--client-id", CLIENT, "--base", &base, "--json"];
        let mut command = command(&[&args[..], &["--state", "s", "--callback", callback]].concat());
        command.env("RA_CODE_VERIFIER", VERIFIER);
        command
    }
}

fn cancelled(ended: &Ended, said: &str) {
    assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{ended:?}");
    assert_eq!(ended.stderr, said);
    ended.never_says("canary");
}

#[test]
fn s38_a_token_that_still_comes_is_kept_and_printed() {
    for stop in [Ra::interrupt, Ra::terminate] {
        let (held, directory) = (Held::start(), tempfile::tempdir().unwrap());
        let mut old = token();
        old["access_token"] = "canary-old".into();
        let path = token_file(directory.path(), &old);
        let ra = held.stopped(held.refresh(&path), stop);
        held.answer.send(ok(&token())).unwrap();
        let ended = ra.end();
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(ended.events().pop().unwrap()["access_token"], ACCESS);
        assert!(fs::read_to_string(&path).unwrap().contains(ACCESS));

        let ra = held.stopped(held.exchange(), stop);
        held.answer.send(ok(&token())).unwrap();
        let ended = ra.end();
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(ended.events().pop().unwrap()["access_token"], ACCESS);
    }
}

#[test]
fn s38_without_a_reply_it_says_what_may_be_lost() {
    let spent = "Cancelled; what was sent may be spent.\n";
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token());
    let before = fs::read(&path).unwrap();
    // a second signal, the end of the wait, and a reply that says nothing
    let held = Held::start();
    let ra = held.stopped(held.refresh(&path), Ra::interrupt);
    ra.terminate();
    cancelled(&ra.end(), spent);

    let held = Held::start();
    let ra = held.stopped(held.refresh(&path), Ra::interrupt);
    cancelled(&ra.end(), spent);

    let held = Held::start();
    let ra = held.stopped(held.exchange(), Ra::interrupt);
    let lost = response("502 Bad Gateway", "text/html", "<html>canary</html>");
    held.answer.send(lost).unwrap();
    cancelled(&ra.end(), spent);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_refusal_spends_nothing() {
    let held = Held::start();
    let ra = held.stopped(held.exchange(), Ra::interrupt);
    let body = r#"{"error":"invalid_client","error_description":"canary"}"#;
    let refusal = response("401 Unauthorized", "application/json", body);
    held.answer.send(refusal).unwrap();
    cancelled(&ra.end(), "Cancelled.\n");
}
