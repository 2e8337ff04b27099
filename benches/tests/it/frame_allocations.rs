//! Checks that reading and writing a frame allocates nothing, unless a text has to be copied because of its escapes.

#[path = "../../benches/frames/samples.rs"]
mod samples;

use allocation_counter::measure;
use ra_proto::frame::{DesktopFrame, GatewayFrame};

/// Returns the number of allocations of `work`, with those it frees.
fn count<T>(work: impl FnOnce() -> T) -> u64 {
    measure(|| drop(std::hint::black_box(work()))).count_total
}

/// Other texts of the same frame, none with an escape: its members the other way round, white space, unknown members.
fn variants(text: &str) -> Vec<String> {
    let members = text.trim_matches(['{', '}']);
    let turned: Vec<_> = members.split(',').rev().collect();
    let nested = format!(r#""x":{}1{}"#, r#"{"y":["#.repeat(15), "]}".repeat(15));
    vec![
        text.to_owned(),
        format!("{{{}}}", turned.join(",")),
        format!("\r\n {{ {}\t}} ", turned.join(" ,\n")),
        format!(
            r#"{{"_trace":["a",{{"b":null}}],{members},"n":-1.5e9,"{}":true}}"#,
            "k".repeat(200)
        ),
        format!(r#"{{{nested},{members}}}"#),
    ]
}

#[test]
fn the_counter_counts() {
    assert_eq!(count(|| String::from("x")), 1);
}

#[test]
fn frames_without_escapes_are_read_without_allocation() {
    for (name, frame) in samples::gateway() {
        for text in variants(&frame.encode()) {
            assert_eq!(GatewayFrame::decode(&text).unwrap(), frame, "{text}");
            assert_eq!(count(|| GatewayFrame::decode(&text)), 0, "{name}: {text}");
        }
    }
    for (name, frame) in samples::desktop() {
        for text in variants(&frame.encode()) {
            assert_eq!(DesktopFrame::decode(&text).unwrap(), frame, "{text}");
            assert_eq!(count(|| DesktopFrame::decode(&text)), 0, "{name}: {text}");
        }
    }
    for text in [r#"{"op":"later"}"#, r#"{"x":[[]],"op":"","op2":{}}"#] {
        assert_eq!(count(|| GatewayFrame::decode(text)), 0, "{text}");
        assert_eq!(count(|| DesktopFrame::decode(text)), 0, "{text}");
    }
}

#[test]
fn a_text_with_escapes_is_copied_once() {
    for (text, copies) in [
        (r#"{"op":"nonce_proof","encrypted_nonce":"q\/8="}"#, 1),
        (r#"{"op":"pending_login","ticket":"\u0061.b.c"}"#, 1),
        (r#"{"\u006fp":"c\u0061ncel"}"#, 2),
        (
            r#"{"op":"cancel","ticket":"\n","x":["\u00e9"],"y":"\ud800"}"#,
            0,
        ),
    ] {
        assert!(GatewayFrame::decode(text).is_ok(), "{text}");
        assert_eq!(count(|| GatewayFrame::decode(text)), copies, "{text}");
    }
}

#[test]
fn frames_are_refused_without_allocation() {
    for text in [
        r#"{"op":"hello","timeout_ms":-1,"heartbeat_interval":1}"#,
        r#"{"op":"pending_login","ticket":""}"#,
        r#"{"op":"pending_login","ticket":"a","ticket":"a"}"#,
        r#"{"op":"pending_login","ticket":"a"#,
        r#"{"op":"cancel",}"#,
    ] {
        assert!(GatewayFrame::decode(text).is_err(), "{text}");
        assert_eq!(count(|| GatewayFrame::decode(text)), 0, "{text}");
    }
}

#[test]
fn frames_are_written_into_a_kept_buffer_without_allocation() {
    // As long as the longest frame needs: what a session keeps after its first one.
    let mut out = String::new();
    samples::desktop()
        .iter()
        .for_each(|(_, frame)| frame.encode_into(&mut out));
    let capacity = out.capacity();
    let written = |out: &mut String, write: &dyn Fn(&mut String)| {
        out.clear();
        let count = count(|| write(out));
        assert_eq!(out.capacity(), capacity);
        count
    };
    for (name, frame) in samples::gateway() {
        assert_eq!(
            written(&mut out, &|out| frame.encode_into(out)),
            0,
            "{name}"
        );
        assert_eq!(GatewayFrame::decode(&out).unwrap(), frame);
    }
    for (name, frame) in samples::desktop() {
        assert_eq!(
            written(&mut out, &|out| frame.encode_into(out)),
            0,
            "{name}"
        );
        assert_eq!(DesktopFrame::decode(&out).unwrap(), frame);
    }
    // Escapes are written in place, too.
    let escaped = GatewayFrame::PendingLogin {
        ticket: "\"\\\n\0é".into(),
    };
    assert_eq!(written(&mut out, &|out| escaped.encode_into(out)), 0);
}

#[test]
fn a_frame_of_its_own_is_written_with_one_allocation() {
    for (name, frame) in samples::gateway() {
        assert_eq!(count(|| frame.encode()), 1, "{name}");
    }
    for (name, frame) in samples::desktop() {
        assert_eq!(count(|| frame.encode()), 1, "{name}");
    }
}
