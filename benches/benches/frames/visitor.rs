//! The fastest known way with serde_json: a hand-written visitor that borrows each text.
//!
//! It refuses texts with escapes, and members of a wrong type even if the op does not need them.

use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

#[expect(dead_code, reason = "it is only read")]
pub enum Gateway<'a> {
    Hello {
        timeout_ms: u64,
        heartbeat_interval: u64,
    },
    HeartbeatAck,
    NonceProof {
        encrypted_nonce: &'a str,
    },
    PendingRemoteInit {
        fingerprint: &'a str,
    },
    PendingTicket {
        encrypted_user_payload: &'a str,
    },
    PendingLogin {
        ticket: &'a str,
    },
    Cancel,
    Unknown {
        op: &'a str,
    },
}

#[expect(dead_code, reason = "it is only read")]
pub enum Desktop<'a> {
    Init { encoded_public_key: &'a str },
    Digest(&'a str),
    Nonce(&'a str),
    Heartbeat,
    Unknown { op: &'a str },
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum GatewayKey {
    Op,
    TimeoutMs,
    HeartbeatInterval,
    EncryptedNonce,
    Fingerprint,
    EncryptedUserPayload,
    Ticket,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum DesktopKey {
    Op,
    EncodedPublicKey,
    Proof,
    Nonce,
    #[serde(other)]
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for Gateway<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(GatewayVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Desktop<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DesktopVisitor)
    }
}

struct GatewayVisitor;

impl<'de> Visitor<'de> for GatewayVisitor {
    type Value = Gateway<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a frame")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut op, mut ticket, mut fingerprint) = (None, None, None);
        let (mut timeout_ms, mut heartbeat_interval) = (None, None);
        let (mut encrypted_nonce, mut encrypted_user_payload) = (None, None);
        while let Some(key) = map.next_key()? {
            match key {
                GatewayKey::Op => put(&mut op, "op", &mut map)?,
                GatewayKey::TimeoutMs => put(&mut timeout_ms, "timeout_ms", &mut map)?,
                GatewayKey::HeartbeatInterval => {
                    put(&mut heartbeat_interval, "heartbeat_interval", &mut map)?;
                }
                GatewayKey::EncryptedNonce => {
                    put(&mut encrypted_nonce, "encrypted_nonce", &mut map)?;
                }
                GatewayKey::Fingerprint => put(&mut fingerprint, "fingerprint", &mut map)?,
                GatewayKey::EncryptedUserPayload => {
                    let field = "encrypted_user_payload";
                    put(&mut encrypted_user_payload, field, &mut map)?;
                }
                GatewayKey::Ticket => put(&mut ticket, "ticket", &mut map)?,
                GatewayKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(match there(op, "op")? {
            "hello" => Gateway::Hello {
                timeout_ms: there(timeout_ms, "timeout_ms")?,
                heartbeat_interval: there(heartbeat_interval, "heartbeat_interval")?,
            },
            "heartbeat_ack" => Gateway::HeartbeatAck,
            "nonce_proof" => Gateway::NonceProof {
                encrypted_nonce: there(encrypted_nonce, "encrypted_nonce")?,
            },
            "pending_remote_init" => Gateway::PendingRemoteInit {
                fingerprint: there(fingerprint, "fingerprint")?,
            },
            "pending_ticket" => Gateway::PendingTicket {
                encrypted_user_payload: there(encrypted_user_payload, "encrypted_user_payload")?,
            },
            "pending_login" => Gateway::PendingLogin {
                ticket: there(ticket, "ticket")?,
            },
            "cancel" => Gateway::Cancel,
            op => Gateway::Unknown { op },
        })
    }
}

struct DesktopVisitor;

impl<'de> Visitor<'de> for DesktopVisitor {
    type Value = Desktop<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a frame")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut op, mut encoded_public_key, mut proof, mut nonce) = (None, None, None, None);
        while let Some(key) = map.next_key()? {
            match key {
                DesktopKey::Op => put(&mut op, "op", &mut map)?,
                DesktopKey::EncodedPublicKey => {
                    put(&mut encoded_public_key, "encoded_public_key", &mut map)?;
                }
                DesktopKey::Proof => put(&mut proof, "proof", &mut map)?,
                DesktopKey::Nonce => put(&mut nonce, "nonce", &mut map)?,
                DesktopKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(match there(op, "op")? {
            "init" => Desktop::Init {
                encoded_public_key: there(encoded_public_key, "encoded_public_key")?,
            },
            "nonce_proof" => match (proof, nonce) {
                (None, Some(nonce)) => Desktop::Nonce(nonce),
                (proof, _) => Desktop::Digest(there(proof, "proof")?),
            },
            "heartbeat" => Desktop::Heartbeat,
            op => Desktop::Unknown { op },
        })
    }
}

fn put<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    place: &mut Option<T>,
    field: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    if place.is_some() {
        return Err(A::Error::duplicate_field(field));
    }
    *place = Some(map.next_value()?);
    Ok(())
}

fn there<T, E: Error>(value: Option<T>, field: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(field))
}
