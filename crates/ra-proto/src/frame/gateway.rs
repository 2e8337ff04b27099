//! Frames that the gateway sends.

use alloc::{borrow::Cow, string::String};

use super::{DecodeError, check_size};
use crate::json::{Field, make_room, read_object, write_number, write_raw, write_text};
use ra_types::Sensitive;

/// Bytes of a hello with the largest numbers; only more than one growth is at stake.
const LONGEST_HELLO: usize = 90;

/// A frame from the gateway to the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayFrame<'a> {
    /// First of all. Both numbers are milliseconds and not yet clamped (R-04).
    Hello {
        /// How long the session lives.
        timeout_ms: u64,
        /// How often the desktop must send a heartbeat.
        heartbeat_interval: u64,
    },
    /// A heartbeat has arrived (R-10).
    HeartbeatAck,
    /// The challenge: a nonce, sealed to the desktop's key, in base64 (R-06).
    NonceProof {
        /// The sealed nonce.
        encrypted_nonce: Cow<'a, str>,
    },
    /// The proof was right; the QR code may be shown (R-08).
    PendingRemoteInit {
        /// The fingerprint of the desktop's key as the gateway received it. Compare it.
        fingerprint: Cow<'a, str>,
    },
    /// Somebody has scanned the QR code (R-11).
    PendingTicket {
        /// The sealed user payload, in base64.
        encrypted_user_payload: Cow<'a, str>,
    },
    /// The person has approved (R-13).
    PendingLogin {
        /// To be exchanged for a token. Never empty when decoded.
        ticket: Sensitive<'a>,
    },
    /// The person has declined (R-14).
    Cancel,
    /// A frame of an op that this version does not know; to be skipped (R-03).
    Unknown {
        /// The op as it came. It may hold any characters.
        op: Cow<'a, str>,
    },
}

impl<'a> GatewayFrame<'a> {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`DecodeError`] names the op and the missing or wrong field (R-03, R-04, R-13, R-17).
    pub fn decode(text: &'a str) -> Result<Self, DecodeError> {
        check_size(text)?;
        let mut op = Field::new("op");
        let mut timeout_ms = Field::new("timeout_ms");
        let mut heartbeat_interval = Field::new("heartbeat_interval");
        let mut encrypted_nonce = Field::new("encrypted_nonce");
        let mut fingerprint = Field::new("fingerprint");
        let mut encrypted_user_payload = Field::new("encrypted_user_payload");
        let mut ticket = Field::new("ticket");
        read_object(text, |key, value| match key {
            "op" => op.put(value),
            "timeout_ms" => timeout_ms.put(value),
            "heartbeat_interval" => heartbeat_interval.put(value),
            "encrypted_nonce" => encrypted_nonce.put(value),
            "fingerprint" => fingerprint.put(value),
            "encrypted_user_payload" => encrypted_user_payload.put(value),
            "ticket" => ticket.put(value),
            _ => {}
        })?;
        let op = op.text()?;
        Ok(match &*op {
            "hello" => Self::Hello {
                timeout_ms: timeout_ms.of("hello").number()?,
                heartbeat_interval: heartbeat_interval.of("hello").number()?,
            },
            "heartbeat_ack" => Self::HeartbeatAck,
            "nonce_proof" => Self::NonceProof {
                encrypted_nonce: encrypted_nonce.of("nonce_proof").text()?,
            },
            "pending_remote_init" => Self::PendingRemoteInit {
                fingerprint: fingerprint.of("pending_remote_init").text()?,
            },
            "pending_ticket" => Self::PendingTicket {
                encrypted_user_payload: encrypted_user_payload.of("pending_ticket").text()?,
            },
            "pending_login" => Self::PendingLogin {
                ticket: ticket.of("pending_login").filled_secret()?,
            },
            "cancel" => Self::Cancel,
            _ => Self::Unknown { op },
        })
    }

    /// Appends the frame's text to `out`.
    ///
    /// An [`Unknown`](Self::Unknown) frame is written with its op alone.
    pub fn encode_into(&self, out: &mut String) {
        match self {
            Self::Hello {
                timeout_ms,
                heartbeat_interval,
            } => {
                make_room(out, LONGEST_HELLO);
                write_number(out, r#"{"op":"hello","timeout_ms":"#, *timeout_ms);
                write_number(out, r#","heartbeat_interval":"#, *heartbeat_interval);
                write_raw(out, "}");
            }
            Self::HeartbeatAck => write_raw(out, r#"{"op":"heartbeat_ack"}"#),
            Self::NonceProof { encrypted_nonce } => {
                let head = r#"{"op":"nonce_proof","encrypted_nonce":""#;
                write_text(out, head, encrypted_nonce, "\"}");
            }
            Self::PendingRemoteInit { fingerprint } => {
                let head = r#"{"op":"pending_remote_init","fingerprint":""#;
                write_text(out, head, fingerprint, "\"}");
            }
            Self::PendingTicket {
                encrypted_user_payload,
            } => {
                let head = r#"{"op":"pending_ticket","encrypted_user_payload":""#;
                write_text(out, head, encrypted_user_payload, "\"}");
            }
            Self::PendingLogin { ticket } => {
                let head = r#"{"op":"pending_login","ticket":""#;
                write_text(out, head, ticket.expose(), "\"}");
            }
            Self::Cancel => write_raw(out, r#"{"op":"cancel"}"#),
            Self::Unknown { op } => write_text(out, r#"{"op":""#, op, "\"}"),
        }
    }

    /// The frame's text. Wipe it after use where [`PendingLogin`](Self::PendingLogin) is encoded.
    ///
    /// ```
    /// use ra_proto::frame::GatewayFrame;
    ///
    /// assert_eq!(GatewayFrame::HeartbeatAck.encode(), r#"{"op":"heartbeat_ack"}"#);
    /// ```
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = String::new();
        self.encode_into(&mut out);
        out
    }

    /// The op on the wire.
    #[must_use]
    pub fn op(&self) -> &str {
        match self {
            Self::Unknown { op } => op,
            known => known.op_name(),
        }
    }

    /// The op's name for logs and errors: `unknown` in place of a peer's own text.
    #[must_use]
    pub const fn op_name(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::HeartbeatAck => "heartbeat_ack",
            Self::NonceProof { .. } => "nonce_proof",
            Self::PendingRemoteInit { .. } => "pending_remote_init",
            Self::PendingTicket { .. } => "pending_ticket",
            Self::PendingLogin { .. } => "pending_login",
            Self::Cancel => "cancel",
            Self::Unknown { .. } => "unknown",
        }
    }
}
