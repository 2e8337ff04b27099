use ra_proto::frame::{DesktopFrame, GatewayFrame, MAX_DEPTH, MAX_FRAME_BYTES};
use ra_proto::{DecodeError, DecodeErrorKind};

use DecodeErrorKind::{
    Duplicate, Empty, Missing, NotAnObject, NotJson, OutOfRange, TooDeep, TooLarge, WrongType,
};

fn gateway(text: &str) -> DecodeError {
    GatewayFrame::decode(text).unwrap_err()
}

fn desktop(text: &str) -> DecodeError {
    DesktopFrame::decode(text).unwrap_err()
}

fn parts(error: DecodeError) -> (DecodeErrorKind, Option<&'static str>, Option<&'static str>) {
    (error.kind(), error.op(), error.field())
}

#[test]
fn r03_what_is_not_json_is_refused() {
    let broken = [
        "",
        " ",
        "{",
        "}",
        "{}}",
        "hello",
        "{'op':'hello'}",
        r#"{"op":"cancel""#,
        r#"{"op":"cancel",}"#,
        r#"{"op":"cancel"}x"#,
        r#"{"op":"cancel"}{"op":"cancel"}"#,
        r#"{"op":"cancel"} null"#,
        r#"{"op" "cancel"}"#,
        r#"{op:"cancel"}"#,
        r#"{1:"cancel"}"#,
        r#"{"op":"can"#,
        r#"{"op":"\x"}"#,
        r#"{"op":"\u00"}"#,
        r#"{"\ud800":1,"op":"cancel"}"#,
        "{\"op\":\"can\ncel\"}",
        r#"{"op":"cancel","x":01}"#,
        r#"{"op":"cancel","x":+1}"#,
        r#"{"op":"cancel","x":.5}"#,
        r#"{"op":"cancel","x":NaN}"#,
        r#"{"op":"cancel","x":[1,]}"#,
        r#"{"op":"cancel","x":[}"#,
        r#"{"op":"cancel"/**/}"#,
        "\u{feff}{\"op\":\"cancel\"}",
        "[[",
        "\"canary",
        "nul",
    ];
    for text in broken {
        assert_eq!(parts(gateway(text)), (NotJson, None, None), "{text:?}");
        assert_eq!(parts(desktop(text)), (NotJson, None, None), "{text:?}");
    }
}

#[test]
fn r03_json_that_is_no_object_is_refused() {
    for text in [
        "[]",
        r#"[{"op":"cancel"}]"#,
        "null",
        " 7 ",
        r#""cancel""#,
        "true",
        "-1e9",
    ] {
        assert_eq!(parts(gateway(text)), (NotAnObject, None, None), "{text}");
        assert_eq!(parts(desktop(text)), (NotAnObject, None, None), "{text}");
    }
}

#[test]
fn r03_op_itself_is_checked() {
    let cases = [
        ("{}", Missing),
        (r#"{"OP":"cancel"}"#, Missing),
        (r#"{"x":{"op":"cancel"}}"#, Missing),
        (r#"{"op":null}"#, WrongType),
        (r#"{"op":7}"#, WrongType),
        (r#"{"op":["cancel"]}"#, WrongType),
        (r#"{"op":{"op":"cancel"}}"#, WrongType),
        (r#"{"op":true}"#, WrongType),
        (r#"{"op":"cancel","op":"cancel"}"#, Duplicate),
        (r#"{"op":"cancel","op":null}"#, Duplicate),
        (r#"{"op":null,"op":"cancel"}"#, Duplicate),
        (r#"{"op":"cancel","x":1,"o\u0070":"hello"}"#, Duplicate),
        (r#"{"op":"cancel","op":1,"op":2}"#, Duplicate),
    ];
    for (text, kind) in cases {
        assert_eq!(parts(gateway(text)), (kind, None, Some("op")), "{text}");
        assert_eq!(parts(desktop(text)), (kind, None, Some("op")), "{text}");
    }
}

#[test]
fn r04_bad_numbers_of_hello_are_refused_by_field() {
    let values = [
        ("-1", OutOfRange),
        ("-0", OutOfRange),
        ("1.5", OutOfRange),
        ("1.0", OutOfRange),
        ("1e3", OutOfRange),
        ("1E3", OutOfRange),
        ("18446744073709551616", OutOfRange),
        ("-9223372036854775809", OutOfRange),
        ("99999999999999999999999999999999999999999", OutOfRange),
        ("1e999", OutOfRange),
        ("null", WrongType),
        ("\"41250\"", WrongType),
        ("true", WrongType),
        ("[41250]", WrongType),
        ("{}", WrongType),
    ];
    for (value, kind) in values {
        let text = format!(r#"{{"op":"hello","timeout_ms":{value},"heartbeat_interval":1}}"#);
        assert_eq!(
            parts(gateway(&text)),
            (kind, Some("hello"), Some("timeout_ms")),
            "{value}"
        );
        let text = format!(r#"{{"heartbeat_interval":{value},"op":"hello","timeout_ms":1}}"#);
        let expected = (kind, Some("hello"), Some("heartbeat_interval"));
        assert_eq!(parts(gateway(&text)), expected, "{value}");
    }
    let missing = gateway(r#"{"op":"hello","timeout_ms":1}"#);
    assert_eq!(
        parts(missing),
        (Missing, Some("hello"), Some("heartbeat_interval"))
    );
    let missing = gateway(r#"{"op":"hello","heartbeat_interval":1}"#);
    assert_eq!(parts(missing), (Missing, Some("hello"), Some("timeout_ms")));
    let twice = gateway(r#"{"timeout_ms":1,"op":"hello","timeout_ms":1,"heartbeat_interval":1}"#);
    assert_eq!(parts(twice), (Duplicate, Some("hello"), Some("timeout_ms")));
}

#[test]
fn bad_texts_are_refused_by_op_and_field() {
    let gateway_fields = [
        ("nonce_proof", "encrypted_nonce"),
        ("pending_remote_init", "fingerprint"),
        ("pending_ticket", "encrypted_user_payload"),
        ("pending_login", "ticket"),
    ];
    for (op, field) in gateway_fields {
        for (members, kind) in bad_texts(field) {
            let text = format!(r#"{{"op":"{op}"{members}}}"#);
            assert_eq!(
                parts(gateway(&text)),
                (kind, Some(op), Some(field)),
                "{text}"
            );
        }
    }
    let desktop_fields = [("init", "encoded_public_key"), ("nonce_proof", "proof")];
    for (op, field) in desktop_fields {
        for (members, kind) in bad_texts(field) {
            let text = format!(r#"{{"op":"{op}"{members}}}"#);
            assert_eq!(
                parts(desktop(&text)),
                (kind, Some(op), Some(field)),
                "{text}"
            );
        }
    }
    for (members, kind) in bad_texts("nonce").into_iter().skip(1) {
        let text = format!(r#"{{"op":"nonce_proof"{members}}}"#);
        assert_eq!(
            parts(desktop(&text)),
            (kind, Some("nonce_proof"), Some("nonce")),
            "{text}"
        );
    }
}

/// Members that spoil `field`, its absence first.
fn bad_texts(field: &str) -> Vec<(String, DecodeErrorKind)> {
    let mut bad = vec![
        (String::new(), Missing),
        (format!(r#","{field}":"a","{field}":"a""#), Duplicate),
        (format!(r#","{field}":"a","{field}":null"#), Duplicate),
    ];
    let lone_surrogates = [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\ud800""#,
        r#""\ud800x""#,
        r#""\ud800\n""#,
        r#""\ud800xu0000""#,
        r#""\ud800\ue000""#,
        r#""\ud800\udbff""#,
        r#""\udfff\udfff""#,
    ];
    let wrong = ["null", "1", "-1.5", "true", "[\"a\"]", "{\"a\":\"a\"}"];
    for value in wrong.into_iter().chain(lone_surrogates) {
        bad.push((format!(r#","{field}":{value}"#), WrongType));
    }
    bad
}

#[test]
fn r13_an_empty_ticket_is_refused() {
    let empty = gateway(r#"{"op":"pending_login","ticket":""}"#);
    assert_eq!(parts(empty), (Empty, Some("pending_login"), Some("ticket")));
}

#[test]
#[cfg_attr(miri, ignore = "as long as frames get, and longer")]
fn r17_frames_over_64_kib_are_refused_unread() {
    let text = |length: usize| {
        let frame = r#"{"op":"cancel","x":""}"#;
        frame.replace(
            r#""x":""#,
            &format!(r#""x":"{}"#, "x".repeat(length - frame.len())),
        )
    };
    let longest = text(MAX_FRAME_BYTES);
    assert_eq!(longest.len(), 65_536);
    assert_eq!(GatewayFrame::decode(&longest), Ok(GatewayFrame::Cancel));
    assert_eq!(
        parts(gateway(&text(MAX_FRAME_BYTES + 1))),
        (TooLarge, None, None)
    );
    assert_eq!(
        parts(desktop(&text(MAX_FRAME_BYTES + 1))),
        (TooLarge, None, None)
    );
    assert_eq!(
        parts(gateway(&"x".repeat(32 << 20))),
        (TooLarge, None, None)
    );
}

/// A frame of so many levels, its own object included, in the member `key`.
fn nested(key: &str, levels: usize, open: &str, close: &str) -> String {
    let (open, close) = (open.repeat(levels - 1), close.repeat(levels - 1));
    format!(r#"{{"op":"cancel","{key}":{open}1{close}}}"#)
}

#[test]
fn r17_nesting_is_limited_for_known_and_unknown_keys() {
    for key in ["x", "ticket", "proof"] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"]\"}":"#, "}]")] {
            let levels_a_piece = if close.len() == 2 { 2 } else { 1 };
            let pieces = (MAX_DEPTH - 1) / levels_a_piece;
            let deepest = nested(key, pieces + 1, open, close);
            assert_eq!(
                GatewayFrame::decode(&deepest),
                Ok(GatewayFrame::Cancel),
                "{deepest}"
            );
            let deeper = nested(key, pieces + 2, open, close);
            assert_eq!(parts(gateway(&deeper)), (TooDeep, None, None), "{deeper}");
            assert_eq!(parts(desktop(&deeper)), (TooDeep, None, None), "{deeper}");
        }
    }
}

#[test]
fn r17_depth_is_not_length_and_brackets_in_texts_are_no_nesting() {
    // to Miri each slice of a text makes every later look at it dearer: a thousand take it minutes
    let many = if cfg!(miri) { 50 } else { 1000 };
    let wide = format!(r#"{{"op":"cancel","x":[{}1]}}"#, "[[]],{},".repeat(many));
    assert_eq!(GatewayFrame::decode(&wide), Ok(GatewayFrame::Cancel));
    let text = format!(
        r#"{{"op":"cancel","x":["\\","{}\"{}"]}}"#,
        "[".repeat(100),
        "{".repeat(100)
    );
    assert_eq!(GatewayFrame::decode(&text), Ok(GatewayFrame::Cancel));
    // An escaped backslash does not keep the text open.
    let deep = format!(
        r#"{{"op":"cancel","x":["\\",{}1{}]}}"#,
        "[".repeat(31),
        "]".repeat(31)
    );
    assert_eq!(parts(gateway(&deep)), (TooDeep, None, None));
}

#[test]
#[cfg_attr(miri, ignore = "as long as frames get, several times")]
fn r17_a_hundred_thousand_levels_do_not_overflow_the_stack() {
    let levels = 100_000;
    assert_eq!(gateway(&nested("x", levels, "[", "]")).kind(), TooLarge);
    // As many as fit.
    assert_eq!(gateway(&nested("x", 32_000, "[", "]")).kind(), TooDeep);
    assert_eq!(
        gateway(&nested("x", 10_000, r#"{"a":"#, "}")).kind(),
        TooDeep
    );
    assert_eq!(gateway(&"[".repeat(MAX_FRAME_BYTES)).kind(), NotJson);
    assert_eq!(gateway(&r#"{"x":"#.repeat(10_000)).kind(), NotJson);
    let list = "[".repeat(32_000) + &"]".repeat(32_000);
    assert_eq!(gateway(&list).kind(), NotAnObject);
}

#[test]
fn errors_name_the_place_in_one_line() {
    let lines = [
        ("canary", "message is not json"),
        ("[\"canary\"]", "message is not a json object"),
        (r#"{"op":["canary"]}"#, "op has the wrong type"),
        (r#"{"canary":1}"#, "op is missing"),
        (
            r#"{"op":"hello","timeout_ms":-1}"#,
            "timeout_ms of hello is out of range",
        ),
        (
            r#"{"op":"pending_login","ticket":""}"#,
            "ticket of pending_login is empty",
        ),
        (
            r#"{"op":"pending_login","ticket":"canary","ticket":"canary"}"#,
            "ticket of pending_login is there more than once",
        ),
    ];
    for (text, line) in lines {
        assert_eq!(gateway(text).to_string(), line);
    }
    assert_eq!(
        gateway(&nested("canary", 40, "[", "]")).to_string(),
        "message is nested too deeply"
    );
    assert_eq!(
        gateway(&"canary".repeat(20_000)).to_string(),
        "message is too large"
    );
}

#[test]
fn errors_never_carry_content() {
    let texts = [
        "canary",
        "\"canary\"",
        "{\"canary",
        r#"{"op":"canary" x"#,
        r#"{"op":{"canary":1}}"#,
        r#"{"op":"pending_login","ticket":["canary"]}"#,
        r#"{"op":"pending_login","ticket":"canary\ud800"}"#,
        r#"{"op":"nonce_proof","proof":{"canary":1},"encrypted_nonce":{"canary":1}}"#,
    ];
    for text in texts {
        for error in [gateway(text), desktop_or_same(text)] {
            assert!(
                !format!("{error} {error:?} {error:#?}").contains("canary"),
                "{text}"
            );
        }
    }
}

/// Not every text above is a bad frame to the gateway.
fn desktop_or_same(text: &str) -> DecodeError {
    DesktopFrame::decode(text)
        .err()
        .unwrap_or_else(|| gateway(text))
}
