use alloc::{borrow::Cow, string::String};

use super::{DecodeError, check_size};
use crate::json::{Fields, ObjectWriter};
use crate::secret::Sensitive;

const KEYS: [&str; 7] = [
    "op",
    "timeout_ms",
    "heartbeat_interval",
    "encrypted_nonce",
    "fingerprint",
    "encrypted_user_payload",
    "ticket",
];

/// What the gateway says to the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
        /// What the gateway thinks the fingerprint of the desktop's key is. Compare it.
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
    /// [`DecodeError`] names op and field of what the frame lacks (R-03, R-04, R-13, R-17).
    pub fn decode(text: &'a str) -> Result<Self, DecodeError> {
        check_size(text)?;
        let mut fields = Fields::read(text, &KEYS)?;
        let op = fields.text("op")?;
        match &*op {
            "hello" => {
                fields.set_op("hello");
                Ok(Self::Hello {
                    timeout_ms: fields.number("timeout_ms")?,
                    heartbeat_interval: fields.number("heartbeat_interval")?,
                })
            }
            "heartbeat_ack" => Ok(Self::HeartbeatAck),
            "nonce_proof" => {
                fields.set_op("nonce_proof");
                Ok(Self::NonceProof {
                    encrypted_nonce: fields.text("encrypted_nonce")?,
                })
            }
            "pending_remote_init" => {
                fields.set_op("pending_remote_init");
                Ok(Self::PendingRemoteInit {
                    fingerprint: fields.text("fingerprint")?,
                })
            }
            "pending_ticket" => {
                fields.set_op("pending_ticket");
                let encrypted_user_payload = fields.text("encrypted_user_payload")?;
                Ok(Self::PendingTicket {
                    encrypted_user_payload,
                })
            }
            "pending_login" => {
                fields.set_op("pending_login");
                Ok(Self::PendingLogin {
                    ticket: fields.filled_secret("ticket")?,
                })
            }
            "cancel" => Ok(Self::Cancel),
            _ => Ok(Self::Unknown { op }),
        }
    }

    /// Appends the frame's text to `out`.
    ///
    /// An [`Unknown`](Self::Unknown) frame is written with its op alone.
    pub fn encode_into(&self, out: &mut String) {
        let object = ObjectWriter::new(out).text("op", self.op());
        let object = match self {
            Self::Hello {
                timeout_ms,
                heartbeat_interval,
            } => object
                .number("timeout_ms", *timeout_ms)
                .number("heartbeat_interval", *heartbeat_interval),
            Self::NonceProof { encrypted_nonce } => object.text("encrypted_nonce", encrypted_nonce),
            Self::PendingRemoteInit { fingerprint } => object.text("fingerprint", fingerprint),
            Self::PendingTicket {
                encrypted_user_payload,
            } => object.text("encrypted_user_payload", encrypted_user_payload),
            Self::PendingLogin { ticket } => object.text("ticket", ticket.expose()),
            Self::HeartbeatAck | Self::Cancel | Self::Unknown { .. } => object,
        };
        object.end();
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

    /// The name of the frame's op on the wire.
    #[must_use]
    pub fn op(&self) -> &str {
        match self {
            Self::Hello { .. } => "hello",
            Self::HeartbeatAck => "heartbeat_ack",
            Self::NonceProof { .. } => "nonce_proof",
            Self::PendingRemoteInit { .. } => "pending_remote_init",
            Self::PendingTicket { .. } => "pending_ticket",
            Self::PendingLogin { .. } => "pending_login",
            Self::Cancel => "cancel",
            Self::Unknown { op } => op,
        }
    }
}
