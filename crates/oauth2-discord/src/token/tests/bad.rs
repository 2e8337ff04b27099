//! What bad token bodies get.

use proptest::prelude::*;

use super::*;

#[test]
fn o136_s10_the_type_is_bearer_in_any_case() {
    for good in ["\"Bearer\"", "\"bearer\"", "\"BEARER\""] {
        assert!(read(&with(&[("token_type", good)])).is_ok(), "{good}");
    }
    for bad in [
        "",
        "null",
        "1",
        "\"\"",
        "\"mac\"",
        "\"zzz\"",
        "\"Bearer \"",
        "[\"Bearer\"]",
        "{}",
    ] {
        assert_eq!(
            fault(&with(&[("token_type", bad)])),
            Some("token_type"),
            "{bad}"
        );
    }
}

#[test]
fn o137_s10_s12_an_access_token_is_there_and_fits_a_header() {
    for bad in [
        "",
        "null",
        "1",
        "{}",
        "\"\"",
        "\"a b\"",
        "\"a\\r\\nb\"",
        "\"a\\u0000\"",
        "\"\u{e9}\"",
        "\"\\ud800\"",
    ] {
        assert_eq!(
            fault(&with(&[("access_token", bad)])),
            Some("access_token"),
            "{bad}"
        );
    }
}

#[test]
fn s12_a_refresh_token_is_printable_ascii() {
    for good in ["\"a b~!\\\\\"", "\"\\u0041\""] {
        let read = read(&with(&[("refresh_token", good)])).unwrap();
        assert!(read.refresh_token.is_some(), "{good}");
    }
    for bad in [
        "\"a\\u0000\"",
        "\"\\u001b[2J\"",
        "\"a\\nb\"",
        "\"a\\tb\"",
        "\"\u{7f}\"",
        "\"\u{e9}\"",
    ] {
        assert_eq!(
            fault(&with(&[("refresh_token", bad)])),
            Some("refresh_token"),
            "{bad}"
        );
    }
}

#[test]
fn o140_s11_expires_in_is_a_number_of_seconds() {
    for (good, seconds) in [
        ("0", 0),
        ("604800.0", 604_800),
        ("\"604800\"", 604_800), // some servers write a string
        ("18446744073709551615", u64::MAX),
    ] {
        assert_eq!(
            read(&with(&[("expires_in", good)])).unwrap().expires_in,
            Some(seconds),
            "{good}"
        );
    }
    for absent in ["", "null"] {
        assert_eq!(
            read(&with(&[("expires_in", absent)])).unwrap().expires_in,
            None
        );
    }
    for bad in [
        "-5",
        "1e30",
        "1.5",
        "\"\"",
        "\"-5\"",
        "\"+5\"",
        "18446744073709551616",
        "true",
        "[60]",
        "{}",
    ] {
        assert_eq!(
            fault(&with(&[("expires_in", bad)])),
            Some("expires_in"),
            "{bad}"
        );
    }
}

#[test]
fn o108_s11_a_token_is_due_before_it_expires_and_no_sum_overflows() {
    let mut token = read(EXAMPLE).unwrap();
    let arrival = UnixTime::from_secs(1000);
    let minute = Duration::from_secs(60);
    assert_eq!(
        token.due(arrival, minute),
        Some(UnixTime::from_secs(1000 + 604_740))
    );
    token.expires_in = Some(u64::MAX);
    assert_eq!(
        token.due(arrival, Duration::ZERO),
        Some(UnixTime::from_secs(u64::MAX))
    );
    token.expires_in = Some(30);
    assert_eq!(
        token.due(arrival, minute),
        Some(arrival),
        "due at once, not before it came"
    );
    token.expires_in = None;
    assert_eq!(token.due(arrival, minute), None);
}

#[test]
fn s11_unknown_members_are_ignored_and_twice_is_refused() {
    assert!(read(&with(&[("next_year", "{\"deep\":[1,2,{}]}")])).is_ok());
    assert_eq!(
        fault(r#"{"token_type":"Bearer","access_token":"a","access_token":"b"}"#),
        None
    );
}

#[test]
fn o139_a_scope_that_makes_no_sense_is_named() {
    for bad in ["1", "[\"identify\"]", "\"a\\\"b\"", "\"a\\u0000\""] {
        assert_eq!(fault(&with(&[("scope", bad)])), Some("scope"), "{bad}");
    }
    let token = read(&with(&[("scope", "\"identify  next.year\"")])).unwrap();
    assert_eq!(token.scope.unwrap().to_string(), "identify next.year");
}

#[test]
fn s13_s36_what_is_no_token_object_is_refused() {
    let deep = "[".repeat(100_000);
    for bad in [
        "",
        "null",
        "[]",
        "\"x\"",
        "1",
        "{",
        "<html>",
        "\u{feff}{}",
        "truncated",
        EXAMPLE.trim_end_matches('}'),
        &deep,
    ] {
        assert_eq!(fault(bad), None, "{}", bad.len());
    }
    assert_eq!(
        Token::decode(b"{\"token_type\":\"\xff\"}")
            .unwrap_err()
            .field(),
        None
    );
    assert!(fault(&with(&[("next_year", &deep)])).is_none());
    // an error with status 200 is no token
    assert_eq!(
        fault(r#"{"token_type":"Bearer","error":"invalid_grant"}"#),
        Some("access_token")
    );
    assert_eq!(fault(r#"{"error":"invalid_grant"}"#), Some("token_type"));
    // nor is an array of the right values
    assert_eq!(fault(r#"["Bearer","abc"]"#), None);
}

#[test]
fn s41_a_token_shows_nothing_and_neither_do_its_errors() {
    let canary = r#"{"token_type":"Bearer","access_token":"canary1","refresh_token":"canary2","id_token":"canary3",
        "webhook":{"id":"1","token":"canary4","url":"https://x/canary5","name":"n"}}"#;
    let token = read(canary).unwrap();
    assert!(!format!("{token:?} {:#?}", token.webhook).contains("canary"));
    for broken in [
        canary.replace("\"canary1\"", "{\"canary1\":1}"),
        canary.replace("\"1\"", "\"canary6\""),
        canary.replace("Bearer", "canary7"),
        canary.replace("}}", "canary8"),
    ] {
        let error = read(&broken).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    let response = http::Response::new(ra_http::Body::from(
        canary.replace("Bearer", "canary7").into_bytes(),
    ));
    let error = crate::wire::read_reply(response, Token::decode).unwrap_err();
    assert_eq!(error.field(), Some("token_type"));
    assert!(!format!("{error} {error:?}").contains("canary"));
}

proptest! {
    #[test]
    fn s43_decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Token::decode(&bytes);
    }

    #[test]
    fn s43_decoding_near_tokens_never_panics(name in "[a-z_]{0,16}", value in "\\PC{0,40}", cut in 0usize..300) {
        let json = with(&[(&name, &value)]);
        let _ = read(&json);
        let _ = Token::decode(json.as_bytes().get(..cut).unwrap_or_default());
    }
}

#[test]
fn an_error_names_the_member() {
    let error = read("{}").unwrap_err();
    let field = error.field().unwrap();
    assert_eq!(
        error.to_string(),
        format!("the reply is malformed at {field}")
    );
    let error = read("[]").unwrap_err();
    assert_eq!(error.to_string(), "the reply is not a JSON object");
}
