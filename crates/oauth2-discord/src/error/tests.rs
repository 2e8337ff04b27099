//! The classification: which error means what for the caller.

use proptest::prelude::*;
use ra_http::{Body, TransportError, check_status};

use super::*;

fn refused(status: u16, body: &str) -> HttpError {
    let body = Body::from(body.as_bytes().to_vec());
    check_status(http::Response::builder().status(status).body(body).unwrap()).unwrap_err()
}

fn both(error: &HttpError) -> [Advice; 2] {
    [
        advice(error, Repeat::Safe),
        advice(error, Repeat::SingleUse),
    ]
}

const AGAIN: Advice = Advice::AskAgain { after: FALLBACK };

#[test]
fn s13_oauth_errors_mean_the_same_with_400_and_401() {
    for (text, want) in [
        ("invalid_request", Advice::Configuration),
        ("invalid_client", Advice::Configuration),
        ("unauthorized_client", Advice::Configuration),
        ("unsupported_grant_type", Advice::Configuration), // P-16: also what a body of the wrong type gets
        ("invalid_scope", Advice::Configuration),          // P-13, O-058
        ("insufficient_scope", Advice::Configuration),
        ("unsupported_token_type", Advice::Configuration),
        ("invalid_grant", Advice::StartOver),
        ("expired_token", Advice::StartOver),
        ("invalid_token", Advice::StartOver),
        ("access_denied", Advice::PersonSaidNo),
        ("authorization_pending", AGAIN),
        ("slow_down", AGAIN),
        ("temporarily_unavailable", AGAIN),
        ("next_year", Advice::Configuration),
    ] {
        for status in [400, 401] {
            let error = refused(status, &format!(r#"{{"error":"{text}"}}"#));
            assert_eq!(both(&error), [want, want], "{status} {text}");
            assert_eq!(code(&error).unwrap().as_str(), text);
        }
    }
}

#[test]
fn s13_n02_bodies_of_other_shapes_have_no_oauth_code() {
    for body in [
        "{}",
        "[]",
        "null",
        "\"x\"",
        "",
        "<html>",
        r#"{"error":1}"#,
        r#"{"error":{"error":"x"}}"#,
        r#"{"error":null}"#,
    ] {
        let error = refused(400, body);
        assert_eq!(code(&error), None, "{body}");
        assert_eq!(both(&error), [Advice::Configuration; 2], "{body}");
    }
}

#[test]
fn s39_p09_discords_codes_are_read() {
    for (status, body, want) in [
        (
            401,
            r#"{"message":"401: Unauthorized","code":0}"#,
            Advice::StartOver,
        ),
        (401, r#"{"message":"x","code":50025}"#, Advice::StartOver),
        (400, r#"{"message":"x","code":50025}"#, Advice::StartOver),
        (
            403,
            r#"{"message":"x","code":50026}"#,
            Advice::Configuration,
        ),
        (400, r#"{"message":"x","code":530001}"#, Advice::StartOver),
        (400, r#"{"message":"x","code":530004}"#, Advice::StartOver),
        (400, r#"{"message":"x","code":530006}"#, AGAIN),
        (
            400,
            r#"{"message":"x","code":530007}"#,
            Advice::Configuration,
        ),
        (400, r#"{"message":"x","code":530010}"#, Advice::StartOver),
        (
            404,
            r#"{"message":"404: Not Found","code":0}"#,
            Advice::Configuration,
        ),
        (405, "", Advice::Configuration), // P-16
        (408, "", AGAIN),
    ] {
        assert_eq!(both(&refused(status, body)), [want; 2], "{status} {body}");
    }
}

#[test]
fn s38_a_refusal_without_any_code_knows_nothing_of_a_code_or_refresh_token() {
    for body in ["", "<html>", "{}", "null", r#"{"error":7}"#] {
        for (status, safe) in [
            (401, Advice::StartOver),
            (403, Advice::Configuration),
            (407, Advice::Configuration),
        ] {
            assert_eq!(
                both(&refused(status, body)),
                [safe, Advice::OutcomeUnknown],
                "{status} {body}"
            );
        }
    }
}

#[test]
fn s37_rate_limits_say_when() {
    for (body, seconds) in [
        (r#"{"message":"x","retry_after":1.5,"global":true}"#, 1.5),
        ("<html>1015</html>", 5.0),
        (r#"{"retry_after":-1}"#, 5.0),
        (r#"{"retry_after":"NaN"}"#, 5.0),
        (r#"{"retry_after":1e300}"#, 86_400.0),
    ] {
        let after = Duration::from_secs_f64(seconds);
        assert_eq!(
            both(&refused(429, body)),
            [Advice::AskAgain { after }; 2],
            "{body}"
        );
    }
}

#[test]
fn s38_after_5xx_a_code_or_refresh_token_may_be_spent() {
    for status in [500, 502, 503, 504, 520] {
        for body in ["", "<html>", r#"{"error":"server_error"}"#] {
            assert_eq!(
                both(&refused(status, body)),
                [AGAIN, Advice::OutcomeUnknown],
                "{status} {body}"
            );
        }
    }
    let good = http::Response::new(Body::from(b"canary".to_vec()));
    assert_eq!(
        both(&HttpError::bad_body(good, None)),
        [AGAIN, Advice::OutcomeUnknown]
    );
}

#[test]
fn p07_every_partner_code_is_advised_alike_here_and_there() {
    for known in crate::partner::PartnerCode::KNOWN {
        let body = format!(r#"{{"message":"x","code":{}}}"#, known.as_u64());
        assert_eq!(both(&refused(400, &body)), [known.advice(); 2], "{known:?}");
    }
}

#[test]
fn s38_while_an_account_is_merged_safe_calls_are_asked_again() {
    for body in [
        "",
        "<html>",
        r#"{"message":"locked","code":0}"#,
        r#"{"error":"locked"}"#,
    ] {
        assert_eq!(
            both(&refused(423, body)),
            [AGAIN, Advice::OutcomeUnknown],
            "{body}"
        );
    }
    // what the body says plainly goes first
    let error = refused(423, r#"{"error":"invalid_grant"}"#);
    assert_eq!(both(&error), [Advice::StartOver; 2]);
}

#[test]
fn s38_no_answer_is_not_no_request() {
    let fails = |kind| HttpError::from(TransportError::new(kind));
    for kind in [TransportErrorKind::Timeout, TransportErrorKind::Lost] {
        assert_eq!(both(&fails(kind))[1], Advice::OutcomeUnknown, "{kind:?}");
        assert!(
            matches!(both(&fails(kind))[0], Advice::AskAgain { .. }),
            "{kind:?}"
        );
    }
    assert_eq!(
        both(&fails(TransportErrorKind::BodyTooLarge)),
        [AGAIN, Advice::OutcomeUnknown]
    );
    for kind in [TransportErrorKind::Resolve, TransportErrorKind::Connect] {
        assert!(
            matches!(
                both(&fails(kind)),
                [Advice::AskAgain { .. }, Advice::AskAgain { .. }]
            ),
            "nothing was sent: {kind:?}"
        );
    }
    assert_eq!(
        both(&fails(TransportErrorKind::NotAllowed)),
        [Advice::Configuration; 2]
    );
}

#[test]
fn what_was_never_sent_is_a_matter_of_configuration() {
    assert_eq!(
        both(&HttpError::bad_request("code")),
        [Advice::Configuration; 2]
    );
    assert_eq!(both(&refused(302, "")), [Advice::Configuration; 2]); // S-28
    assert!(ExchangeError::VerifierRequired.to_string().contains("PKCE"));
}

#[test]
fn a_description_is_read_from_both_shapes() {
    let shown = |body| description(&refused(400, body)).map(|text| text.to_string());
    assert_eq!(
        shown(r#"{"error":"x","error_description":"why"}"#).unwrap(),
        "why"
    );
    assert_eq!(shown(r#"{"code":0,"message":"why\n"}"#).unwrap(), "why\\n");
    for none in ["{}", "", "<html>", r#"{"error_description":1}"#] {
        assert_eq!(shown(none), None, "{none}");
    }
}

proptest! {
    #[test]
    fn s43_no_error_body_panics(status in 300u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let response = http::Response::builder().status(status).body(Body::from(body)).unwrap();
        let error = check_status(response).unwrap_err();
        let _ = (both(&error), code(&error), description(&error));
    }

    #[test]
    fn s07_unknown_codes_fit_a_line(text in any::<String>()) {
        let code = ErrorCode::from(text.as_str());
        prop_assert!(code.as_str().len() <= 64);
        prop_assert!(code.as_str().bytes().all(|b| b == b' ' || b.is_ascii_graphic()));
    }

    #[test]
    fn s07_descriptions_fit_a_line(text in any::<String>()) {
        let shown = Description::new(&text).to_string();
        prop_assert!(!shown.chars().any(char::is_control));
        prop_assert!(shown.chars().count() <= 256 * 12);
    }
}

#[test]
fn s41_a_description_shows_its_text_to_those_who_ask_for_it() {
    let found = description(&refused(400, r#"{"message":"canary"}"#)).unwrap();
    assert_eq!(found.to_string(), "canary");
    assert_eq!(format!("{found:?}"), "Description(6 bytes)");
}
