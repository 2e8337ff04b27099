use std::borrow::Cow;

use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};

const HELLO: GatewayFrame<'_> = GatewayFrame::Hello {
    timeout_ms: 122_801,
    heartbeat_interval: 41_250,
};

fn unknown(op: &str) -> GatewayFrame<'_> {
    GatewayFrame::Unknown {
        op: Cow::Borrowed(op),
    }
}

#[test]
fn each_gateway_frame_is_written_and_read() {
    let frames = [
        (
            HELLO,
            r#"{"op":"hello","timeout_ms":122801,"heartbeat_interval":41250}"#,
        ),
        (GatewayFrame::HeartbeatAck, r#"{"op":"heartbeat_ack"}"#),
        (
            GatewayFrame::NonceProof {
                encrypted_nonce: "q+8=".into(),
            },
            r#"{"op":"nonce_proof","encrypted_nonce":"q+8="}"#,
        ),
        (
            GatewayFrame::PendingRemoteInit {
                fingerprint: "vyi-".into(),
            },
            r#"{"op":"pending_remote_init","fingerprint":"vyi-"}"#,
        ),
        (
            GatewayFrame::PendingTicket {
                encrypted_user_payload: "AA==".into(),
            },
            r#"{"op":"pending_ticket","encrypted_user_payload":"AA=="}"#,
        ),
        (
            GatewayFrame::PendingLogin {
                ticket: "a.b.c".into(),
            },
            r#"{"op":"pending_login","ticket":"a.b.c"}"#,
        ),
        (GatewayFrame::Cancel, r#"{"op":"cancel"}"#),
        (unknown("later"), r#"{"op":"later"}"#),
        (unknown(""), r#"{"op":""}"#),
    ];
    for (frame, text) in frames {
        assert_eq!(frame.encode(), text);
        assert_eq!(GatewayFrame::decode(text).as_ref(), Ok(&frame));
        assert!(text.contains(&format!(r#""op":"{}""#, frame.op())));
    }
}

#[test]
fn each_desktop_frame_is_written_and_read() {
    let frames = [
        (
            DesktopFrame::Init {
                encoded_public_key: "MIIB".into(),
            },
            r#"{"op":"init","encoded_public_key":"MIIB"}"#,
        ),
        (
            DesktopFrame::NonceProof(Proof::Digest("HxhP".into())),
            r#"{"op":"nonce_proof","proof":"HxhP"}"#,
        ),
        (
            DesktopFrame::NonceProof(Proof::Nonce("nw".into())),
            r#"{"op":"nonce_proof","nonce":"nw"}"#,
        ),
        (DesktopFrame::Heartbeat, r#"{"op":"heartbeat"}"#),
        (
            DesktopFrame::Unknown { op: "later".into() },
            r#"{"op":"later"}"#,
        ),
    ];
    for (frame, text) in frames {
        assert_eq!(frame.encode(), text);
        assert_eq!(DesktopFrame::decode(text).as_ref(), Ok(&frame));
        assert!(text.contains(&format!(r#""op":"{}""#, frame.op())));
    }
}

#[test]
fn r07_of_both_members_proof_is_read() {
    let digest = DesktopFrame::NonceProof(Proof::Digest("d".into()));
    for text in [
        r#"{"op":"nonce_proof","proof":"d","nonce":"n"}"#,
        r#"{"op":"nonce_proof","nonce":"n","proof":"d"}"#,
        r#"{"op":"nonce_proof","nonce":7,"nonce":null,"proof":"d"}"#,
    ] {
        assert_eq!(DesktopFrame::decode(text).as_ref(), Ok(&digest), "{text}");
    }
}

#[test]
fn r03_op_may_stand_anywhere_and_white_space_too() {
    for text in [
        r#"{"op":"hello","timeout_ms":122801,"heartbeat_interval":41250}"#,
        r#"{"timeout_ms":122801,"op":"hello","heartbeat_interval":41250}"#,
        r#"{"heartbeat_interval":41250,"timeout_ms":122801,"op":"hello"}"#,
        "\r\n\t { \"heartbeat_interval\" : 41250 ,\n\"timeout_ms\" : 122801 , \"op\" : \"hello\" } \n",
    ] {
        assert_eq!(GatewayFrame::decode(text), Ok(HELLO), "{text}");
    }
}

#[test]
fn r03_unknown_ops_and_keys_are_skipped() {
    let known = [
        r#"{"op":"hello","timeout_ms":122801,"heartbeat_interval":41250,"_trace":["a",{"b":null}]}"#,
        r#"{"x":-1.5e9,"op":"hello","timeout_ms":122801,"heartbeat_interval":41250,"":""}"#,
        r#"{"x":1,"op":"hello","timeout_ms":122801,"x":2,"heartbeat_interval":41250,"x":3}"#,
        r#"{"OP":"cancel","op":"hello","timeout_ms":122801,"heartbeat_interval":41250}"#,
        r#"{"x":"\ud800","op":"hello","timeout_ms":122801,"heartbeat_interval":41250,"y":1e999}"#,
    ];
    for text in known {
        assert_eq!(GatewayFrame::decode(text), Ok(HELLO), "{text}");
    }
    let later = r#"{"op":"Hello","ticket":"t","timeout_ms":"x","n":{"op":"cancel"}}"#;
    assert_eq!(GatewayFrame::decode(later), Ok(unknown("Hello")));
    let later = DesktopFrame::decode(r#"{"op":"hello","proof":[]}"#);
    assert_eq!(later, Ok(DesktopFrame::Unknown { op: "hello".into() }));
}

#[test]
fn r03_keys_of_other_ops_are_not_looked_at() {
    for text in [
        r#"{"op":"cancel","ticket":null,"timeout_ms":-1,"fingerprint":{},"encrypted_nonce":[1]}"#,
        r#"{"op":"cancel","ticket":"a","ticket":"b","timeout_ms":1,"timeout_ms":1}"#,
    ] {
        assert_eq!(
            GatewayFrame::decode(text),
            Ok(GatewayFrame::Cancel),
            "{text}"
        );
    }
}

#[test]
fn r04_numbers_are_read_unclamped_up_to_the_last() {
    for number in [0, 1, u64::from(u32::MAX) + 1, (1 << 53) + 1, u64::MAX] {
        let text =
            format!(r#"{{"op":"hello","timeout_ms":{number},"heartbeat_interval":{number}}}"#);
        let frame = GatewayFrame::Hello {
            timeout_ms: number,
            heartbeat_interval: number,
        };
        assert_eq!(GatewayFrame::decode(&text), Ok(frame));
    }
}

#[test]
fn frames_without_escapes_are_not_copied() {
    let borrowed = |text: &'static str| match GatewayFrame::decode(text).unwrap() {
        GatewayFrame::NonceProof {
            encrypted_nonce: text,
        }
        | GatewayFrame::PendingRemoteInit { fingerprint: text }
        | GatewayFrame::PendingTicket {
            encrypted_user_payload: text,
        }
        | GatewayFrame::Unknown { op: text } => matches!(text, Cow::Borrowed(_)),
        GatewayFrame::PendingLogin { ticket } => ticket.is_borrowed(),
        _ => false,
    };
    assert!(borrowed(r#"{"op":"nonce_proof","encrypted_nonce":"q+8="}"#));
    assert!(borrowed(
        r#"{"op":"pending_remote_init","fingerprint":"vyi-"}"#
    ));
    assert!(borrowed(
        r#"{"op":"pending_ticket","encrypted_user_payload":"AA=="}"#
    ));
    assert!(borrowed(r#"{"op":"pending_login","ticket":"a.b.c"}"#));
    assert!(borrowed(r#"{"op":"läter"}"#));
    let borrowed = |text: &'static str| match DesktopFrame::decode(text).unwrap() {
        DesktopFrame::Init {
            encoded_public_key: text,
        }
        | DesktopFrame::Unknown { op: text } => {
            matches!(text, Cow::Borrowed(_))
        }
        DesktopFrame::NonceProof(Proof::Digest(text) | Proof::Nonce(text)) => text.is_borrowed(),
        _ => false,
    };
    assert!(borrowed(r#"{"op":"init","encoded_public_key":"MIIB"}"#));
    assert!(borrowed(r#"{"op":"nonce_proof","proof":"HxhP"}"#));
    assert!(borrowed(r#"{"op":"nonce_proof","nonce":"HxhP"}"#));
    assert!(borrowed(r#"{"op":"later"}"#));
}

#[test]
fn escapes_are_resolved_in_keys_ops_and_values() {
    let text = r#"{"\u006fp":"pending\u005Flogin","tick\u0065t":"\"\\\/\b\f\n\r\t\u00e9\u20AC\uD83D\uDE00é€😀"}"#;
    let ticket = "\"\\/\u{8}\u{c}\n\r\té€😀é€😀";
    assert_eq!(
        GatewayFrame::decode(text),
        Ok(GatewayFrame::PendingLogin {
            ticket: ticket.into()
        })
    );
    let slashes = r#"{"op":"nonce_proof","encrypted_nonce":"q\/8="}"#;
    let frame = GatewayFrame::NonceProof {
        encrypted_nonce: "q/8=".into(),
    };
    assert_eq!(GatewayFrame::decode(slashes), Ok(frame));
    let edges = r#"{"op":"\u0000\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff"}"#;
    let op = "\0\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}";
    assert_eq!(GatewayFrame::decode(edges), Ok(unknown(op)));
}

#[test]
fn special_characters_are_escaped() {
    let frame = unknown("\"\\/\u{8}\u{c}\n\r\t\0\u{1f} \u{7f}é😀");
    assert_eq!(
        frame.encode(),
        "{\"op\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f \u{7f}é😀\"}"
    );
    assert_eq!(GatewayFrame::decode(&frame.encode()), Ok(frame));
}

#[test]
fn each_character_below_space_is_escaped_also_alone() {
    for code in 0..0x20_u8 {
        let op = String::from(char::from(code));
        let text = unknown(&op).encode();
        assert!(text.bytes().all(|byte| byte >= 0x20), "{code}");
        assert_eq!(GatewayFrame::decode(&text), Ok(unknown(&op)));
    }
    for plain in [" ", "!", "#", "[", "]", "\u{7f}", "é", "😀", "\u{2028}"] {
        assert_eq!(unknown(plain).encode(), format!(r#"{{"op":"{plain}"}}"#));
    }
}

#[test]
fn encoding_appends() {
    let mut out = String::from("kept ");
    HELLO.encode_into(&mut out);
    DesktopFrame::Heartbeat.encode_into(&mut out);
    assert!(out.starts_with("kept {") && out.ends_with("}{\"op\":\"heartbeat\"}"));
}

#[test]
fn r34_room_for_a_secret_is_made_before_it_is_written() {
    // Growth in the middle would leave a part behind. It would also stop far below the longest
    // that the text could have become, which is what room is made for.
    let ticket = "\"".repeat(1000);
    let frame = GatewayFrame::PendingLogin {
        ticket: ticket.into(),
    };
    assert!(frame.encode().capacity() > 6000);
    let plain = GatewayFrame::PendingLogin {
        ticket: "t ".repeat(500).into(),
    };
    assert!(plain.encode().capacity() < 1100);
    // Behind other text, too.
    let mut out = "x".repeat(10_000);
    let frame = GatewayFrame::PendingLogin {
        ticket: "\"".repeat(3000).into(),
    };
    frame.encode_into(&mut out);
    assert!(out.capacity() > 28_000, "{}", out.capacity());
}

#[test]
fn a_text_that_grows_is_moved_seldom() {
    let (mut out, mut moves) = (String::new(), 0);
    for _ in 0..1000 {
        let capacity = out.capacity();
        DesktopFrame::Heartbeat.encode_into(&mut out);
        moves += usize::from(out.capacity() != capacity);
    }
    assert!((5..16).contains(&moves), "{moves}");
    // Nor is there more room than the longest can need.
    let longest = GatewayFrame::Hello {
        timeout_ms: u64::MAX,
        heartbeat_interval: u64::MAX,
    };
    assert_eq!(longest.encode().len(), 90);
    assert_eq!(longest.encode().capacity(), 90);
    assert_eq!(HELLO.encode().capacity(), 90);
}
