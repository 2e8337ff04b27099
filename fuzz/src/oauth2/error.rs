//! Target `oauth2_error`: error responses.

use oauth2_discord::error::{Advice, Repeat, advice, code, description};
use oauth2_discord::partner::{self, MergedAccount};
use ra_http::{HttpErrorKind, MAX_RETRY_AFTER, check_status};

use super::{assert_line, response};

/// Reads a status in three digits, a line break, and an error body. Every refusal has an advice, no advice repeats a
/// call that may have spent a code, waits are bounded, and what is shown fits a line.
///
/// # Panics
/// If a property does not hold.
pub fn oauth2_error(data: &[u8]) {
    let (status, body) = match data {
        [a, b, c, b'\n', rest @ ..] => (number(&[*a, *b, *c]), rest),
        _ => (None, data),
    };
    let status = status.unwrap_or(400);
    let Err(error) = check_status(response(status, body)) else {
        assert!((200..300).contains(&status));
        return;
    };
    assert_line(&error, 200);
    assert_line(&format!("{error:?}"), 300);
    if let Some(code) = code(&error) {
        assert_line(&code, 64);
        assert!(code.as_str().is_ascii());
    }
    if let Some(description) = description(&error) {
        assert_line(&description, 256 * 12);
    }
    if let Some(merged) = MergedAccount::of(&error) {
        assert_eq!(
            partner::code(&error).map(partner::PartnerCode::as_u64),
            Some(530_010)
        );
        assert!(!format!("{merged:?}").contains("provider_issued_user_id"));
    }
    advised(&error, status);
}

fn advised(error: &ra_http::HttpError, status: u16) {
    let safe = advice(error, Repeat::Safe);
    let once = advice(error, Repeat::SingleUse);
    assert_ne!(safe, Advice::OutcomeUnknown, "nothing was spent");
    if let Advice::AskAgain { after } = safe {
        assert!(after <= MAX_RETRY_AFTER, "{after:?}");
    }
    match (error.kind(), status) {
        (HttpErrorKind::Redirect, _) => assert_eq!(safe, Advice::Configuration),
        (HttpErrorKind::RateLimited, _) => assert_eq!(safe, once),
        (_, 500..) => {
            assert!(matches!(safe, Advice::AskAgain { .. }), "{safe:?}");
            assert_eq!(once, Advice::OutcomeUnknown);
        }
        // the two differ where the outcome is unknown, and nowhere else
        _ => assert!(
            safe == once || once == Advice::OutcomeUnknown,
            "{safe:?} {once:?}"
        ),
    }
}

fn number(digits: &[u8]) -> Option<u16> {
    core::str::from_utf8(digits)
        .ok()?
        .parse()
        .ok()
        .filter(|status| (100..=999).contains(status))
}
