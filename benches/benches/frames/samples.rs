//! A frame of each kind in both directions, as long as real ones.

use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};

/// 256 bytes in base64, or a key of 294 bytes with 98 of them.
fn base64(quarters: usize) -> String {
    "ab+/".repeat(quarters)
}

/// 32 bytes in base64url.
fn digest() -> String {
    "Ab_-".repeat(11).split_off(1)
}

/// Frames of a gateway, with names.
pub fn gateway() -> [(&'static str, GatewayFrame<'static>); 7] {
    [
        (
            "hello",
            GatewayFrame::Hello {
                timeout_ms: 122_801,
                heartbeat_interval: 41_250,
            },
        ),
        ("heartbeat_ack", GatewayFrame::HeartbeatAck),
        (
            "nonce_proof",
            GatewayFrame::NonceProof {
                encrypted_nonce: base64(86).into(),
            },
        ),
        (
            "pending_remote_init",
            GatewayFrame::PendingRemoteInit {
                fingerprint: digest().into(),
            },
        ),
        (
            "pending_ticket",
            GatewayFrame::PendingTicket {
                encrypted_user_payload: base64(86).into(),
            },
        ),
        (
            "pending_login",
            GatewayFrame::PendingLogin {
                ticket: "x".repeat(80).into(),
            },
        ),
        ("cancel", GatewayFrame::Cancel),
    ]
}

/// Frames of a desktop, with names. The proof comes in both dialects.
pub fn desktop() -> [(&'static str, DesktopFrame<'static>); 4] {
    [
        (
            "init",
            DesktopFrame::Init {
                encoded_public_key: base64(98).into(),
            },
        ),
        (
            "nonce_proof_digest",
            DesktopFrame::NonceProof(Proof::Digest(digest().into())),
        ),
        (
            "nonce_proof_nonce",
            DesktopFrame::NonceProof(Proof::Nonce(digest().into())),
        ),
        ("heartbeat", DesktopFrame::Heartbeat),
    ]
}
