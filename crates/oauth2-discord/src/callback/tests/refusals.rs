//! Broken redirects and error redirects.

use super::*;
use crate::error::{Advice, ErrorCode};

fn refusal(query: &str) -> Refusal {
    match accept(query) {
        Err(CallbackError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn s03_each_parameter_stands_there_once() {
    for (query, name) in [
        ("code=a&code=b", "code"),
        ("code=a&code=a", "code"),
        ("code=a&%63ode=b", "code"),
        ("code=&code=a", "code"),
        ("code=a&state=15773059ghq9183habn", "state"),
        (
            "code=a&iss=https%3A%2F%2Fdiscord.com&iss=https%3A%2F%2Fdiscord.com",
            "iss",
        ),
        ("error=a&error=b", "error"),
    ] {
        assert_eq!(accept(query), Err(CallbackError::Repeated(name)), "{query}");
    }
}

#[test]
fn s03_empty_is_missing_and_unknown_is_ignored() {
    for missing in ["", "code=", "code", "co%64e=", "Code=abc", "foo=1"] {
        assert_eq!(
            accept(missing),
            Err(CallbackError::Missing("code")),
            "{missing}"
        );
    }
    for fine in [
        "code=abc&foo=1",
        "code=abc&foo=1&foo=2",
        "&&code=abc&&=&",
        "code=abc&%ff=%ff&%=%",
        "code=abc&error=",
    ] {
        assert!(accept(fine).is_ok(), "{fine}");
    }
}

#[test]
fn s03_a_code_and_an_error_contradict() {
    assert_eq!(
        accept("code=abc&error=access_denied"),
        Err(CallbackError::Contradiction)
    );
}

#[test]
fn a_value_that_is_encoded_wrongly_is_named() {
    for bad in [
        "code=%",
        "code=%f",
        "code=%zz",
        "code=%ff",
        "code=%c3",
        "code=a%+1",
    ] {
        assert_eq!(accept(bad), Err(CallbackError::Malformed("code")), "{bad}");
    }
}

#[test]
fn s36_a_redirect_over_its_cap_is_not_read() {
    let cap = 64 * 1024;
    let rest = format!("https://nicememe.website/?code=&state={STATE}").len();
    assert!(accept(&format!("code={}", "a".repeat(cap - rest))).is_ok());
    assert_eq!(
        accept(&format!("code={}", "a".repeat(cap - rest + 1))),
        Err(CallbackError::TooLong)
    );
}

#[test]
fn o094_s07_error_redirects_are_told_apart() {
    for (text, code, advice) in [
        (
            "access_denied",
            ErrorCode::AccessDenied,
            Advice::PersonSaidNo,
        ),
        (
            "invalid_scope",
            ErrorCode::InvalidScope,
            Advice::Configuration,
        ), // O-058
        (
            "unauthorized_client",
            ErrorCode::UnauthorizedClient,
            Advice::Configuration,
        ),
        (
            "unsupported_response_type",
            ErrorCode::UnsupportedResponseType,
            Advice::Configuration,
        ),
        (
            "consent_required",
            ErrorCode::ConsentRequired,
            Advice::StartOver,
        ), // O-076
        (
            "login_required",
            ErrorCode::LoginRequired,
            Advice::StartOver,
        ),
        (
            "interaction_required",
            ErrorCode::InteractionRequired,
            Advice::StartOver,
        ),
        (
            "weird",
            ErrorCode::Unknown("weird".into()),
            Advice::Configuration,
        ),
    ] {
        let refusal = refusal(&format!("error={text}"));
        assert_eq!((&refusal.code, &refusal.description), (&code, &None));
        assert_eq!(CallbackError::Refused(refusal).advice(), advice, "{text}");
    }
    for text in ["temporarily_unavailable", "server_error"] {
        let advice = CallbackError::Refused(refusal(&format!("error={text}"))).advice();
        assert!(matches!(advice, Advice::AskAgain { .. }), "{text}");
    }
    assert_eq!(CallbackError::State.advice(), Advice::StartOver);
}

#[test]
fn s07_a_description_is_bounded_and_escaped() {
    let long = "A".repeat(10_000);
    let refusal = refusal(&format!(
        "error=access_denied&error_description=It%27s+%22no%22%0d%0a%1b[31m%E2%80%AE{long}"
    ));
    let shown = refusal.description.as_ref().unwrap().to_string();
    assert!(
        shown.starts_with("It's \"no\"\\r\\n\\u{1b}[31m\\u{202e}AAA"),
        "{shown}"
    );
    assert!(shown.len() < 300);
    let error = CallbackError::Refused(refusal);
    assert_eq!(
        error.to_string(),
        "the authorization was refused: access_denied"
    );
    assert!(!format!("{error:?}").contains("AAA"));
}

#[test]
fn s07_an_unknown_code_is_bounded_and_clean() {
    let refusal = refusal(&format!("error=we%0d%0aird%22%5c%1b{}", "A".repeat(10_000)));
    let shown = CallbackError::Refused(refusal).to_string();
    assert!(
        shown.starts_with("the authorization was refused: weirdAAA"),
        "{shown}"
    );
    assert!(shown.len() < 120);
}

#[test]
fn every_error_is_one_line() {
    for error in [
        CallbackError::TooLong,
        CallbackError::OtherRedirect,
        CallbackError::Repeated("code"),
        CallbackError::Malformed("code"),
        CallbackError::State,
        CallbackError::Issuer,
        CallbackError::IssuerMissing,
        CallbackError::Contradiction,
        CallbackError::Missing("code"),
        CallbackError::NoFragment,
        CallbackError::TokenInQuery,
        CallbackError::Unusable("scope"),
    ] {
        let shown = error.to_string();
        assert!(
            shown.starts_with("the redirect ") && !shown.ends_with('.'),
            "{shown}"
        );
    }
}
