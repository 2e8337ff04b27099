//! Reading agrees with the reference, on all of JSON's grammar and on what is nearly JSON.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use ra_proto::frame::{DesktopFrame, GatewayFrame, MAX_DEPTH};

use crate::reference::{self, outcome};

#[track_caller]
fn assert_agrees(text: &str) {
    let read = outcome(GatewayFrame::decode(text));
    assert_eq!(read, reference::gateway(text), "{text:?}");
    let read = outcome(DesktopFrame::decode(text));
    assert_eq!(read, reference::desktop(text), "{text:?}");
}

/// Puts `value` where a value may stand: unknown, known and not needed, needed, in a list, in an object, as the whole.
#[track_caller]
fn assert_agrees_on_value(value: &str) {
    for text in [
        format!(r#"{{"op":"cancel","x":{value}}}"#),
        format!(r#"{{"ticket":{value},"op":"heartbeat"}}"#),
        format!(r#"{{"op":"pending_login","ticket":{value}}}"#),
        format!(r#"{{"op":"hello","timeout_ms":{value},"heartbeat_interval":1}}"#),
        format!(r#"{{"op":"nonce_proof","nonce":{value}}}"#),
        format!(r#"{{"op":{value}}}"#),
        format!(r#"{{"op":"cancel","x":[{value},{value} ]}}"#),
        format!(r#"{{"op":"cancel","x":{{"y":{value} }}}}"#),
        value.to_owned(),
    ] {
        assert_agrees(&text);
    }
}

const VALUES: [&str; 66] = [
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "01",
    "-01",
    "00",
    "+1",
    "-",
    "--1",
    "1-",
    "1_0",
    "0x1",
    "1.",
    ".5",
    "1.5",
    "0.0",
    "-0.0",
    "1.e1",
    "1.5.2",
    "1e1",
    "1E1",
    "1e+1",
    "1E+2",
    "1e-1",
    "1e",
    "1e+",
    "1e1.5",
    "1ee1",
    "0e0",
    "1e400",
    "-1e400",
    "1e-400",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "Infinity",
    "NaN",
    "-Infinity",
    "١",
    "true",
    "false",
    "null",
    "True",
    "nul",
    "nulll",
    "truefalse",
    "tru\u{e9}",
    "[]",
    "[ ]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1}",
    "{}",
    "{ }",
    r#"{"a"}"#,
    r#"{"a":1,}"#,
    r#"{1:1}"#,
    r#"{"a" : [ { } ] }"#,
    r#"{"a":1]"#,
    "'a'",
    "a",
    "",
];

#[test]
fn r03_values_are_told_apart_by_the_grammar() {
    for value in VALUES {
        assert_agrees_on_value(value);
    }
}

#[test]
fn r03_strings_are_told_apart_by_the_grammar() {
    let insides = [
        "",
        "a",
        "é€😀",
        "\u{7f}",
        "\u{80}",
        "\u{2028}",
        "/",
        r#"\""#,
        r"\\",
        r"\/",
        r"\b\f\n\r\t",
        r"\a",
        r"\'",
        r"\0",
        r"\x41",
        r"\",
        r"\u",
        r"\u1",
        r"\u12",
        r"\u123",
        r"\u1234",
        r"\u123g",
        r"\u+123",
        r"\U0041",
        r"\u00e9\u20AC",
        r"\uD83D\uDE00",
        r"\ud800",
        r"\ud800a",
        r"\ud800\n",
        r"\ud800\u0041",
        r"\udc00",
        r"\udc00\ud800",
        r"\ud800\ud800",
        r"\ud83d\ude",
        r"\ud83d\\ude00",
        r"\u0000",
        r"\uffff",
        r"\ufffe",
        "a\"b",
        "\0",
        "\n",
        "\t",
        "\u{1f}",
        "\u{feff}",
        r"\é",
        r"\u00é",
    ];
    for inside in insides {
        assert_agrees_on_value(&format!("\"{inside}\""));
        assert_agrees_on_value(&format!("\"{inside}"));
        // As a key, at the top and below.
        assert_agrees(&format!(r#"{{"{inside}":1,"op":"cancel"}}"#));
        assert_agrees(&format!(r#"{{"op":"cancel","x":{{"{inside}":1}}}}"#));
        assert_agrees(&format!(r#"{{"op":"cancel","{inside}":"#));
    }
}

// Texts are looked at several bytes at a time; whichever comes first must be found.
const ODD: [char; 16] = [
    '"',
    '\\',
    '\0',
    '\n',
    '\u{1f}',
    ' ',
    '!',
    '#',
    '[',
    ']',
    '\u{7f}',
    '\u{80}',
    'ÿ',
    'Ģ',
    '€',
    '\u{1f600}',
];

fn assert_agrees_on_op(op: &str) {
    assert_agrees(&format!(r#"{{"op":"{op}"}}"#));
    let frame = GatewayFrame::Unknown { op: op.into() };
    assert_eq!(GatewayFrame::decode(&frame.encode()), Ok(frame));
}

#[test]
#[cfg_attr(miri, ignore = "ten thousand texts")]
fn r03_each_character_at_each_place_of_a_text() {
    for place in 0..18 {
        for character in (0..0x80).map(char::from).chain(ODD) {
            for length in [place, 24] {
                let mut text = "a".repeat(length);
                text.insert(place, character);
                assert_agrees_on_op(&text);
            }
        }
        for (first, second) in ODD.iter().zip(ODD.iter().rev()) {
            let mut text = "a".repeat(20);
            text.insert(place, *first);
            text.push(*second);
            assert_agrees(&format!(r#"{{"op":"{text}"}}"#));
        }
    }
}

/// Behind 64 plain bytes, 32 are looked at together.
#[test]
#[cfg_attr(miri, ignore = "ten thousand texts")]
fn r03_each_odd_character_at_each_place_of_a_long_text() {
    for place in 50..180 {
        for character in ODD {
            for length in [place, 181, 200] {
                let mut text = "a".repeat(length);
                text.insert(place, character);
                assert_agrees_on_op(&text);
                text.insert(place, 'é');
                assert_agrees_on_op(&text);
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "eighteen thousand texts")]
fn r03_each_character_of_a_frame_replaced_left_out_or_put_before() {
    let frame = r#"{"op":"cancel", "x":[-1.5e+1,{"y" :true}],"z":"\u00e9","nonce":"n"}"#;
    assert_agrees(frame);
    for place in 0..frame.len() {
        let (before, behind) = frame.split_at(place);
        assert_agrees(&format!("{before}{}", &behind[1..]));
        assert_agrees(before);
        for character in (0..0x80).map(char::from).chain(['é']) {
            assert_agrees(&format!("{before}{character}{}", &behind[1..]));
            assert_agrees(&format!("{before}{character}{behind}"));
        }
    }
}

#[test]
fn r03_around_the_object_there_is_white_space_or_nothing() {
    let frame = r#"{"op":"cancel"}"#;
    for around in [
        "", " ", "\n", "\r", "\t", " \t\r\n", "\u{b}", "\u{c}", "\u{a0}", "\u{2028}", "\u{feff}",
        "\0", ",", "}", "{", "]", "null", "1", "\"", "//", "/**/", "#",
    ] {
        assert_agrees(&format!("{around}{frame}"));
        assert_agrees(&format!("{frame}{around}"));
        assert_agrees(&format!("[{frame}]{around}"));
        let inside = [
            format!(r#"{{{around}"op":"cancel"}}"#),
            format!(r#"{{"op"{around}:"cancel"}}"#),
            format!(r#"{{"op":{around}"cancel"}}"#),
            format!(r#"{{"op":"cancel"{around}}}"#),
            format!(r#"{{"op":"cancel",{around}"x":[1,{around}2{around}]}}"#),
        ];
        inside.iter().for_each(|text| assert_agrees(text));
    }
}

#[test]
#[cfg_attr(miri, ignore = "the reference looks at each level anew")]
fn r17_whatever_is_wrong_behind_too_many_levels() {
    for levels in [MAX_DEPTH - 2, MAX_DEPTH - 1, MAX_DEPTH, 200] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let (open, close) = (open.repeat(levels), close.repeat(levels));
            for (inside, behind) in [
                ("1", ""),
                ("1", "}"),
                ("", ""),
                ("x", ""),
                (r#""\ud800""#, ""),
                (r#""\x""#, ""),
                ("1", r#","\ud800":1"#),
                ("1", r#","\u0061":1"#),
                ("1", r#","op":"hello""#),
                ("1", ",,"),
                ("1]", ""),
            ] {
                assert_agrees(&format!(
                    r#"{{"op":"cancel","x":{open}{inside}{close}{behind}}}"#
                ));
                assert_agrees(&format!(r#"{{"x":{open}{inside}{close}{behind},"op":7}}"#));
                assert_agrees(&format!("{open}{inside}{close}{behind}"));
            }
        }
    }
}

fn space() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", "", "", " ", "\n", "\t\r "])
}

/// A string with its quotes; by the grammar, not always a text.
fn string() -> impl Strategy<Value = String> {
    let names = select(vec![
        "op",
        "timeout_ms",
        "heartbeat_interval",
        "encrypted_nonce",
        "fingerprint",
        "encrypted_user_payload",
        "ticket",
        "encoded_public_key",
        "proof",
        "nonce",
        "o\\u0070",
        "hello",
        "heartbeat_ack",
        "nonce_proof",
        "pending_remote_init",
        "pending_ticket",
        "pending_login",
        "cancel",
        "init",
        "heartbeat",
    ]);
    let names = names.prop_map(|name| format!("\"{name}\""));
    prop_oneof![
        3 => names,
        1 => r#""([ -!#-\[\]-~é😀]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|\\ud[89a-f][0-9a-f]{2}){0,20}""#,
    ]
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        string(),
        r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?",
        "[1-9][0-9]{0,18}",
        select(vec!["true", "false", "null"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|list| format!("[{}]", list.join(","))),
            members(inner).prop_map(|members| format!("{{{members}}}")),
        ]
    })
}

fn members(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let member = (string(), value, space(), space())
        .prop_map(|(key, value, a, b)| format!("{a}{key}{b}:{a}{value}{b}"));
    prop::collection::vec(member, 0..5).prop_map(|members| members.join(","))
}

/// An object that is often a frame: it has an `op`, and members of that op's more often than not.
fn object() -> impl Strategy<Value = String> {
    let frames = select(vec![
        r#""op":"hello","timeout_ms":1,"heartbeat_interval":2"#,
        r#""op":"nonce_proof","encrypted_nonce":"e","proof":"p""#,
        r#""op":"nonce_proof","nonce":"n\/""#,
        r#""fingerprint":"f","op":"pending_remote_init""#,
        r#""op":"pending_ticket","encrypted_user_payload":"\ud83d\ude00""#,
        r#""ticket":"t","op":"pending_login""#,
        r#""op":"cancel""#,
        r#""encoded_public_key":"k","op":"init""#,
        r#""op":"heartbeat""#,
    ]);
    (frames, members(value()), space(), any::<bool>()).prop_map(|(frame, more, space, before)| {
        let comma = if more.is_empty() { "" } else { "," };
        if before {
            format!("{space}{{{more}{comma}{frame}}}")
        } else {
            format!("{{{frame}{comma}{more}}}{space}")
        }
    })
}

proptest! {
    #[test]
    fn reading_objects_agrees_with_the_reference(text in object()) {
        assert_agrees(&text);
    }

    #[test]
    fn reading_values_agrees_with_the_reference(text in value()) {
        assert_agrees_on_value(&text);
    }

    #[test]
    fn reading_damaged_objects_agrees_with_the_reference(
        text in object(),
        places in prop::collection::vec(any::<Index>(), 1..4),
        put in r#"[\[\]{}":,\\u0-9a-d.eE+ \n\x00-]{0,2}"#,
        cut in 0..3_usize,
    ) {
        let mut text: Vec<char> = text.chars().collect();
        for place in places {
            let start = place.index(text.len() + 1);
            let end = (start + cut).min(text.len());
            text.splice(start..end, put.chars());
        }
        assert_agrees(&text.into_iter().collect::<String>());
    }
}
