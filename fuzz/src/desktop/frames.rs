//! Frames of a gateway for the desktop targets, good and bad.

use ra_crypto::SessionKey as _;
use ra_proto::base64::encode_standard;
use ra_proto::frame::GatewayFrame;
use ra_testkit::FakeKey;

use crate::script::Script;

/// Frames of a gateway that knows the desktop's public key.
pub(super) struct Gateway {
    key: FakeKey,
    other: FakeKey,
}

impl Gateway {
    /// Makes a gateway for this key of the desktop.
    pub(super) fn new(key: u64) -> Self {
        Self {
            key: FakeKey::new(key),
            other: FakeKey::new(u64::MAX),
        }
    }

    pub(super) fn seal(&self, plaintext: &[u8]) -> String {
        self.key.seal_text(plaintext)
    }

    /// Seals to a key that the desktop does not hold.
    pub(super) fn seal_wrongly(&self, plaintext: &[u8]) -> String {
        self.other.seal_text(plaintext)
    }

    pub(super) fn fingerprint(&self) -> String {
        ra_crypto::fingerprint(self.key.public_key()).to_string()
    }

    /// Returns the public key as `init` carries it.
    pub(super) fn public_key_text(&self) -> String {
        encode_standard(self.key.public_key())
    }

    pub(super) fn hello(&self, script: &mut Script<'_>) -> String {
        let timeout_ms = [120_000, 0, 5_000, u64::MAX][usize::from(script.byte() % 4)];
        let heartbeat_interval = [41_250, 0, 1_000, u64::MAX][usize::from(script.byte() % 4)];
        GatewayFrame::Hello {
            timeout_ms,
            heartbeat_interval,
        }
        .encode()
    }

    pub(super) fn challenge(&self, script: &mut Script<'_>) -> String {
        let nonce = vec![b'n'; usize::from(script.byte()) % 191];
        GatewayFrame::NonceProof {
            encrypted_nonce: self.seal(&nonce).into(),
        }
        .encode()
    }

    pub(super) fn init(&self) -> String {
        GatewayFrame::PendingRemoteInit {
            fingerprint: self.fingerprint().into(),
        }
        .encode()
    }

    pub(super) fn scanned(&self) -> String {
        let encrypted_user_payload = self.seal(b"80351110224678912:1337:0:nelly").into();
        GatewayFrame::PendingTicket {
            encrypted_user_payload,
        }
        .encode()
    }

    pub(super) fn approved(&self) -> String {
        GatewayFrame::PendingLogin {
            ticket: "canary-ticket".into(),
        }
        .encode()
    }

    /// Returns a faulty frame.
    pub(super) fn faulty(&self, script: &mut Script<'_>) -> String {
        let user = |payload: String| {
            GatewayFrame::PendingTicket {
                encrypted_user_payload: payload.into(),
            }
            .encode()
        };
        let nonce = |nonce: String| {
            GatewayFrame::NonceProof {
                encrypted_nonce: nonce.into(),
            }
            .encode()
        };
        match script.byte() % 10 {
            0 => nonce(self.seal_wrongly(b"nonce")),
            1 => nonce("!".to_owned()),
            2 => nonce(encode_standard(b"short")),
            3 => {
                let fingerprint = ra_crypto::fingerprint(b"another key").to_string().into();
                GatewayFrame::PendingRemoteInit { fingerprint }.encode()
            }
            4 => user(self.seal_wrongly(b"1:0:0:nelly")),
            5 => {
                let payload = script.bytes();
                user(self.seal(payload.get(..190).unwrap_or(payload)))
            }
            6 => r#"{"op":"pending_login","ticket":""}"#.to_owned(),
            7 => r#"{"op":"hello","timeout_ms":-1,"heartbeat_interval":1.5}"#.to_owned(),
            8 => "[".repeat(70_000),
            _ => GatewayFrame::Unknown { op: script.text() }.encode(),
        }
    }
}
