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

use serde_json::{Value, json};
use std::net::SocketAddr;

use crate::support::*;

/// Scans at this node and returns the refusal.
async fn scan_refused(node: SocketAddr, who: &str, fingerprint: &str) -> (u16, u64) {
    let reply = try_scan(node, who, fingerprint).await;
    reply.refusal()
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
