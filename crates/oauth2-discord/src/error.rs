//! What an error means for the caller: ask again later, start over, the person said no, or a bug in the configuration.
//!
//! Every endpoint fails with [`ra_http::HttpError`], whether the body has the shape of RFC 6749, of Discord, or is HTML
//! (N-02). [`code`] and [`advice`] read it. Heed [`Advice::Configuration`]: an address that collects 10,000 answers of
//! 401, 403 or 429 in ten minutes is locked out by Discord (P-08).
//!
//! ```
//! use oauth2_discord::error::{Advice, ErrorCode, Repeat, advice, code};
//! use ra_http::{Body, check_status};
//!
//! let body = br#"{"error":"invalid_grant","error_description":"Invalid \"refresh_token\" in request"}"#;
//! let response = http::Response::builder().status(400).body(Body::from(body.to_vec()))?;
//! let error = check_status(response).unwrap_err();
//! assert_eq!(code(&error), Some(ErrorCode::InvalidGrant));
//! assert_eq!(advice(&error, Repeat::SingleUse), Advice::StartOver);
//! # Ok::<(), http::Error>(())
//! ```

use core::{error::Error, fmt, time::Duration};

use ra_http::{HttpError, HttpErrorKind, Retry, TransportErrorKind};

pub use code::{ErrorCode, code};
pub use description::{Description, description};

mod code;
mod description;
#[cfg(test)]
mod tests;

/// Wait if the service names none.
const FALLBACK: Duration = Duration::from_secs(5);

/// Whether a call may be repeated when it is unknown whether it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// Asking twice does no harm: information, revocation, a device poll, a new grant.
    Safe,
    /// The call spends something: an authorization code or a refresh token (S-38).
    SingleUse,
}

/// Advice about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// The same call may succeed after this long.
    AskAgain {
        /// The wait.
        after: Duration,
    },
    /// The code, device code or token is spent, revoked or expired: a person has to authorize again. An access token
    /// may be refreshed first.
    StartOver,
    /// The person refused.
    PersonSaidNo,
    /// The application, its credentials, scopes or URLs are set up wrongly: asking again ends the same way.
    Configuration,
    /// A code or refresh token was sent, and no readable answer of the service arrived: it may be spent. Try a refresh
    /// once more with the same token; on [`Advice::StartOver`] the answer is lost. A code is lost at once.
    OutcomeUnknown,
}

/// Reason an accepted code cannot be exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExchangeError {
    /// A public client needs a code verifier, and the flow ran without PKCE (O-097, S-17).
    VerifierRequired,
}

/// Gives advice about a failed call.
#[must_use]
pub fn advice(error: &HttpError, repeat: Repeat) -> Advice {
    let after = error.retry_after().unwrap_or(FALLBACK);
    let unanswered = match repeat {
        Repeat::Safe => Advice::AskAgain { after },
        Repeat::SingleUse => Advice::OutcomeUnknown,
    };
    match error.kind() {
        HttpErrorKind::RateLimited => Advice::AskAgain { after },
        HttpErrorKind::BadBody | HttpErrorKind::BodyTooLarge => unanswered,
        HttpErrorKind::Transport => of_transport(error, unanswered),
        HttpErrorKind::Status => of_status(error, after, unanswered),
        _ => Advice::Configuration, // redirects, captchas, values that fit no request
    }
}

fn of_transport(error: &HttpError, unanswered: Advice) -> Advice {
    let kind = error.transport().map(|transport| transport.kind());
    match (kind, error.retry()) {
        (Some(TransportErrorKind::Timeout | TransportErrorKind::Lost), _) => unanswered,
        (_, Retry::After(after)) => Advice::AskAgain { after },
        _ => Advice::Configuration,
    }
}

fn of_status(error: &HttpError, after: Duration, unanswered: Advice) -> Advice {
    let status = error.status().map_or(0, |status| status.as_u16());
    if status >= 500 {
        return unanswered;
    }
    match (code(error), error.code()) {
        (Some(ErrorCode::AccessDenied), _) => Advice::PersonSaidNo,
        (
            Some(
                ErrorCode::InvalidGrant
                | ErrorCode::ExpiredToken
                | ErrorCode::InvalidToken
                | ErrorCode::LoginRequired
                | ErrorCode::ConsentRequired
                | ErrorCode::InteractionRequired,
            ),
            _,
        ) => Advice::StartOver,
        (
            Some(
                ErrorCode::AuthorizationPending
                | ErrorCode::SlowDown
                | ErrorCode::ServerError
                | ErrorCode::TemporarilyUnavailable,
            ),
            _,
        ) => Advice::AskAgain { after },
        (Some(ErrorCode::Unknown(_)) | None, Some(530_006)) => Advice::AskAgain { after },
        // 50025: the access token is not valid; 530001, 530004: the external token is too old, a fresh one is needed;
        // 530010: the account is merged, ordinary authorization works
        (Some(ErrorCode::Unknown(_)) | None, Some(50_025 | 530_001 | 530_004 | 530_010)) => {
            Advice::StartOver
        }
        // an account is being merged; whether a code or refresh token was spent is not said
        _ if status == 423 => unanswered,
        // a refusal without a code comes from something in between, such as a proxy, which does not know the token
        (None, None)
            if matches!(status, 401 | 403 | 407) && unanswered == Advice::OutcomeUnknown =>
        {
            unanswered
        }
        (None, Some(0) | None) if status == 401 => Advice::StartOver, // an access token that is not valid
        (None, None) if matches!(status, 408 | 425) => Advice::AskAgain { after },
        _ => Advice::Configuration,
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a public client needs PKCE to exchange a code")
    }
}

impl Error for ExchangeError {}
