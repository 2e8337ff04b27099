use std::borrow::Cow;

use proptest::prelude::*;
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use serde_json::{Map, Value, json};

const GATEWAY_OPS: [&str; 7] = [
    "hello",
    "heartbeat_ack",
    "nonce_proof",
    "pending_remote_init",
    "pending_ticket",
    "pending_login",
    "cancel",
];

fn gateway_frame() -> impl Strategy<Value = GatewayFrame<'static>> {
    let text = || any::<String>().prop_map(Cow::Owned);
    prop_oneof![
        any::<(u64, u64)>().prop_map(|(timeout_ms, heartbeat_interval)| GatewayFrame::Hello {
            timeout_ms,
            heartbeat_interval
        }),
        Just(GatewayFrame::HeartbeatAck),
        text().prop_map(|encrypted_nonce| GatewayFrame::NonceProof { encrypted_nonce }),
        text().prop_map(|fingerprint| GatewayFrame::PendingRemoteInit { fingerprint }),
        text().prop_map(|encrypted_user_payload| GatewayFrame::PendingTicket {
            encrypted_user_payload
        }),
        any::<String>()
            .prop_filter("an empty ticket is refused", |ticket| !ticket.is_empty())
            .prop_map(|ticket| GatewayFrame::PendingLogin {
                ticket: ticket.into()
            }),
        Just(GatewayFrame::Cancel),
        text()
            .prop_filter("known", |op| !GATEWAY_OPS.contains(&&**op))
            .prop_map(|op| GatewayFrame::Unknown { op }),
    ]
}

fn desktop_frame() -> impl Strategy<Value = DesktopFrame<'static>> {
    let text = || any::<String>().prop_map(Cow::Owned);
    prop_oneof![
        text().prop_map(|encoded_public_key| DesktopFrame::Init { encoded_public_key }),
        any::<String>().prop_map(|text| DesktopFrame::NonceProof(Proof::Digest(text.into()))),
        any::<String>().prop_map(|text| DesktopFrame::NonceProof(Proof::Nonce(text.into()))),
        Just(DesktopFrame::Heartbeat),
        text()
            .prop_filter("known", |op| !["init", "nonce_proof", "heartbeat"]
                .contains(&&**op))
            .prop_map(|op| DesktopFrame::Unknown { op }),
    ]
}

/// Objects that come close to being frames.
fn near_frame() -> impl Strategy<Value = Map<String, Value>> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "op",
            "timeout_ms",
            "heartbeat_interval",
            "encrypted_nonce",
            "fingerprint",
            "encrypted_user_payload",
            "ticket",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    let value = prop_oneof![
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        prop::collection::vec(any::<String>(), 0..3).prop_map(Value::from),
        Just(Value::Null),
        Just(json!({"op": "cancel"})),
    ];
    let op = prop::option::of(prop::sample::select(GATEWAY_OPS.to_vec()));
    (prop::collection::btree_map(key, value, 0..8), op).prop_map(|(members, op)| {
        let mut object = Map::from_iter(members);
        if let Some(op) = op {
            object.insert("op".to_owned(), op.into());
        }
        object
    })
}

/// What the frame must be, found the long way round.
fn reference(object: &Map<String, Value>) -> Option<GatewayFrame<'static>> {
    let text = |key: &str| Some(Cow::Owned(object.get(key)?.as_str()?.to_owned()));
    let op = text("op")?;
    Some(match &*op {
        "hello" => GatewayFrame::Hello {
            timeout_ms: object.get("timeout_ms")?.as_u64()?,
            heartbeat_interval: object.get("heartbeat_interval")?.as_u64()?,
        },
        "heartbeat_ack" => GatewayFrame::HeartbeatAck,
        "nonce_proof" => GatewayFrame::NonceProof {
            encrypted_nonce: text("encrypted_nonce")?,
        },
        "pending_remote_init" => GatewayFrame::PendingRemoteInit {
            fingerprint: text("fingerprint")?,
        },
        "pending_ticket" => {
            let encrypted_user_payload = text("encrypted_user_payload")?;
            GatewayFrame::PendingTicket {
                encrypted_user_payload,
            }
        }
        "pending_login" => {
            let ticket = text("ticket").filter(|ticket| !ticket.is_empty())?;
            GatewayFrame::PendingLogin {
                ticket: ticket.into(),
            }
        }
        "cancel" => GatewayFrame::Cancel,
        _ => GatewayFrame::Unknown { op },
    })
}

proptest! {
    #[test]
    fn gateway_frames_are_read_as_written(frame in gateway_frame()) {
        let text = frame.encode();
        prop_assert_eq!(GatewayFrame::decode(&text), Ok(frame));
    }

    #[test]
    fn desktop_frames_are_read_as_written(frame in desktop_frame()) {
        let text = frame.encode();
        prop_assert_eq!(DesktopFrame::decode(&text), Ok(frame));
    }

    #[test]
    fn what_is_written_is_json_to_others(frame in gateway_frame()) {
        let value: Value = serde_json::from_str(&frame.encode()).unwrap();
        prop_assert_eq!(reference(value.as_object().unwrap()), Some(frame));
    }

    #[test]
    fn reading_agrees_with_a_reference(object in near_frame(), pretty: bool) {
        let text = if pretty {
            serde_json::to_string_pretty(&object).unwrap()
        } else {
            serde_json::to_string(&object).unwrap()
        };
        prop_assert_eq!(GatewayFrame::decode(&text).ok(), reference(&object), "{}", text);
    }

    #[test]
    fn no_text_makes_reading_panic(text: String) {
        let _ = GatewayFrame::decode(&text);
        let _ = DesktopFrame::decode(&text);
    }

    #[test]
    fn no_near_json_makes_reading_panic(text in r#"[\[\]{}":,\\u0-9a-dop. \n-]{0,60}"#) {
        let _ = GatewayFrame::decode(&text);
        let _ = DesktopFrame::decode(&format!(r#"{{"op":"init","encoded_public_key":"{text}"}}"#));
    }

    #[test]
    fn a_cut_frame_is_refused(frame in gateway_frame(), cut: prop::sample::Index) {
        let text = frame.encode();
        let cut = cut.index(text.len());
        prop_assume!(text.is_char_boundary(cut));
        prop_assert!(GatewayFrame::decode(&text[..cut]).is_err());
    }
}
