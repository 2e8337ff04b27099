//! Refusals of calls.

use http::Request;
use serde_json::{Value, json};

use crate::support::*;

const CALLS: [&str; 3] = ["", "finish", "cancel"];

#[tokio::test]
async fn r53_missing_and_unknown_authorization_get_401() {
    let host = host(|_| {}).await;
    let scheme = format!("Bearer {ALICE}");
    for call in CALLS {
        for authorization in [None, Some(""), Some("nobody"), Some(scheme.as_str())] {
            let reply = post(host.address, call, authorization, json!({})).await;
            assert_eq!(reply.refusal(), (401, 0), "{call} {authorization:?}");
            assert_eq!(reply.json()["message"], "401: Unauthorized");
        }
    }
    let request = Request::post("/api/v9/mfa/finish").header("host", "gateway");
    let reply = call(host.address, request.body("{}".into()).unwrap()).await;
    assert_eq!(reply.refusal(), (401, 0));
}

#[tokio::test]
async fn r53_unknown_fingerprints_and_handshake_tokens_get_404_10056() {
    let host = host(|_| {}).await;
    let unknown = "vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";
    for fingerprint in [unknown, "", "short", &unknown[1..], &format!("{unknown}=")] {
        let reply = try_scan(host.address, ALICE, fingerprint).await;
        assert_eq!(reply.refusal(), (404, 10056), "{fingerprint}");
    }
    for call in ["finish", "cancel"] {
        let body = json!({"handshake_token": "made up"});
        let reply = post(host.address, call, Some(ALICE), body).await;
        assert_eq!(reply.refusal(), (404, 10056), "{call}");
    }
}

#[tokio::test]
async fn r53_a_session_without_a_qr_yet_is_unknown() {
    let host = host(|_| {}).await;
    let mut desktop = Desktop::connect(host.address).await;
    desktop.challenge().await;
    let fingerprint = ra_crypto::fingerprint(desktop.key.public_key()).to_string();
    let reply = try_scan(host.address, ALICE, &fingerprint).await;
    assert_eq!(reply.refusal(), (404, 10056));
}

#[tokio::test]
async fn r53_unknown_tickets_get_400_20042() {
    let host = host(|_| {}).await;
    let reply = post(
        host.address,
        "login",
        None,
        json!({"ticket": "made.up.ticket"}),
    )
    .await;
    assert_eq!(reply.refusal(), (400, 20042));
}

#[tokio::test]
async fn r53_bodies_that_are_no_json_get_50109_and_bad_fields_50035() {
    let host = host(|_| {}).await;
    let send = async |path: &str, body: &str| {
        let request = Request::post(format!("/api/v9/users/@me/remote-auth{path}"))
            .header("host", "gateway")
            .header("authorization", ALICE);
        call(host.address, request.body(body.to_owned()).unwrap()).await
    };
    for path in ["", "/finish", "/cancel", "/login"] {
        let deep = "[".repeat(10_000);
        for body in [
            "",
            "{",
            "[]",
            "null",
            "\"x\"",
            "{} {}",
            "\u{0}",
            deep.as_str(),
        ] {
            assert_eq!(
                send(path, body).await.refusal(),
                (400, 50109),
                "{path} {body:.20}"
            );
        }
    }
    for (path, field) in [
        ("", "fingerprint"),
        ("/finish", "handshake_token"),
        ("/cancel", "handshake_token"),
        ("/login", "ticket"),
    ] {
        for value in [Value::Null, json!(1), json!([]), json!({"a": "b"})] {
            let mut body = json!({});
            body[field] = value;
            let reply = send(path, &body.to_string()).await;
            assert_eq!(reply.refusal(), (400, 50035), "{path} {body}");
            assert!(
                reply.json()["errors"][field]["_errors"].is_array(),
                "{}",
                reply.text
            );
        }
        assert_eq!(send(path, "{}").await.refusal(), (400, 50035), "{path}");
        let twice = format!("{{\"{field}\":\"a\",\"{field}\":\"a\"}}");
        assert_eq!(send(path, &twice).await.refusal(), (400, 50035), "{path}");
    }
}

#[tokio::test]
async fn r34_a_refusal_never_repeats_what_was_sent() {
    let host = host(|_| {}).await;
    for body in [
        json!({"handshake_token": "canary"}),
        json!({"ticket": "canary"}),
        json!({"fingerprint": "canary"}),
        json!({"canary": "canary"}),
    ] {
        for call in ["", "finish", "cancel", "login"] {
            let reply = post(host.address, call, Some(ALICE), body.clone()).await;
            assert!(
                reply.status >= 400 && !reply.text.contains("canary"),
                "{}",
                reply.text
            );
        }
    }
}

#[tokio::test]
async fn r53_unknown_paths_and_methods() {
    let host = host(|_| {}).await;
    assert_eq!(get(host.address, "/nothing").await.refusal(), (404, 0));
    assert_eq!(
        get(host.address, "/api/v9/mfa/finish").await.refusal(),
        (405, 0)
    );
    let plain = get(host.address, "/?v=2").await;
    assert_eq!(plain.refusal(), (426, 0));
    assert_eq!(plain.headers["upgrade"], "websocket");
    let (_, head) = Tcp::upgraded(host.address, "Sec-WebSocket-Version: 12\r\n").await;
    assert!(
        head.starts_with("HTTP/1.1 101 "),
        "the first version header counts: {head}"
    );
    let mut broken = Tcp::connect(host.address).await;
    broken
        .send(upgrade("").replace("Version: 13", "Version: 8").as_bytes())
        .await;
    assert!(broken.read_head().await.starts_with("HTTP/1.1 400 "));
}

#[tokio::test]
async fn health_and_readiness_are_told() {
    let host = host(|_| {}).await;
    assert_eq!(get(host.address, "/healthz").await.status, 200);
    assert_eq!(get(host.address, "/readyz").await.status, 200);
}
