//! Several nodes and a real Redis: sockets on one node, each call on another.

mod drains;
mod endings;
mod failures;
mod messages;
mod mfa;
mod processes;
mod races;
mod secrets;
mod storm;

use http::Request;
use serde_json::{Value, json};
use std::net::SocketAddr;

use crate::support::*;

/// Scans at this node: the body for `finish` and `cancel`.
async fn scan(node: SocketAddr, who: &str, fingerprint: &str) -> Value {
    let reply = post(node, "", Some(who), json!({ "fingerprint": fingerprint })).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// Scans at this node and returns the refusal.
async fn scan_refused(node: SocketAddr, who: &str, fingerprint: &str) -> (u16, u64) {
    let reply = post(node, "", Some(who), json!({ "fingerprint": fingerprint })).await;
    reply.refusal()
}

async fn decide(node: SocketAddr, verdict: &str, who: &str, token: &Value) -> Reply {
    post(node, verdict, Some(who), token.clone()).await
}

async fn redeem(node: SocketAddr, ticket: &str) -> Reply {
    post(node, "login", None, json!({ "ticket": ticket })).await
}

async fn finish_with(node: SocketAddr, who: &str, token: &Value, mfa_token: &str) -> Reply {
    let request = Request::post("/api/v9/users/@me/remote-auth/finish")
        .header("host", "gateway")
        .header("authorization", who)
        .header("X-Discord-MFA-Authorization", mfa_token)
        .body(token.to_string());
    call(node, request.unwrap()).await
}

async fn answer_mfa(node: SocketAddr, who: &str, ticket: &Value, code: &str) -> Reply {
    let body = json!({"ticket": ticket, "mfa_type": "totp", "data": code});
    let request = Request::post("/api/v9/mfa/finish")
        .header("host", "gateway")
        .header("authorization", who)
        .body(body.to_string());
    call(node, request.unwrap()).await
}

impl Fleet {
    /// Address of the nth node; after the last it starts again.
    fn at(&self, node: usize) -> SocketAddr {
        self.nodes[node % self.nodes.len()].address
    }

    /// A desktop on one node, scanned by Alice and approved on others.
    async fn approved(&self, id: u64) -> (Desktop, String) {
        let (mut desktop, fingerprint) = Desktop::ready(self.at(0), id).await;
        let token = scan(self.at(1), ALICE, &fingerprint).await;
        assert_eq!(desktop.expect_user().await, ALICE_PAYLOAD);
        let reply = decide(self.at(2), "finish", ALICE, &token).await;
        assert_eq!(reply.status, 204, "{}", reply.text);
        let ticket = desktop.expect_ticket().await;
        (desktop, ticket)
    }
}
