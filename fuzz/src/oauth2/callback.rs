//! Targets `oauth2_callback` and `oauth2_fragment`: redirects.

use oauth2_discord::callback::{AcceptedCode, CallbackError, PendingCode, PendingImplicit};
use oauth2_discord::{AccessToken, CodeVerifier, PublicClient, Snowflake, State, Token, Urls};
use ra_http::Endpoint as _;

use super::assert_line;

/// State of a flow if the input chooses none.
const STATE: &str = "15773059ghq9183habn";

/// Reads a redirect and, after a line break, the state that was sent. Only exactly that state is accepted, the exchange
/// carries code and verifier, an implicit token comes from the fragment alone, and an error fits one line.
///
/// # Panics
/// If a property does not hold.
pub fn oauth2_callback(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let (callback, state) = text.split_once('\n').unwrap_or((text, STATE));
    code(callback, state);
    implicit(callback, state);
    // without a state nothing is sure but that nothing breaks
    for outcome in [
        PendingCode::dangerous_without_state()
            .accept(callback)
            .map(drop),
        PendingImplicit::dangerous_without_state()
            .accept(callback)
            .map(drop),
    ] {
        outcome.unwrap_or_else(|error| assert_error(&error));
    }
}

/// Reads the fragment of an implicit redirect and, after a line break, the state. The properties are those of
/// [`oauth2_callback`]; a token before the `#` does not count.
///
/// # Panics
/// If a property does not hold.
pub fn oauth2_fragment(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let (fragment, state) = text.split_once('\n').unwrap_or((text, STATE));
    for page in [
        "https://app.example/cb",
        "/cb?iss=https%3A%2F%2Fdiscord.com",
    ] {
        implicit(&format!("{page}#{fragment}"), state);
    }
    let pending = PendingImplicit::new(State::new(state));
    assert!(
        pending.accept(&format!("/cb?{fragment}")).is_err() || fragment.contains('#'),
        "a token in the query was taken"
    );
}

fn code(callback: &str, state: &str) {
    let pending = PendingCode::new(State::new(state))
        .with_issuer("https://discord.com")
        .with_verifier(CodeVerifier::from_entropy(&[7; 32]));
    let belongs = pending.belongs(callback);
    match pending.accept(callback) {
        Ok(accepted) => {
            assert_eq!(belongs, Ok(()));
            let (query, _) = parts(callback);
            assert_state(query, state);
            exchanged(accepted);
        }
        Err(error) => {
            if matches!(error, CallbackError::Refused(_)) {
                assert_eq!(
                    belongs,
                    Ok(()),
                    "an error is believed only from the flow's own issuer"
                );
            }
            assert_error(&error);
        }
    }
}

/// The exchange carries the code and the verifier, and `Debug` neither.
#[allow(clippy::expect_used)] // are two of the properties
fn exchanged(accepted: AcceptedCode) {
    let shown = format!("{accepted:?}");
    assert!(shown.contains("AuthorizationCode(..)"), "{shown}");
    let client = PublicClient::new(Snowflake::new(1));
    let exchange = accepted.exchange(client).expect("a verifier is there");
    let request = exchange
        .to_http(&Urls::default().api)
        .expect("the code is not empty");
    let body = String::from_utf8_lossy(request.body().as_bytes());
    for name in ["grant_type", "client_id", "code", "code_verifier"] {
        let sent = body
            .split('&')
            .filter(|pair| pair.split('=').next() == Some(name));
        assert_eq!(sent.count(), 1, "{name}");
    }
}

fn implicit(callback: &str, state: &str) {
    let pending = || PendingImplicit::new(State::new(state)).with_issuer("https://discord.com");
    match pending().accept(callback) {
        Ok(mut found) => {
            let (_, fragment) = parts(callback);
            assert_state(fragment.unwrap_or_default(), state);
            let token = found.access_token.expose();
            assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
            let shown = format!("{found:?}");
            found.access_token = AccessToken::new("another");
            assert_eq!(shown, format!("{found:?}"), "Debug knows the token");
            assert_eq!(Token::from(found).refresh_token, None);
        }
        Err(error) => assert_error(&error),
    }
    let (before, _) = callback.split_once('#').unwrap_or((callback, ""));
    assert!(
        pending().accept(before).is_err(),
        "a token in the query was taken"
    );
}

fn assert_error(error: &CallbackError) {
    assert_line(error, 128);
    if let CallbackError::Refused(refusal) = error
        && let Some(description) = &refusal.description
    {
        assert_line(description, 256 * 12);
    }
    let _ = error.advice();
}

/// Exactly one parameter is called `state`, and it is the state: read once more, by other means.
fn assert_state(parameters: &str, state: &str) {
    let pairs = parameters
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let found: Vec<Vec<u8>> = pairs
        .filter(|(name, _)| decoded(name) == b"state")
        .map(|(_, value)| decoded(value))
        .collect();
    assert!(
        matches!(&*found, [only] if only == state.as_bytes()),
        "{found:?} is taken for {state:?}"
    );
}

fn parts(callback: &str) -> (&str, Option<&str>) {
    let (before, fragment) = callback
        .split_once('#')
        .map_or((callback, None), |(before, after)| (before, Some(after)));
    let query = before.split_once('?').map(|(_, query)| query);
    (query.unwrap_or_default(), fragment)
}

/// A form's text as bytes; what is no encoding stays as it is.
fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let plain = |digits: &&str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let escaped = digits
            .filter(plain)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(match escaped {
            Some(escaped) => escaped,
            None if *byte == b'+' => b' ',
            None => *byte,
        });
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}
