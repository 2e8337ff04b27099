//! Texts of errors and Debug, without secrets.

use std::error::Error;

use ra_core::mobile::{Input, Phase, Session};
use ra_core::{Fault, Retry};
use ra_http::{HttpError, TransportError, TransportErrorKind};

use super::*;

fn http() -> HttpError {
    TransportError::new(TransportErrorKind::Lost).into()
}

#[test]
fn each_error_has_its_line_and_its_cause_in_source_only() {
    for (error, line, has_cause) in [
        (
            MobileError::Create(http()),
            "the service did not take the code",
            true,
        ),
        (
            MobileError::Finish(http()),
            "the approval did not get through",
            true,
        ),
        (
            MobileError::Cancel(http()),
            "the refusal did not get through",
            true,
        ),
        (
            MobileError::Mfa(http()),
            "the second factor could not be checked",
            true,
        ),
        (
            MobileError::MfaFailed,
            "too many wrong codes for the second factor",
            false,
        ),
        (MobileError::TooLate, "the decision came too late", false),
    ] {
        assert_eq!(error.to_string(), line);
        let cause = error.source().map(ToString::to_string);
        assert_eq!(cause, has_cause.then(|| http().to_string()), "{line}");
        assert_eq!(error.http().is_some(), has_cause);
    }
}

#[test]
fn errors_without_a_call_are_the_persons() {
    for error in [MobileError::MfaFailed, MobileError::TooLate] {
        assert_eq!(
            (error.fault(), error.retry()),
            (Fault::Caller, Retry::NewSession)
        );
    }
}

#[test]
fn phases_are_named_as_they_are_written() {
    let names: Vec<_> = LIVING.iter().map(ToString::to_string).collect();
    assert_eq!(
        names.join(" "),
        "Creating AwaitDecision Finishing AwaitMfa AnsweringMfa Cancelling"
    );
}

#[test]
fn r34_debug_shows_no_token_ticket_or_code() {
    let mut stage = Stage::at(Phase::AwaitDecision);
    let mut shown = vec![
        format!("{:?}", config()),
        format!("{:?}", stage.session),
        format!("{:?}", totp("canary-code")),
        format!(
            "{:?}",
            Input::Reply(stage.last, Ok(response(200, HANDSHAKE)))
        ),
        format!("{:?}", Stage::at(Phase::Cancelling).session),
    ];
    assert_eq!(shown[1], "Session { phase: AwaitDecision, .. }");
    shown.push(format!("{:?}", stage.call_of(Session::approve)));
    shown.push(format!("{:?}", stage.reply(401, MFA)));
    shown.push(format!("{:?}", stage.session));
    let answer = totp("canary-code");
    let call = stage.call_of(|session, now| session.answer_mfa(now, answer));
    shown.push(format!("{call:?}"));
    let outputs = stage.reply(200, PASSED);
    shown.push(format!("{outputs:?}"));
    let _ = stage.take_call(outputs);
    let error = failure(stage.reply(500, "canary-body"));
    shown.push(format!("{error:?} {error} {:?}", error.source()));
    assert_eq!(shown.iter().find(|text| text.contains("canary")), None);
}
