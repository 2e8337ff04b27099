//! Services that misbehave: the documented exit code, exactly one error, no second call, and no word of theirs.

use serde_json::json;

use super::service::Service;
use super::{CLIENT, SECRET, fails, run_with, text, token, token_file, words};
use crate::support::fake::{self, response};
use crate::support::{Ended, PATIENCE};

/// Each command that calls somebody, against this service.
fn each(service: &Service, more: &[&str], check: impl Fn(&Ended)) {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token());
    let (base, file) = (service.base(), text(&path));
    let callback = format!("{}/cb?code=canary-code&state=s", service.origin());
    let calls: [&[&str]; 4] = [
        &["exchange", "--callback", &callback, "--state", "s"],
        &["refresh", "--token-file", file],
        &["client-credentials", "--scope", "identify"],
        &["revoke", "--token-file", file],
    ];
    for (number, args) in calls.into_iter().enumerate() {
        let args = [args, &["--client-id", CLIENT, "--base", &base], more].concat();
        check(&run_with(&args, &[("RA_CLIENT_SECRET", SECRET)]));
        assert_eq!(service.calls().len(), number + 1, "{args:?}");
    }
}

fn all_fail(answer: String, code: i32, message: &str) {
    let service = Service::start(move |_| answer.clone());
    each(&service, &[], |ended| {
        let error = fails(ended, code);
        assert!(error.starts_with(message), "{error}");
    });
}

#[test]
fn s28_redirects_are_refused_and_not_followed() {
    let elsewhere = Service::of(token());
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let answer = format!(
            "HTTP/1.1 {status}\r\nLocation: {}/canary\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            elsewhere.origin()
        );
        all_fail(answer, 7, "a redirect was refused, status 3");
    }
    assert!(elsewhere.calls().is_empty());
}

#[test]
fn s37_too_many_calls_say_how_long_to_wait() {
    let body = json!({"message": "canary", "retry_after": 1.5, "global": false}).to_string();
    let service =
        Service::start(move |_| response("429 Too Many Requests", "application/json", &body));
    each(&service, &["--json"], |ended| {
        assert_eq!(ended.code, 7, "{ended:?}");
        let error = ended.error();
        assert_eq!(error["kind"], "network");
        assert_eq!(error["retry"], "after:1.5");
        ended.never_says("canary");
    });
    let page = response("429 Too Many Requests", "text/html", "<html>canary</html>");
    all_fail(
        page.replace("\r\n\r\n", "\r\nRetry-After: 7\r\n\r\n"),
        7,
        "too many calls, status 429, retry after 7 s",
    );
}

#[test]
fn s13_s36_s38_failures_pages_and_answers_that_are_none() {
    for status in [
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
    ] {
        all_fail(
            response(status, "text/html", "<html>canary</html>"),
            7,
            "the call was refused, status 5",
        );
        let json = r#"{"error":"server_error","message":"canary"}"#;
        all_fail(
            response(status, "application/json", json),
            7,
            "the call was refused, status 5",
        );
    }
    // a refusal that is not the service's own
    for body in [
        "<html>canary</html>",
        "canary",
        "",
        "{}",
        "[]",
        "null",
        "{\"error\":7}",
    ] {
        all_fail(
            response("403 Forbidden", "application/json", body),
            7,
            "the call was refused, status 403",
        );
    }
    // and such a one is no reason to drop what was sent
    for status in ["401 Unauthorized", "407 Proxy Authentication Required"] {
        let service = Service::refusing(status, "<html>canary</html>");
        each(&service, &["--json"], |ended| {
            assert_eq!(ended.code, 7, "{ended:?}");
            ended.never_says("authorize again");
            ended.never_says("canary");
        });
    }
    // connections that end early
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{",
        "canary\r\n\r\n",
    ] {
        all_fail(answer.to_owned(), 7, "the call got no reply");
    }
}

#[test]
fn s10_s12_s36_tokens_that_are_none() {
    let deep = "[".repeat(100_000);
    for body in [
        "<html>canary</html>",
        "",
        "null",
        "[]",
        "{}",
        r#"{"access_token":"canary"}"#,
        r#"{"access_token":"canary","token_type":"mac"}"#,
        r#"{"access_token":"canary\n","token_type":"Bearer"}"#,
        r#"{"access_token":"","token_type":"Bearer"}"#,
        r#"{"access_token":"canary","token_type":"Bearer","expires_in":-5}"#,
        &deep,
    ] {
        let service = Service::refusing("200 OK", body);
        let args = [
            "client-credentials",
            "--scope",
            "identify",
            "--client-id",
            CLIENT,
            "--base",
            &service.base(),
        ];
        let ended = run_with(&args, &[("RA_CLIENT_SECRET", SECRET)]);
        let error = fails(&ended, 6);
        assert!(
            error.starts_with("the response makes no sense at "),
            "{error}"
        );
    }
}

#[test]
fn s36_a_reply_that_is_too_large_is_not_read_on() {
    let huge = format!("{{\"canary\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    all_fail(
        fake::response("200 OK", "application/json", &huge),
        7,
        "the response is too large",
    );
}

#[test]
fn silence_is_bounded_by_the_timeout() {
    let service = Service::start(|_| {
        std::thread::park_timeout(PATIENCE);
        String::new()
    });
    each(&service, &["--timeout", "1"], |ended| {
        assert_eq!(
            fails(ended, 7).split(';').next(),
            Some("the call got no reply: no answer in time")
        );
    });
}

#[test]
fn nobody_listens() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let base = format!("http://127.0.0.1:{port}");
    let line = format!("client-credentials --scope identify --client-id {CLIENT} --base {base}");
    let args = words(&line);
    let ended = run_with(&args, &[("RA_CLIENT_SECRET", SECRET)]);
    assert!(
        fails(&ended, 7).starts_with("the call got no reply: no connection"),
        "{ended:?}"
    );
}

#[test]
fn r31_a_captcha_has_its_own_exit_code() {
    let body = json!({"captcha_key": ["captcha-required"], "captcha_service": "hcaptcha",
        "captcha_sitekey": "canary", "captcha_rqtoken": "canary"});
    let captcha = response("400 Bad Request", "application/json", &body.to_string());
    all_fail(captcha, 5, "a captcha has to be solved, status 400");
}

#[test]
fn s13_codes_of_the_service_end_with_6_and_4() {
    for (code, error) in [
        (6, "unauthorized_client"),
        (6, "invalid_request"),
        (4, "expired_token"),
    ] {
        let body = json!({"error": error, "error_description": "canary"}).to_string();
        let answer = response("400 Bad Request", "application/json", &body);
        all_fail(
            answer,
            code,
            &format!("the call was refused, status 400 ({error})"),
        );
    }
    let body = r#"{"error":"access_denied","error_description":"canary"}"#;
    let service = Service::refusing("400 Bad Request", body);
    each(&service, &[], |ended| {
        assert_eq!((ended.code, ended.stderr.as_str()), (3, "Declined.\n"));
    });
}

#[test]
fn stop_signals_cancel_a_call() {
    use crate::support::Ra;
    for stop in [Ra::interrupt, Ra::terminate] {
        let (send, asked) = std::sync::mpsc::channel();
        let service = Service::start(move |_| {
            // the call is under way
            send.send(()).unwrap();
            std::thread::park_timeout(PATIENCE);
            String::new()
        });
        let base = service.base();
        let line = format!(
            "client-credentials --scope identify --client-id {CLIENT} --base {base} --json"
        );
        let args = words(&line);
        let mut command = super::command(&args);
        command.env("RA_CLIENT_SECRET", SECRET);
        let ra = Ra::spawn(&mut command);
        asked.recv_timeout(PATIENCE).unwrap();
        stop(&ra);
        let ended = ra.end();
        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""));
        assert_eq!(ended.stderr, "Cancelled.\n");
    }
}
