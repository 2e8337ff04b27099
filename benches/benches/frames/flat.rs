//! Another way with serde: a struct with an optional member for each field. Nothing checks which fields an op needs.

use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
pub struct Gateway {
    op: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heartbeat_interval: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted_nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted_user_payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
}

#[derive(Deserialize, Serialize)]
pub struct Desktop {
    op: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoded_public_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
}
