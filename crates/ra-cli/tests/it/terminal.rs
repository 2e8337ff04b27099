//! Questions and pictures on a pseudo-terminal, with a person's answers.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::approve::{URL, api, good, mfa_required};
use crate::support::fake::{self, TOKEN};
use crate::support::terminal::Terminal;
use crate::support::{PATIENCE, command, picture};

const QUESTION: &str = "(Enter gives up): ";

#[test]
fn the_code_is_black_on_white_and_counts_down() {
    let (gateway, key) = fake::gateway(|_, mut socket| {
        socket.handshake();
        // two turns of the countdown, seen as the user scans again
        socket.scan();
        socket.frame();
    });
    drop(key);
    let mut terminal = Terminal::start(&mut command(&["login", "--gateway", &gateway]), 80, 24);
    let seen = terminal.until("https://discord.com/ra/");
    assert!(seen.contains("\u{1b}[38;5;16;48;5;231m"), "{seen:?}");
    let rest = terminal.until("\r\n");
    let url = format!("https://discord.com/ra/{}", rest.trim());
    assert_eq!(picture(&seen), url);
    terminal.until("Scan it with the phone app within ");
    terminal.until("Scanned by \"Mary#1212\" (id 196769986071625728).");
    let first = terminal.until(" left. Ctrl-C cancels.");
    let second = terminal.until(" left. Ctrl-C cancels.");
    assert_ne!(first, second);
    assert!(
        second.contains("\rWaiting for \"Mary#1212\" to confirm on the phone, "),
        "{second:?}"
    );
    terminal.interrupt();
    let (code, rest) = terminal.end();
    assert_eq!(code, 3, "{rest}");
    assert!(rest.ends_with("\u{1b}[KCancelled.\r\n"), "{rest:?}");
}

#[test]
fn no_color_and_dumb_terminals_get_characters_only() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.handshake();
        socket.send(&json!({"op": "cancel"}));
        socket.until_gone();
    });
    let mut plain = command(&["login", "--gateway", &gateway]);
    let (code, seen) = Terminal::start(plain.env("NO_COLOR", "1"), 80, 24).end();
    assert_eq!(code, 3);
    assert!(!seen.contains("\u{1b}[38"), "{seen:?}");
    assert!(picture(&seen).starts_with("https://discord.com/ra/"));

    let mut dumb = command(&["login", "--gateway", &gateway]);
    let (code, seen) = Terminal::start_as("dumb", &mut dumb, 80, 24).end();
    assert_eq!(code, 3);
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
    assert!(picture(&seen).starts_with("https://discord.com/ra/"));
}

#[test]
fn a_narrow_window_gets_the_address() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.handshake();
        socket.send(&json!({"op": "cancel"}));
        socket.until_gone();
    });
    let mut login = command(&["login", "--gateway", &gateway]);
    let (code, seen) = Terminal::start(&mut login, 40, 24).end();
    assert_eq!(code, 3);
    assert!(
        seen.contains("too small") && seen.contains("https://discord.com/ra/"),
        "{seen:?}"
    );
    assert!(!seen.contains('▀'));
}

/// An API that wants a captcha answered with `right`, and tells what it was sent.
fn captcha() -> (String, String, Arc<Mutex<Vec<String>>>) {
    let (gateway, key) = fake::gateway(|_, mut socket| {
        socket.well();
    });
    let sent = Arc::new(Mutex::new(Vec::new()));
    let remembers = sent.clone();
    let api = fake::api(move |request| {
        if let Some(solution) = request.header("x-captcha-key") {
            remembers.lock().unwrap().push(solution.to_owned());
            assert_eq!(request.header("x-captcha-rqtoken"), Some("rq-token"));
        }
        if request
            .header("x-captcha-key")
            .is_some_and(|key| key.ends_with("right"))
        {
            return fake::ok(&json!({"encrypted_token": key.seal(TOKEN.as_bytes())}));
        }
        let body = json!({"captcha_key": ["captcha-required"], "captcha_service": "hcaptcha",
            "captcha_sitekey": "site-1", "captcha_rqtoken": "rq-token"});
        fake::response("400 Bad Request", "application/json", &body.to_string())
    });
    (gateway, api, sent)
}

#[test]
fn r31_a_captcha_is_put_before_the_person() {
    let (gateway, api, sent) = captcha();
    let args = ["login", "--gateway", &gateway, "--api", &api];
    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until("A captcha is required (service: hcaptcha, site key: site-1).");
    terminal.until(QUESTION);
    terminal.answer("wrong");
    terminal.until(QUESTION);
    terminal.answer(" right ");
    let (code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.ends_with(&format!("{TOKEN}\r\n")), "{seen:?}");
    assert_eq!(*sent.lock().unwrap(), ["wrong", "right"]);
}

#[test]
fn r31_a_long_response_is_not_cut_by_the_terminal() {
    let (gateway, api, sent) = captcha();
    let args = ["login", "--gateway", &gateway, "--api", &api];
    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until(QUESTION);
    assert!(!terminal.edits_lines());
    let long = format!("{}right", "x".repeat(6_000));
    terminal.answer(&long);
    let (code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert_eq!(*sent.lock().unwrap(), [long]);
    assert!(terminal.edits_lines());
}

#[test]
fn r31_enter_gives_up_and_a_signal_cancels() {
    let (gateway, api, sent) = captcha();
    let args = ["login", "--gateway", &gateway, "--api", &api];
    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until(QUESTION);
    terminal.answer("");
    let (code, seen) = terminal.end();
    assert_eq!(code, 5, "{seen}");
    assert_eq!(seen.matches("error: ").count(), 1);

    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until(QUESTION);
    terminal.interrupt();
    assert_eq!(terminal.end().0, 3);
    assert!(terminal.edits_lines());
    assert!(sent.lock().unwrap().is_empty());
}

#[test]
fn r31_the_rest_of_an_answer_does_not_answer_the_next_question() {
    let (gateway, api, sent) = captcha();
    let args = ["login", "--gateway", &gateway, "--api", &api];
    let mut terminal = Terminal::start(&mut command(&args), 80, 24);
    terminal.until(QUESTION);
    terminal.answer("wrong\nnot right");
    terminal.until(QUESTION);
    terminal.answer("right");
    let (code, seen) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert_eq!(*sent.lock().unwrap(), ["wrong", "right"]);
}

#[test]
fn r31_with_json_nothing_is_asked_even_at_a_terminal() {
    let (gateway, api, _) = captcha();
    let args = ["login", "--json", "--gateway", &gateway, "--api", &api];
    let (code, seen) = Terminal::start(&mut command(&args), 80, 24).end();
    assert_eq!(code, 5, "{seen}");
    assert!(!seen.contains("gives up"));
}

fn approve(api: &str, answers: &[(&str, &str)]) -> (i32, String) {
    let mut approve = command(&["approve", URL, "--api", api]);
    let mut terminal = Terminal::start(approve.env("RA_TOKEN", "canary-phone-token"), 80, 24);
    let mut seen = String::new();
    for (question, answer) in answers {
        seen += &terminal.until(question);
        terminal.answer(answer);
    }
    let (code, rest) = terminal.end();
    assert!(!rest.contains("canary"), "{rest}");
    (code, seen + &rest)
}

#[test]
fn r44_only_a_clear_yes_is_a_yes() {
    for (answer, code) in [
        ("y", 0),
        ("YES", 0),
        ("n", 3),
        ("", 3),
        ("yes!", 3),
        ("1", 3),
    ] {
        let (api, heard) = api(good);
        let (ended, seen) = approve(&api, &[("[y/N] ", answer)]);
        assert_eq!(ended, code, "{answer:?} {seen}");
        let last = heard.lock().unwrap().last().unwrap().0.clone();
        let expected = if code == 0 { "/finish" } else { "/cancel" };
        assert!(last.ends_with(expected), "{answer:?}");
        for text in ["at 127.0.0.1", URL, "in front of you", &"A".repeat(43)] {
            assert!(seen.contains(text), "{text}: {seen}");
        }
    }
}

/// Types something before there is a question, then answers the question.
fn typed_ahead(ahead: &str, answer: &str) -> (i32, String) {
    let (ask, asked) = channel::<()>();
    let asked = Mutex::new(asked);
    let (api, heard) = api(move |request| {
        if request.line.ends_with("/remote-auth") {
            asked.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        }
        good(request)
    });
    let mut approve = command(&["approve", URL, "--api", &api]);
    let mut terminal = Terminal::start(approve.env("RA_TOKEN", "x"), 80, 24);
    terminal.type_in(ahead);
    // its echo says that the terminal holds it
    terminal.until(&ahead.replace('\n', "\r\n"));
    ask.send(()).unwrap();
    terminal.until("[y/N] ");
    terminal.answer(answer);
    let code = terminal.end().0;
    let last = heard.lock().unwrap().last().unwrap().0.clone();
    (code, last)
}

#[test]
fn r44_what_was_typed_before_the_question_is_no_answer() {
    for (ahead, answer, expected) in [
        ("yes\n", "no", 3),
        ("yes", "", 3),
        ("yes\nyes\nyes\n", "", 3),
        ("no\n", "yes", 0),
    ] {
        let (code, last) = typed_ahead(ahead, answer);
        assert_eq!(code, expected, "{ahead:?} {answer:?}");
        let call = if code == 0 { "/finish" } else { "/cancel" };
        assert!(last.ends_with(call), "{ahead:?} {answer:?} {last}");
    }
}

#[test]
fn r44_a_signal_at_the_question_is_a_no() {
    let (api, heard) = api(good);
    let mut approve = command(&["approve", URL, "--api", &api]);
    let mut terminal = Terminal::start(approve.env("RA_TOKEN", "x"), 80, 24);
    terminal.until("[y/N] ");
    terminal.interrupt();
    assert_eq!(terminal.end().0, 3);
    assert!(heard.lock().unwrap().last().unwrap().0.ends_with("/cancel"));
}

#[test]
fn r43_the_second_factor_is_asked_for_a_few_times() {
    let asks = |methods: &'static [&'static str]| {
        api(move |request| {
            let passed = request.header("x-discord-mfa-authorization") == Some("canary-mfa-token");
            match request.line.rsplit_once("/api/v9").unwrap().1 {
                "/users/@me/remote-auth/finish" if !passed => mfa_required(methods),
                "/mfa/finish"
                    if request.body["data"] == "123456" || request.body["data"] == "abcd-efgh" =>
                {
                    fake::ok(&json!({"token": "canary-mfa-token"}))
                }
                "/mfa/finish" => fake::response(
                    "400 Bad Request",
                    "application/json",
                    r#"{"message":"Invalid","code":60008}"#,
                ),
                _ => good(request),
            }
        })
    };
    let (api, heard) = asks(&["totp"]);
    let question = "(Enter declines): ";
    let (code, seen) = approve(
        &api,
        &[("[y/N] ", "y"), (question, "654321"), (question, "123456")],
    );
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("That code was wrong"));
    assert_eq!(heard.lock().unwrap()[3].2["mfa_type"], "totp");

    let (api, heard) = asks(&["totp", "backup"]);
    assert_eq!(
        approve(&api, &[("[y/N] ", "y"), (question, "abcd-efgh")]).0,
        0
    );
    assert_eq!(heard.lock().unwrap()[2].2["mfa_type"], "backup");

    let (api, _) = asks(&["totp"]);
    let wrong = (question, "000000");
    let (code, seen) = approve(&api, &[("[y/N] ", "y"), wrong, wrong, wrong]);
    assert_eq!(code, 5, "{seen}");

    let (api, heard) = asks(&["totp"]);
    assert_eq!(approve(&api, &[("[y/N] ", "y"), (question, "")]).0, 3);
    assert!(heard.lock().unwrap().last().unwrap().0.ends_with("/cancel"));

    let (api, _) = asks(&["password"]);
    let (code, seen) = approve(&api, &[("[y/N] ", "y")]);
    assert_eq!(code, 5, "{seen}");
    assert!(seen.contains("only be given on the phone"));
}
