//! `ra login` against APIs that misbehave: the documented exit code, exactly one error line, and no secret in any
//! output.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use crate::faults::fails;
use crate::support::fake::{self, TOKEN};
use crate::support::{PATIENCE, run};

/// A login whose ticket exchange is answered by a script.
fn exchange_fails(
    answer: impl Fn(&fake::Key) -> String + Send + Sync + 'static,
    code: i32,
    kind: &str,
) -> Value {
    let (gateway, key) = fake::gateway(|_, mut socket| {
        socket.well();
    });
    let api = fake::api(move |_| answer(&key));
    fails(&gateway, &api, code, kind)
}

#[test]
fn r30_tokens_that_are_none() {
    let sealed = |plaintext: &'static [u8]| {
        move |key: &fake::Key| fake::ok(&json!({"encrypted_token": key.seal(plaintext)}))
    };
    exchange_fails(sealed(b""), 6, "protocol");
    exchange_fails(sealed(b"canary\xff"), 6, "protocol");
    exchange_fails(sealed(b"canary\nwith lines"), 6, "protocol");
    exchange_fails(sealed(b"canary\x1b]0;title\x07"), 6, "protocol");
}

#[test]
fn r30_r33_replies_that_make_no_sense() {
    exchange_fails(
        |_| fake::ok(&json!({"encrypted_token": "canary"})),
        6,
        "protocol",
    );
    exchange_fails(|_| fake::ok(&json!({"encrypted_token": ""})), 6, "protocol");
    exchange_fails(|_| fake::ok(&json!({"token": "canary"})), 6, "protocol");
    exchange_fails(
        |_| fake::response("200 OK", "text/html", "<html>canary</html>"),
        6,
        "protocol",
    );
    exchange_fails(
        |key| {
            let mut sealed = ra_proto::base64::decode(&key.seal(TOKEN.as_bytes())).unwrap();
            sealed[0] ^= 1;
            fake::ok(&json!({"encrypted_token": ra_proto::base64::encode_standard(&sealed)}))
        },
        6,
        "protocol",
    );
}

#[test]
fn r32_refusals_keep_status_and_code() {
    let error = exchange_fails(
        |_| {
            let body = json!({"message": "canary", "code": 10_012});
            fake::response("404 Not Found", "application/json", &body.to_string())
        },
        6,
        "refused",
    );
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("404") && message.contains("10012"),
        "{error}"
    );

    let error = exchange_fails(
        |_| fake::response("403 Forbidden", "text/html", "<h1>canary</h1>"),
        7,
        "network",
    );
    assert!(
        error["message"].as_str().unwrap().contains("403"),
        "{error}"
    );
}

#[test]
fn r32_rate_limits_keep_their_wait() {
    let error = exchange_fails(
        |_| {
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
                .to_owned()
        },
        7,
        "network",
    );
    assert_eq!(error["retry"], "after:3600");
    let error = exchange_fails(
        |_| {
            let body = json!({"message": "canary", "retry_after": 1200.5, "global": false});
            fake::response(
                "429 Too Many Requests",
                "application/json",
                &body.to_string(),
            )
        },
        7,
        "network",
    );
    assert_eq!(error["retry"], "after:1200.5");
}

#[test]
fn r33_redirects_and_giant_bodies_are_refused() {
    exchange_fails(
        |_| {
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/canary\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n"
                .to_owned()
        },
        7,
        "network",
    );
    exchange_fails(
        |_| fake::response("200 OK", "application/json", &"canary ".repeat(10 << 20)),
        7,
        "network",
    );
}

#[test]
fn a_timeout_after_the_approval_does_not_say_that_there_was_none() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.well();
    });
    let (_hold, held) = channel::<()>();
    let held = Mutex::new(held);
    let api = fake::api(move |_| {
        // ra ends before there is an answer
        let _ = held.lock().unwrap().recv_timeout(PATIENCE);
        String::new()
    });
    let args = ["login", "--json", "--gateway", &gateway, "--api", &api];
    let ended = run(&[&args[..], &["--timeout", "3"]].concat());
    assert_eq!(ended.code, 4, "{ended:?}");
    let error = ended.error();
    assert_eq!(error["kind"], "expired");
    assert_eq!(
        error["message"],
        "the login was approved, but the token did not come in the time of --timeout"
    );
}
