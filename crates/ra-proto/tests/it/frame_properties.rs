use std::borrow::Cow;

use proptest::prelude::*;
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};

use crate::reference;

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
        prop_assert_eq!(reference::gateway(&frame.encode()), Ok(frame));
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
