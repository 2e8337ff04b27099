//! `ra login` against gateways that misbehave: the documented exit code, exactly one error line, and no
//! secret in any output.

use std::io::Write as _;

use crate::support::fake::{self, Socket, TICKET, TOKEN};
use crate::support::{Ended, run};
use serde_json::{Value, json};
use tungstenite::{Bytes, Message};

/// Runs one login without renewal, for programs and for people: the same exit code and one error line in both.
pub fn fails(gateway: &str, api: &str, code: i32, kind: &str) -> Value {
    let base = ["login", "--renew", "0", "--gateway", gateway, "--api", api];
    let people = run(&base);
    assert_eq!(
        (people.code, people.stdout.as_str()),
        (code, ""),
        "{people:?}"
    );
    let errors = people
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "));
    assert_eq!(errors.count(), 1, "{people:?}");
    let last = people.stderr.lines().last().unwrap_or_default();
    assert!(last.starts_with("error: "), "{people:?}");
    says_no_secret(&people);

    let program = run(&[&base[..], &["--json"]].concat());
    assert_eq!(program.code, code, "{program:?}");
    assert_eq!(program.stderr, "");
    says_no_secret(&program);
    let error = program.error();
    assert_eq!(error["kind"], kind, "{program:?}");
    error
}

fn says_no_secret(ended: &Ended) {
    for secret in ["canary", TOKEN, TICKET] {
        ended.never_says(secret);
    }
}

/// A login whose socket part follows a script.
fn socket_fails(
    script: impl Fn(&mut Socket) -> Option<()> + Send + Sync + 'static,
    code: i32,
    kind: &str,
) -> Value {
    let (gateway, _) = fake::gateway(move |_, mut socket| {
        script(&mut socket);
        socket.until_gone();
    });
    fails(&gateway, "http://127.0.0.1:9/api/v9", code, kind)
}

/// A gateway that answers the upgrade with these bytes.
fn upgrade_fails(answer: &'static str) -> Value {
    let port = fake::listen(move |_, mut stream| {
        let _ = stream.write_all(answer.as_bytes());
        // reads on until the desktop is gone: an early close could lose the answer
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let gateway = format!("ws://127.0.0.1:{port}");
    fails(&gateway, "http://127.0.0.1:9/api/v9", 7, "network")
}

#[test]
fn r19_nobody_listens() {
    let error = fails("ws://127.0.0.1:9", "http://127.0.0.1:9", 7, "network");
    assert!(
        error["retry"].as_str().unwrap().starts_with("after:"),
        "{error}"
    );
}

#[test]
fn a_refused_upgrade_says_the_status_and_the_wait() {
    let error = upgrade_fails(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
    );
    assert!(
        error["message"].as_str().unwrap().contains("503"),
        "{error}"
    );
    assert_eq!(error["retry"], "after:7");
}

#[test]
fn r33_a_redirect_is_not_followed() {
    let error = upgrade_fails(
        "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/canary\r\nContent-Length: 0\r\n\r\n",
    );
    assert!(
        error["message"].as_str().unwrap().contains("302"),
        "{error}"
    );
}

#[test]
fn an_upgrade_answered_with_html_is_a_network_failure() {
    upgrade_fails("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n<h1>canary</h1>\r\n\r\n");
    upgrade_fails("220 mail.example ESMTP canary\r\n\r\n");
}

#[test]
fn r03_r04_frames_that_cannot_be_read() {
    for frame in [
        "{\"op\":\"hello\"",
        "[]",
        "\"canary\"",
        "{\"op\":\"hello\",\"op\":\"hello\",\"timeout_ms\":1,\"heartbeat_interval\":1}",
        "{\"op\":\"hello\",\"timeout_ms\":120000}",
        "{\"op\":\"hello\",\"timeout_ms\":120000,\"heartbeat_interval\":-1}",
        "{\"op\":\"hello\",\"timeout_ms\":120000,\"heartbeat_interval\":1.5}",
        "{\"op\":\"hello\",\"timeout_ms\":1e400,\"heartbeat_interval\":41250}",
        "{\"op\":\"hello\",\"timeout_ms\":18446744073709551616,\"heartbeat_interval\":41250}",
    ] {
        socket_fails(move |socket| socket.text(frame), 6, "protocol");
    }
}

#[test]
fn r17_binary_oversized_and_deep_frames() {
    socket_fails(
        |socket| {
            let canary = Bytes::from_static(b"canary");
            socket.socket.send(Message::Binary(canary)).ok()
        },
        6,
        "protocol",
    );
    socket_fails(
        |socket| {
            socket.text(&format!(
                "{{\"op\":\"hello\",\"pad\":\"{}\"}}",
                "x".repeat(32 << 20)
            ))
        },
        6,
        "protocol",
    );
    socket_fails(
        |socket| {
            socket.text(&format!(
                "{{\"op\":\"hello\",\"pad\":{}",
                "[".repeat(10_000)
            ))
        },
        6,
        "protocol",
    );
}

#[test]
fn r15_frames_out_of_order() {
    let ready = || json!({"op": "pending_remote_init", "fingerprint": "x"});
    socket_fails(move |socket| socket.send(&ready()), 6, "protocol");
}

#[test]
fn r06_a_challenge_that_cannot_be_opened() {
    for sealed in ["", "canary!", "AAAA"] {
        socket_fails(
            move |socket| {
                socket.hello()?;
                socket.init()?;
                socket.send(&json!({"op": "nonce_proof", "encrypted_nonce": sealed}))
            },
            6,
            "protocol",
        );
    }
    socket_fails(
        |socket| {
            socket.hello()?;
            socket.init()?;
            let mut sealed = ra_proto::base64::decode(&socket.key.seal(b"canary")).ok()?;
            sealed[100] ^= 1;
            let sealed = ra_proto::base64::encode_standard(&sealed);
            socket.send(&json!({"op": "nonce_proof", "encrypted_nonce": sealed}))
        },
        6,
        "protocol",
    );
}

#[test]
fn r08_a_wrong_fingerprint_never_becomes_a_code() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.hello();
        socket.init();
        socket.challenge(&[7; 32]);
        let wrong = "A".repeat(43);
        socket.send(&json!({"op": "pending_remote_init", "fingerprint": wrong}));
        socket.until_gone();
    });
    // three in a row end it, with the time between them
    let ended = run(&["login", "--json", "--gateway", &gateway]);
    assert_eq!(ended.code, 6, "{ended:?}");
    let events = ended.events();
    let names: Vec<_> = events.iter().map(|event| event["event"].clone()).collect();
    assert_eq!(names, ["renewed", "renewed", "error"]);
    assert_eq!(events[0]["reason"], "fingerprint");
    assert_eq!(events[2]["kind"], "protocol");
}

#[test]
fn r11_users_that_cannot_be_read() {
    for payload in [
        &b"0:0:0:canary"[..],
        b"1:canary:0:x",
        b"1:0:../canary:x",
        b"1:0:0:",
        b"1:0:0:can\x1b[2Jary",
        b"1:0:0:\xff\xfe",
        b"",
    ] {
        socket_fails(
            move |socket| {
                socket.handshake()?;
                socket.scanned_by(payload)
            },
            6,
            "protocol",
        );
    }
}

#[test]
fn r13_an_empty_ticket_is_no_verdict() {
    for ticket in [json!(""), json!(null)] {
        socket_fails(
            move |socket| {
                socket.handshake()?;
                socket.scan()?;
                socket.send(&json!({"op": "pending_login", "ticket": ticket}))
            },
            6,
            "protocol",
        );
    }
}

#[test]
fn r16_closes_without_a_verdict() {
    let closes = |code: u16| {
        move |socket: &mut Socket| {
            socket.handshake()?;
            socket.close(code)
        }
    };
    socket_fails(closes(4001), 6, "refused");
    socket_fails(closes(4000), 6, "refused");
    socket_fails(closes(4003), 4, "expired");
    socket_fails(closes(1000), 7, "network");
    socket_fails(
        |socket| {
            socket.handshake()?;
            socket
                .socket
                .get_mut()
                .shutdown(std::net::Shutdown::Both)
                .ok()
        },
        7,
        "network",
    );
}

#[test]
fn r10_heartbeats_that_are_never_acknowledged() {
    socket_fails(
        |socket| {
            socket.send(
                &json!({"op": "hello", "timeout_ms": 600_000, "heartbeat_interval": 1_000}),
            )?;
            // reads everything, answers what has to be answered, and acknowledges nothing
            let mut next = |op: &str| loop {
                let Message::Text(text) = socket.socket.read().ok()? else {
                    continue;
                };
                let frame: Value = serde_json::from_str(&text).ok()?;
                if frame["op"] == op {
                    return Some(frame);
                }
            };
            let init = next("init")?;
            let spki = ra_proto::base64::decode(init["encoded_public_key"].as_str()?).ok()?;
            let fingerprint = ra_crypto::fingerprint(&spki).to_string();
            let sealed = seal_to(&spki, &[7; 32]);
            socket.send(&json!({"op": "nonce_proof", "encrypted_nonce": sealed}))?;
            socket.send(&json!({"op": "pending_remote_init", "fingerprint": fingerprint}))
        },
        7,
        "network",
    );
}

fn seal_to(spki: &[u8], plaintext: &[u8]) -> String {
    use ra_crypto::{Backend as _, OsEntropy, RustCrypto};
    let key = RustCrypto.peer_key(spki).expect("a good key");
    let sealed = key.seal(plaintext, &mut OsEntropy).expect("sealed");
    ra_proto::base64::encode_standard(&sealed)
}
