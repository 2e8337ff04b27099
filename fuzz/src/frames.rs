//! Targets `gateway_frame` and `desktop_frame`: frames of both directions.

use ra_proto::DecodeError;
use ra_proto::frame::{DesktopFrame, GatewayFrame, MAX_FRAME_BYTES};

use crate::reference::{self, outcome};

const FIELDS: [&str; 10] = [
    "op",
    "timeout_ms",
    "heartbeat_interval",
    "encrypted_nonce",
    "fingerprint",
    "encrypted_user_payload",
    "ticket",
    "encoded_public_key",
    "proof",
    "nonce",
];
const OPS: [&str; 6] = [
    "hello",
    "nonce_proof",
    "pending_remote_init",
    "pending_ticket",
    "pending_login",
    "init",
];

/// Decodes a frame of a gateway as the reference does, without a panic. A decoded frame encodes no longer and decodes
/// to the same. Errors hold nothing of the text.
///
/// # Panics
/// If a property does not hold.
pub fn gateway_frame(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let read = GatewayFrame::decode(text);
    assert_eq!(outcome(read.clone()), reference::gateway(text));
    match read {
        Ok(frame) => {
            let written = frame.encode();
            assert_bounds(text, &written);
            assert_eq!(GatewayFrame::decode(&written).as_ref(), Ok(&frame));
            assert_redacted(&frame, matches!(frame, GatewayFrame::PendingLogin { .. }));
        }
        Err(error) => assert_error(error),
    }
}

/// Decodes a frame of a desktop, with the properties of [`gateway_frame`].
///
/// # Panics
/// If a property does not hold.
pub fn desktop_frame(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let read = DesktopFrame::decode(text);
    assert_eq!(outcome(read.clone()), reference::desktop(text));
    match read {
        Ok(frame) => {
            let written = frame.encode();
            assert_bounds(text, &written);
            assert_eq!(DesktopFrame::decode(&written).as_ref(), Ok(&frame));
            assert_redacted(&frame, matches!(frame, DesktopFrame::NonceProof(_)));
        }
        Err(error) => assert_error(error),
    }
}

fn assert_bounds(text: &str, written: &str) {
    assert!(
        text.len() <= MAX_FRAME_BYTES,
        "a frame of {} bytes was read",
        text.len()
    );
    assert!(
        written.len() <= text.len(),
        "{} bytes became {}",
        text.len(),
        written.len()
    );
}

fn assert_redacted(frame: &dyn core::fmt::Debug, secret: bool) {
    assert!(!secret || format!("{frame:?}").contains("Sensitive(..)"));
}

fn assert_error(error: DecodeError) {
    crate::assert_one_line(&error);
    assert!(error.op().is_none_or(|op| OPS.contains(&op)));
    assert!(error.field().is_none_or(|field| FIELDS.contains(&field)));
    assert!(error.op().is_none() || error.field().is_some());
}
