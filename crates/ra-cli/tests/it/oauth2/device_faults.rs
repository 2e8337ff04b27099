//! `ra oauth2 device` when it does not go as it should.

use ra_testkit::discord::{Answer, Discord, recorded};
use serde_json::Value;

use super::device::quick;
use super::fails;
use super::recorded::{CLIENT, at_once, ra, run, shows_no_secret};
use crate::support::terminal::Terminal;
use crate::support::{Ended, Ra};

const ARGS: [&str; 5] = ["device", "--client-id", CLIENT, "--scope", "identify"];

/// Runs a device login whose first polls get these answers.
fn polled(answers: impl IntoIterator<Item = Answer>) -> (Discord, Ended) {
    let discord = quick();
    discord.answer("/oauth2/token", answers);
    let ended = run(&discord, &[&ARGS[..], &["--json"]].concat());
    shows_no_secret(&ended);
    (discord, ended)
}

/// Runs a device login whose request for codes gets this answer.
fn started(answer: Answer) -> Ended {
    let discord = Discord::start();
    discord.answer("/oauth2/device/authorize", [answer]);
    let ended = run(&discord, &ARGS);
    assert_eq!(discord.heard().len(), 1, "asked once");
    assert!(ended.stdout.is_empty(), "{ended:?}");
    shows_no_secret(&ended);
    ended
}

#[test]
fn o132_s22_slow_down_makes_the_interval_longer() {
    let discord = quick();
    discord.answer("/oauth2/token", [recorded::error_slow_down()]);
    let mut ra = Ra::spawn(&mut ra(&discord, &[&ARGS[..], &["--json"]].concat()));
    ra.event("device");
    assert_eq!(
        ra.diagnostic(),
        "The service wants to be asked less often: every 6 s from now on.\n"
    );
    ra.interrupt();
    let ended = ra.end();
    assert_eq!(
        (ended.code, ended.stdout.lines().count()),
        (3, 1),
        "{ended:?}"
    );
}

#[test]
fn o133_s23_the_code_expires_by_word_of_the_service_and_by_the_clock() {
    let (discord, ended) = polled([recorded::error_expired_token()]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert_eq!(ended.error()["kind"], "expired");
    assert_eq!(ended.error()["retry"], "new_session");
    assert_eq!(discord.calls("/oauth2/token"), 1);

    let discord = Discord::start();
    let short = recorded::device().with("\"expires_in\": 300", "\"expires_in\": 1");
    discord.answer("/oauth2/device/authorize", [short]);
    let ended = run(&discord, &ARGS);
    assert_eq!(fails(&ended, 4), "the device code has expired");
    assert_eq!(discord.calls("/oauth2/token"), 0);
}

#[test]
fn s23_s37_limits_failures_and_cut_answers_are_survived() {
    let cut = || recorded::error_authorization_pending().cut();
    let silence = "The service did not answer. It is asked again in 2 s.";
    let limit = "The service asked to wait. It is asked again in 2 s.";
    let cases = [
        (vec![recorded::rate_limited_html(), cut()], limit),
        (vec![recorded::unavailable()], silence),
        (vec![recorded::rate_limited()], limit),
        (vec![recorded::bad_gateway_html()], silence),
    ];
    at_once(cases, |(answers, said)| {
        let polls = answers.len() + 1;
        let discord = quick();
        discord.answer("/oauth2/token", answers);
        discord.decide(true);
        let ended = run(&discord, &[&ARGS[..], &["--json"]].concat());
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(ended.stderr.lines().count(), polls - 1, "{ended:?}");
        let first = ended.stderr.lines().next();
        assert_eq!(first, Some(said));
        assert_eq!(discord.calls("/oauth2/token"), polls);
    });
}

#[test]
fn s23_s37_a_wait_that_the_code_does_not_live_to_see_ends_it() {
    let day = Answer::new("HTTP/1.1 429 Too Many Requests\nRetry-After: 86400\n\n");
    let (discord, ended) = polled([day]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert_eq!(
        ended.stderr,
        "The service asked for a longer wait than the code lives.\n"
    );
    assert_eq!(ended.error()["kind"], "expired");
    assert_eq!(discord.calls("/oauth2/token"), 1);
}

#[test]
fn o135_s28_s36_what_is_no_answer_of_the_service_ends_it_at_once() {
    let elsewhere = Discord::start();
    let to = format!("{}/oauth2/token", elsewhere.base());
    let cases = [
        (Answer::redirect(302, &to), 7, "network"),
        (Answer::redirect(307, &to), 7, "network"),
        (Answer::redirect(308, &to), 7, "network"),
        (recorded::html_with_200(), 6, "protocol"),
        (Answer::ok("{}"), 6, "protocol"),
        (Answer::ok(""), 6, "protocol"),
        (recorded::forbidden_html(), 7, "network"),
        (recorded::error_invalid_client(), 6, "refused"),
        (recorded::error_invalid_device_code(), 6, "refused"),
        (recorded::method_not_allowed(), 6, "refused"),
    ];
    at_once(cases, |(answer, code, kind)| {
        let (discord, ended) = polled([answer.clone()]);
        assert_eq!(ended.code, code, "{answer:?} {ended:?}");
        assert_eq!(ended.error()["kind"], kind, "{answer:?}");
        assert_eq!(discord.calls("/oauth2/token"), 1);
    });
    assert!(elsewhere.heard().is_empty());
}

#[test]
fn s36_an_oversized_answer_is_not_read() {
    let (_, ended) = polled([Answer::oversized()]);
    assert_eq!(ended.code, 7, "{ended:?}");
    let ended = started(Answer::oversized());
    assert!(ended.stderr.len() < 1_000);
    fails(&ended, 7);
}

#[test]
fn s28_s36_s37_without_codes_there_is_nothing_to_show() {
    let elsewhere = Discord::start();
    for (answer, code) in [
        (Answer::redirect(307, &elsewhere.base()), 7),
        (recorded::rate_limited(), 7),
        (recorded::rate_limited_html(), 7),
        (recorded::unavailable(), 7),
        (recorded::device().cut(), 7),
        (recorded::html_with_200(), 6),
        (recorded::error_invalid_scope(), 6),
        (recorded::error_invalid_client(), 6),
        (Answer::ok(r#"{"device_code":"d"}"#), 6),
    ] {
        let ended = started(answer);
        fails(&ended, code);
    }
    assert!(elsewhere.heard().is_empty());
}

#[test]
fn s24_codes_and_addresses_that_are_not_fit_to_be_shown_are_refused() {
    let uri = "\"https://discord.com/activate\"";
    for (from, to) in [
        (uri, r#""http://discord.com/activate""#),
        (uri, r#""http://127.0.0.1.evil.example/""#),
        (uri, r#""javascript:alert(1)""#),
        (uri, r#""https://discord.com/\u001b[2Jactivate""#),
        (uri, r#""https://discord.com/ act""#),
        (uri, r#""""#),
        (uri, "null"),
        ("\"ZAW6C586\"", r#""ZAW6\u001b[2J""#),
        ("\"ZAW6C586\"", r#""ZAW6\r\nC586""#),
        ("\"ZAW6C586\"", r#""ZAW6\u202eC586""#),
        ("\"ZAW6C586\"", r#""""#),
    ] {
        let ended = started(recorded::device().with(from, to));
        fails(&ended, 6);
        assert!(
            !ended.stderr.contains(['\u{1b}', '\r', '\u{202e}']),
            "{ended:?}"
        );
    }
    // the address with the code in it may be missing: then the other one is shown
    let complete = r#""https://discord.com/activate?user_code=ZAW6C586""#;
    for wrong in [r#""http://evil.example/\u001b[2J""#, "null"] {
        let discord = Discord::start();
        let answer = recorded::device_quick().with(complete, wrong);
        discord.answer("/oauth2/device/authorize", [answer]);
        let mut ra = Ra::spawn(&mut ra(&discord, &[&ARGS[..], &["--json"]].concat()));
        assert_eq!(ra.event("device")["verification_uri_complete"], Value::Null);
        discord.decide(true);
        assert_eq!(ra.end().code, 0);
    }
}

#[test]
fn a_signal_at_any_time_cancels() {
    for terminate in [false, true] {
        let discord = quick();
        discord.answer("/oauth2/token", [Answer::silence()]);
        let mut ra = Ra::spawn(&mut ra(&discord, &[&ARGS[..], &["--json"]].concat()));
        ra.event("device");
        if terminate {
            // in the middle of a poll
            discord.wait_for("/oauth2/token");
            ra.terminate();
            // its reply may bring a token: the second signal ends it at once
            let waits = ra.diagnostic();
            assert!(waits.starts_with("Waiting up to 5 s"), "{waits}");
            ra.terminate();
        } else {
            ra.interrupt();
        }
        let ended = ra.end();
        let said = match terminate {
            true => "Cancelled; what was sent may be spent.\n",
            false => "Cancelled.\n",
        };
        assert_eq!((ended.code, ended.stderr.as_str()), (3, said));
        assert_eq!(ended.stdout.lines().count(), 1);
        shows_no_secret(&ended);
    }
    // before there is a code
    let discord = Discord::start();
    discord.answer("/oauth2/device/authorize", [Answer::silence()]);
    let ra = Ra::spawn(&mut ra(&discord, &ARGS));
    discord.wait_for("/oauth2/device/authorize");
    ra.interrupt();
    assert_eq!(ra.end().code, 3);
}

#[test]
fn the_time_of_timeout_ends_every_wait() {
    let late = "nobody decided in the time of --timeout";
    let timeout = [&ARGS[..], &["--timeout", "1"]].concat();
    at_once(["between", "in a poll", "before"], |when| {
        let discord = match when {
            "in a poll" => quick(),
            _ => Discord::start(),
        };
        match when {
            "between" => {
                let ended = run(&discord, &timeout);
                assert_eq!(fails(&ended, 4), late);
            }
            "in a poll" => {
                discord.answer("/oauth2/token", [Answer::silence()]);
                let args = [&ARGS[..], &["--timeout", "2", "--json"]].concat();
                let ended = run(&discord, &args);
                assert_eq!(ended.code, 4, "{ended:?}");
                assert_eq!(ended.error()["message"], late);
            }
            _ => {
                let silence = [Answer::silence()];
                discord.answer("/oauth2/device/authorize", silence);
                fails(&run(&discord, &timeout), 7);
            }
        }
    });
}

#[test]
fn nothing_that_the_service_says_steers_the_terminal() {
    let discord = quick();
    discord.answer(
        "/oauth2/token",
        [Answer::new(
            "HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n\
             {\"error\":\"invalid_grant\",\"error_description\":\"\\u001b[2Jcanary\\r\\n\"}",
        )],
    );
    let mut terminal = Terminal::start(&mut ra(&discord, &ARGS), 80, 40);
    terminal.until("lets this machine into your account.");
    let (code, rest) = terminal.end();
    assert_eq!(code, 6, "{rest}");
    assert!(
        !rest.contains("\u{1b}[2J") && !rest.contains("canary"),
        "{rest}"
    );
}
