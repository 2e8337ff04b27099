use ra_proto::rest::{
    CancelRequest, CreateRequest, CreateResponse, FinishRequest, LoginRequest, LoginResponse,
    MfaFinishRequest, MfaFinishResponse, MfaRequired,
};
use ra_proto::{DecodeError, DecodeErrorKind};

use DecodeErrorKind::{
    Duplicate, Empty, Missing, NotAnObject, NotJson, OutOfRange, TooDeep, WrongType,
};

type Reader = fn(&[u8]) -> Option<DecodeError>;

const READERS: [(Reader, &str); 9] = [
    (|body| LoginRequest::decode(body).err(), "ticket"),
    (|body| LoginResponse::decode(body).err(), "encrypted_token"),
    (|body| CreateRequest::decode(body).err(), "fingerprint"),
    (|body| CreateResponse::decode(body).err(), "handshake_token"),
    (|body| FinishRequest::decode(body).err(), "handshake_token"),
    (|body| CancelRequest::decode(body).err(), "handshake_token"),
    (|body| MfaRequired::decode(body).err(), "mfa"),
    (|body| MfaFinishRequest::decode(body).err(), "ticket"),
    (|body| MfaFinishResponse::decode(body).err(), "token"),
];

fn assert_refused(reader: Reader, body: &str, kind: DecodeErrorKind, field: &'static str) {
    let error = reader(body.as_bytes()).expect(body);
    assert_eq!(
        (error.kind(), error.op(), error.field()),
        (kind, None, Some(field)),
        "{body}"
    );
}

#[test]
fn r32_bodies_that_are_no_json_object_are_refused() {
    for (reader, _) in READERS {
        let kind = |body: &[u8]| reader(body).map(|error| (error.kind(), error.field()));
        for body in [
            "",
            "<html>",
            "canary",
            "{",
            "{}x",
            "{\"a\":1,}",
            "\u{feff}{}",
        ] {
            assert_eq!(kind(body.as_bytes()), Some((NotJson, None)), "{body}");
        }
        assert_eq!(kind(b"{\"a\":\"\xff\"}"), Some((NotJson, None)));
        for body in ["[]", "null", "\"canary\"", "7"] {
            assert_eq!(kind(body.as_bytes()), Some((NotAnObject, None)), "{body}");
        }
    }
}

#[test]
fn bad_fields_are_refused_by_name() {
    for (reader, field) in READERS {
        assert_refused(reader, "{}", Missing, field);
        for value in ["null", "7", "true", "[]"] {
            assert_refused(
                reader,
                &format!(r#"{{"{field}":{value}}}"#),
                WrongType,
                field,
            );
        }
        let twice = format!(r#"{{"{field}":"a","x":1,"{field}":"a"}}"#);
        assert_refused(reader, &twice, Duplicate, field);
        let kind = match field {
            "fingerprint" => OutOfRange,
            "mfa" => WrongType,
            _ => Empty,
        };
        assert_refused(reader, &format!(r#"{{"{field}":""}}"#), kind, field);
    }
}

#[test]
#[cfg_attr(miri, ignore = "megabytes of brackets")]
fn r17_nesting_is_limited_and_deep_bodies_do_not_overflow_the_stack() {
    for (reader, _) in READERS {
        for levels in [32, 100_000, 500_000] {
            let body = format!(r#"{{"x":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
            assert_eq!(reader(body.as_bytes()).unwrap().kind(), TooDeep);
            let open = format!(r#"{{"x":{}"#, r#"{"a":"#.repeat(levels));
            assert_eq!(reader(open.as_bytes()).unwrap().kind(), NotJson);
        }
    }
}

#[test]
fn r41_a_fingerprint_is_checked() {
    for text in [
        "x".repeat(43),
        "A".repeat(42),
        format!("{}=", "A".repeat(43)),
    ] {
        let body = format!(r#"{{"fingerprint":"{text}"}}"#);
        assert_refused(
            |body| CreateRequest::decode(body).err(),
            &body,
            OutOfRange,
            "fingerprint",
        );
    }
}

#[test]
fn r42_temporary_token_is_a_boolean_where_present() {
    for value in ["null", "0", "\"true\"", "[]"] {
        let body = format!(r#"{{"handshake_token":"h","temporary_token":{value}}}"#);
        let reader: Reader = |body| FinishRequest::decode(body).err();
        assert_refused(reader, &body, WrongType, "temporary_token");
    }
    let twice = r#"{"handshake_token":"h","temporary_token":true,"temporary_token":true}"#;
    assert_refused(
        |body| FinishRequest::decode(body).err(),
        twice,
        Duplicate,
        "temporary_token",
    );
}

#[test]
fn r43_a_challenge_is_checked_by_field() {
    let many = format!(
        r#"{{"ticket":"t","methods":[{}"totp"]}}"#,
        r#""totp","#.repeat(32)
    );
    let cases: [(&str, &[(&str, DecodeErrorKind)]); 2] = [
        (
            "mfa.ticket",
            &[
                (r#"{"methods":[]}"#, Missing),
                (r#"{"ticket":null,"methods":[]}"#, WrongType),
                (r#"{"ticket":"","methods":[]}"#, Empty),
                (r#"{"ticket":"t","ticket":"t","methods":[]}"#, Duplicate),
            ],
        ),
        (
            "mfa.methods",
            &[
                (r#"{"ticket":"t"}"#, Missing),
                (r#"{"ticket":"t","methods":[],"methods":[]}"#, Duplicate),
                (r#"{"ticket":"t","methods":null}"#, WrongType),
                (r#"{"ticket":"t","methods":{"type":"totp"}}"#, WrongType),
                (r#"{"ticket":"t","methods":"totp"}"#, WrongType),
                (r#"{"ticket":"t","methods":[7]}"#, WrongType),
                (r#"{"ticket":"t","methods":[null]}"#, WrongType),
                (r#"{"ticket":"t","methods":[["totp"]]}"#, WrongType),
                (r#"{"ticket":"t","methods":[{}]}"#, Missing),
                (r#"{"ticket":"t","methods":["totp",{"type":7}]}"#, WrongType),
                (
                    r#"{"ticket":"t","methods":[{"type":"a","type":"a"}]}"#,
                    Duplicate,
                ),
                (&many, OutOfRange),
            ],
        ),
    ];
    let rows = cases
        .iter()
        .flat_map(|(field, rows)| rows.iter().map(move |row| (*field, row)));
    for (field, &(mfa, kind)) in rows {
        let body = format!(r#"{{"code":60003,"mfa":{mfa}}}"#);
        assert_refused(|body| MfaRequired::decode(body).err(), &body, kind, field);
    }
    let deep = format!(
        r#"{{"mfa":{{"ticket":"t","methods":{}{}}}}}"#,
        "[".repeat(31),
        "]".repeat(31)
    );
    assert_eq!(
        MfaRequired::decode(deep.as_bytes()).unwrap_err().kind(),
        TooDeep
    );
}

#[test]
fn r43_an_answer_is_checked_by_field() {
    let reader: Reader = |body| MfaFinishRequest::decode(body).err();
    assert_refused(reader, r#"{"ticket":"t","data":"1"}"#, Missing, "mfa_type");
    assert_refused(
        reader,
        r#"{"ticket":"t","mfa_type":7,"data":"1"}"#,
        WrongType,
        "mfa_type",
    );
    assert_refused(
        reader,
        r#"{"ticket":"t","mfa_type":"totp"}"#,
        Missing,
        "data",
    );
    assert_refused(
        reader,
        r#"{"ticket":"t","mfa_type":"totp","data":123456}"#,
        WrongType,
        "data",
    );
    assert_refused(
        reader,
        r#"{"ticket":"t","mfa_type":"totp","data":""}"#,
        Empty,
        "data",
    );
}

#[test]
fn errors_never_carry_content() {
    for (reader, field) in READERS {
        for body in [
            "canary".to_owned(),
            "\"canary\"".to_owned(),
            format!(r#"{{"{field}":{{"canary":1}}}}"#),
            format!(r#"{{"{field}":["canary"]}}"#),
            format!(r#"{{"{field}":"canary","{field}":"canary"}}"#),
            format!(r#"{{"{field}":"canary\ud800"}}"#),
        ] {
            let error = reader(body.as_bytes()).unwrap();
            assert!(!format!("{error} {error:?}").contains("canary"), "{body}");
            assert!(!error.to_string().contains('\n'));
        }
    }
}
