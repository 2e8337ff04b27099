//! The calls of a phone, and the ticket exchange that follows them.

use std::net::SocketAddr;

use http::Request;
use serde_json::{Value, json};

use super::{ALICE, ALICE_PAYLOAD, Desktop, Reply, call, post};

/// Scans a fingerprint, which may be refused.
pub(crate) async fn try_scan(node: SocketAddr, who: &str, fingerprint: &str) -> Reply {
    post(node, "", Some(who), json!({ "fingerprint": fingerprint })).await
}

/// Scans a fingerprint. Returns the body for `finish` and `cancel`.
pub(crate) async fn scan(node: SocketAddr, who: &str, fingerprint: &str) -> Value {
    let reply = try_scan(node, who, fingerprint).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// Sends a verdict: `finish` or `cancel`.
pub(crate) async fn decide(node: SocketAddr, verdict: &str, who: &str, token: &Value) -> Reply {
    post(node, verdict, Some(who), token.clone()).await
}

/// Approves with an MFA token.
pub(crate) async fn finish_with(node: SocketAddr, who: &str, token: &Value, mfa: &str) -> Reply {
    let request = Request::post("/api/v9/users/@me/remote-auth/finish")
        .header("host", "gateway")
        .header("authorization", who)
        .header("X-Discord-MFA-Authorization", mfa);
    call(node, request.body(token.to_string()).unwrap()).await
}

/// Answers a question for a second factor with a one-time code.
pub(crate) async fn answer_mfa(node: SocketAddr, who: &str, ticket: &Value, code: &str) -> Reply {
    let body = json!({"ticket": ticket, "mfa_type": "totp", "data": code});
    let request = Request::post("/api/v9/mfa/finish")
        .header("host", "gateway")
        .header("authorization", who);
    call(node, request.body(body.to_string()).unwrap()).await
}

/// Exchanges a ticket.
pub(crate) async fn redeem(node: SocketAddr, ticket: &str) -> Reply {
    post(node, "login", None, json!({ "ticket": ticket })).await
}

/// Scans and approves as Alice. Returns the desktop's ticket.
pub(crate) async fn approve(node: SocketAddr, desktop: &mut Desktop, fingerprint: &str) -> String {
    let token = scan(node, ALICE, fingerprint).await;
    assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
    let reply = decide(node, "finish", ALICE, &token).await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    desktop.expect_ticket().await
}

/// Returns a new desktop and the ticket that Alice has approved for it.
pub(crate) async fn approved(node: SocketAddr, id: u64) -> (Desktop, String) {
    let (mut desktop, fingerprint) = Desktop::ready(node, id).await;
    let ticket = approve(node, &mut desktop, &fingerprint).await;
    (desktop, ticket)
}
