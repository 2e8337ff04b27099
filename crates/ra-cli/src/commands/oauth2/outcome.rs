//! Turns the errors of the libraries into outcomes of a command. No message repeats a peer's text; of its error codes
//! only known ones are shown.

use core::error::Error;
use core::time::Duration;

use oauth2_discord::callback::CallbackError;
use oauth2_discord::error::{Advice, ErrorCode, Repeat, advice, code};
use oauth2_discord::keeper::{StoreError, StoreErrorKind};
use ra_http::{HttpError, HttpErrorKind, Retry};

use crate::outcome::{End, Failure, Kind};

/// The end of a command whose call failed.
pub(super) fn of_call(error: &HttpError, repeat: Repeat) -> End {
    let advice = advice(error, repeat);
    if advice == Advice::PersonSaidNo {
        return End::Declined;
    }
    // a refusal without a code is not the service's: what was sent may still be good
    let foreign = kind(error) == Kind::Network && advice == Advice::StartOver;
    let retry = if foreign { Retry::Never } else { retry(advice) };
    let mut failure = Failure::caused(kind(error), error, retry);
    // the code of RFC 6749, and advice
    if let Some(code) = code(error).filter(|code| !matches!(code, ErrorCode::Unknown(_))) {
        failure.message.push_str(&format!(" ({code})"));
    }
    if let Some(hint) = hint(error, advice).filter(|_| !foreign) {
        failure.message.push_str(&format!("; {hint}"));
    }
    failure.into()
}

/// The kind of a failed call. As with the other calls of `ra`, the service refuses by a 4xx with one of its codes;
/// anything else comes from the network in between.
fn kind(error: &HttpError) -> Kind {
    let refused = error
        .status()
        .is_some_and(|status| status.is_client_error());
    let expired = code(error) == Some(ErrorCode::ExpiredToken);
    match error.kind() {
        HttpErrorKind::Captcha => Kind::Captcha,
        HttpErrorKind::BadBody => Kind::Protocol,
        HttpErrorKind::BadRequest => Kind::Usage,
        HttpErrorKind::Status if refused && expired => Kind::Expired,
        HttpErrorKind::Status if refused && (code(error).is_some() || error.code().is_some()) => {
            Kind::Refused
        }
        _ => Kind::Network,
    }
}

fn hint(error: &HttpError, advice: Advice) -> Option<&'static str> {
    if error.kind() != HttpErrorKind::Status && advice != Advice::OutcomeUnknown {
        return None;
    }
    match (code(error), advice) {
        (_, Advice::OutcomeUnknown) => Some("what was sent may be spent"),
        (Some(ErrorCode::InvalidClient | ErrorCode::UnauthorizedClient), _) => {
            Some("check the application's id and secret, and whether it is a public client")
        }
        (Some(ErrorCode::InvalidScope), _) => Some("check the scopes"),
        (Some(ErrorCode::InvalidGrant), _) => {
            Some("it is spent, expired or revoked, or belongs to another request: start again")
        }
        (_, Advice::StartOver) => Some("authorize again"),
        _ => None,
    }
}

/// The end of a command whose redirect was refused.
pub(super) fn of_callback(error: &CallbackError) -> End {
    let advice = error.advice();
    let refusal = match error {
        CallbackError::Refused(refusal) => Some(&refusal.code),
        _ => None,
    };
    let failure = match refusal {
        _ if advice == Advice::PersonSaidNo => return End::Declined,
        Some(ErrorCode::Unknown(_)) => Failure::new(
            Kind::Refused,
            "the authorization was refused, with a code that is not known",
        ),
        Some(_) => Failure::new(Kind::Refused, error.to_string()),
        None => Failure::new(Kind::Protocol, error.to_string()),
    };
    End::Failed(Failure {
        retry: retry(advice),
        ..failure
    })
}

/// The failure of a token file.
pub(super) fn of_store(path: &std::path::Path, error: &StoreError) -> Failure {
    let path = path.display();
    let why = match error.kind() {
        StoreErrorKind::NotAFile => "it is no ordinary file".into(),
        StoreErrorKind::NotATokenSet => "there is no token in it".into(),
        _ => error.source().unwrap_or(error).to_string(),
    };
    Failure::new(Kind::Local, format!("cannot use {path}: {why}"))
}

/// The failure when a person did not act in time.
pub(super) fn expired(why: &str) -> Failure {
    Failure {
        retry: Retry::NewSession,
        ..Failure::new(Kind::Expired, why)
    }
}

/// Advice as the `retry` of the JSON error event.
pub(super) fn retry(advice: Advice) -> Retry {
    match advice {
        Advice::AskAgain { after } => Retry::After(after),
        Advice::StartOver | Advice::OutcomeUnknown => Retry::NewSession,
        _ => Retry::Never,
    }
}

/// The end of a command whose refresh failed. One with an unknown outcome may be tried once more with the same token.
pub(super) fn of_refresh(error: &HttpError, repeat: Repeat) -> End {
    let after = error.retry_after().unwrap_or(Duration::from_secs(5));
    match (of_call(error, repeat), advice(error, repeat)) {
        (End::Failed(failure), Advice::OutcomeUnknown) => End::Failed(Failure {
            retry: Retry::After(after),
            ..failure
        }),
        (end, _) => end,
    }
}
