//! Reference decoder of frames: serde_json splits the text, each value becomes a [`Value`], and the rules of R-03 to
//! R-17 are applied to those. It is slow and shares nothing with the code under test.

use std::borrow::Cow;
use std::fmt;

use ra_proto::frame::{DesktopFrame, GatewayFrame, MAX_DEPTH, MAX_FRAME_BYTES, Proof};
use ra_proto::{DecodeError, DecodeErrorKind};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use DecodeErrorKind::{
    Duplicate, Empty, Missing, NotAnObject, NotJson, OutOfRange, TooDeep, TooLarge, WrongType,
};

/// Kind, op and field of an error.
pub type Refusal = (DecodeErrorKind, Option<&'static str>, Option<&'static str>);

/// Reduces a decoding error to a [`Refusal`].
pub fn outcome<T>(read: Result<T, DecodeError>) -> Result<T, Refusal> {
    read.map_err(|error| (error.kind(), error.op(), error.field()))
}

/// Reads a gateway's frame.
pub fn gateway(text: &str) -> Result<GatewayFrame<'static>, Refusal> {
    let members = Members::read(text).map_err(|kind| (kind, None, None))?;
    let op = members.text(None, "op")?;
    let known = |name| members.text(Some(name), field_of(name)).map(Cow::Owned);
    Ok(match &*op {
        "hello" => GatewayFrame::Hello {
            timeout_ms: members.number("hello", "timeout_ms")?,
            heartbeat_interval: members.number("hello", "heartbeat_interval")?,
        },
        "heartbeat_ack" => GatewayFrame::HeartbeatAck,
        "nonce_proof" => GatewayFrame::NonceProof {
            encrypted_nonce: known("nonce_proof")?,
        },
        "pending_remote_init" => GatewayFrame::PendingRemoteInit {
            fingerprint: known("pending_remote_init")?,
        },
        "pending_ticket" => GatewayFrame::PendingTicket {
            encrypted_user_payload: known("pending_ticket")?,
        },
        "pending_login" => {
            let ticket = known("pending_login")?;
            if ticket.is_empty() {
                return Err((Empty, Some("pending_login"), Some("ticket")));
            }
            GatewayFrame::PendingLogin {
                ticket: ticket.into(),
            }
        }
        "cancel" => GatewayFrame::Cancel,
        _ => GatewayFrame::Unknown { op: op.into() },
    })
}

/// Reads a desktop's frame.
pub fn desktop(text: &str) -> Result<DesktopFrame<'static>, Refusal> {
    let members = Members::read(text).map_err(|kind| (kind, None, None))?;
    let op = members.text(None, "op")?;
    Ok(match &*op {
        "init" => DesktopFrame::Init {
            encoded_public_key: members.text(Some("init"), "encoded_public_key")?.into(),
        },
        "nonce_proof" => {
            let of = |field| members.text(Some("nonce_proof"), field);
            DesktopFrame::NonceProof(match (members.count("proof"), members.count("nonce")) {
                (0, 1..) => Proof::Nonce(of("nonce")?.into()),
                _ => Proof::Digest(of("proof")?.into()),
            })
        }
        "heartbeat" => DesktopFrame::Heartbeat,
        _ => DesktopFrame::Unknown { op: op.into() },
    })
}

fn field_of(op: &str) -> &'static str {
    match op {
        "nonce_proof" => "encrypted_nonce",
        "pending_remote_init" => "fingerprint",
        "pending_ticket" => "encrypted_user_payload",
        _ => "ticket",
    }
}

/// The members of the object that a text is, in its order.
struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    fn read(text: &str) -> Result<Self, DecodeErrorKind> {
        if text.len() > MAX_FRAME_BYTES {
            return Err(TooLarge);
        }
        let root: &RawValue = serde_json::from_str(text).map_err(|_| NotJson)?;
        if !root.get().starts_with('{') {
            return Err(NotAnObject);
        }
        let mut members = Vec::new();
        for (key, value) in Pairs::of(root).0 {
            // A key has to be a text to anybody, so surrogates must pair in it.
            let key = serde_json::from_str(key.get()).map_err(|_| NotJson)?;
            members.push((key, value));
        }
        if has_more_levels(root, MAX_DEPTH) {
            return Err(TooDeep);
        }
        Ok(Self(members))
    }

    fn count(&self, field: &str) -> usize {
        self.0.iter().filter(|(key, _)| key == field).count()
    }

    fn text(&self, op: Option<&'static str>, field: &'static str) -> Result<String, Refusal> {
        match serde_json::from_str(self.one(op, field)?) {
            Ok(Value::String(text)) => Ok(text),
            _ => Err((WrongType, op, Some(field))),
        }
    }

    fn number(&self, op: &'static str, field: &'static str) -> Result<u64, Refusal> {
        let refused = |kind| (kind, Some(op), Some(field));
        let raw = self.one(Some(op), field)?;
        match serde_json::from_str(raw) {
            Ok(Value::Number(number)) => number.as_u64().ok_or(refused(OutOfRange)),
            // Too large even for a float.
            Err(_) if raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                Err(refused(OutOfRange))
            }
            _ => Err(refused(WrongType)),
        }
    }

    fn one(&self, op: Option<&'static str>, field: &'static str) -> Result<&str, Refusal> {
        let mut all = self.0.iter().filter(|(key, _)| key == field);
        match (all.next(), all.next()) {
            (None, _) => Err((Missing, op, Some(field))),
            (Some((_, value)), None) => Ok(value.get()),
            (Some(_), Some(_)) => Err((Duplicate, op, Some(field))),
        }
    }
}

/// Returns true if `value` is nested more than `levels` deep.
fn has_more_levels(value: &RawValue, levels: usize) -> bool {
    let inner = match value.get().as_bytes().first() {
        Some(b'{') => Pairs::of(value)
            .0
            .into_iter()
            .map(|(_, value)| value)
            .collect(),
        Some(b'[') => serde_json::from_str::<Vec<Box<RawValue>>>(value.get()).unwrap(),
        _ => return false,
    };
    levels == 0 || inner.iter().any(|value| has_more_levels(value, levels - 1))
}

/// An object, cut.
struct Pairs(Vec<(Box<RawValue>, Box<RawValue>)>);

impl Pairs {
    fn of(object: &RawValue) -> Self {
        serde_json::from_str(object.get()).unwrap()
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(PairsVisitor)
    }
}
