//! The second factor (R-43).

use ra_core::Misuse;
use ra_core::mobile::{Event, MfaAnswer, Outcome, Phase, Session};
use ra_http::HttpErrorKind;
use ra_proto::MfaAnswerText;
use ra_proto::rest::MfaMethod;

use super::*;

fn asked(retry: bool) -> Event {
    let methods = vec![MfaMethod::Totp, MfaMethod::Backup];
    Event::MfaRequired { methods, retry }
}

fn answer(stage: &mut Stage, code: &str) -> HttpCall {
    stage.call_of(|session, now| session.answer_mfa(now, totp(code)))
}

#[test]
fn r43_code_60003_asks_the_person() {
    for status in [400, 401, 403] {
        let mut stage = Stage::at(Phase::Finishing);
        assert_eq!(event(stage.reply(status, MFA)), asked(false));
        assert_eq!(stage.session.phase(), Phase::AwaitMfa);
    }
}

#[test]
fn r43_the_right_answer_goes_with_a_second_finish() {
    let mut stage = Stage::at(Phase::AwaitMfa);
    let call = answer(&mut stage, "123456");
    assert_is_the_phones(&call);
    assert_eq!(
        said(&call.request),
        (
            "/mfa/finish",
            r#"{"ticket":"canary-mfa-ticket","mfa_type":"totp","data":"123456"}"#
        )
    );
    assert_eq!(stage.session.phase(), Phase::AnsweringMfa);

    let outputs = stage.reply(200, PASSED);
    let call = stage.take_call(outputs);
    assert_is_the_phones(&call);
    assert_eq!(
        said(&call.request),
        (
            "/users/@me/remote-auth/finish",
            r#"{"handshake_token":"canary-handshake","temporary_token":false}"#
        )
    );
    let passed = &call.request.headers()["x-discord-mfa-authorization"];
    assert_eq!(passed, "canary-mfa-token");
    assert!(passed.is_sensitive());
    assert_eq!(stage.session.phase(), Phase::Finishing);
    assert_outcome(&stage.reply(204, ""), Outcome::Approved);
}

#[test]
fn r43_the_method_is_the_persons_choice() {
    for (method, name) in [
        (MfaMethod::Backup, "backup"),
        (MfaMethod::Password, "password"),
    ] {
        let mut stage = Stage::at(Phase::AwaitMfa);
        let answer = MfaAnswer::new(method, MfaAnswerText::new("x".to_owned()));
        let call = stage.call_of(|session, now| session.answer_mfa(now, answer));
        let body = format!(r#"{{"ticket":"canary-mfa-ticket","mfa_type":"{name}","data":"x"}}"#);
        assert_eq!(said(&call.request).1, body);
    }
}

#[test]
fn r43_a_wrong_code_may_be_followed_by_another() {
    let mut stage = Stage::at(Phase::AnsweringMfa);
    for code in ["1", "2"] {
        assert_eq!(event(stage.reply(400, WRONG_CODE)), asked(true));
        assert_eq!(stage.session.phase(), Phase::AwaitMfa);
        let call = answer(&mut stage, code);
        assert!(said(&call.request).1.contains("canary-mfa-ticket"));
    }
    let outputs = stage.reply(200, PASSED);
    let _ = stage.take_call(outputs);
    assert_outcome(&stage.reply(204, ""), Outcome::Approved);
}

#[test]
fn r43_three_wrong_codes_are_enough() {
    let mut stage = Stage::at(Phase::AnsweringMfa);
    for _ in 0..2 {
        assert_eq!(event(stage.reply(400, WRONG_CODE)), asked(true));
        let _ = answer(&mut stage, "1");
    }
    let error = failure(stage.reply(400, WRONG_CODE));
    assert!(matches!(error, MobileError::MfaFailed), "{error:?}");
    assert_eq!(stage.session.phase(), Phase::Ended);
}

#[test]
fn r43_how_many_are_enough_is_configured() {
    let mut config = config();
    config.mfa_tries = 1;
    let mut stage = Stage::with(config).forward(Phase::AnsweringMfa);
    let error = failure(stage.reply(400, WRONG_CODE));
    assert!(matches!(error, MobileError::MfaFailed));
}

#[test]
fn r43_the_person_may_decline_instead() {
    let mut stage = Stage::at(Phase::AwaitMfa);
    let call = stage.call_of(Session::decline);
    assert_eq!(said(&call.request).0, "/users/@me/remote-auth/cancel");
    assert_eq!(stage.session.phase(), Phase::Cancelling);
    assert_outcome(&stage.reply(204, ""), Outcome::Declined);
}

#[test]
fn r43_an_answer_without_a_question_is_misuse() {
    for phase in LIVING.into_iter().filter(|p| *p != Phase::AwaitMfa) {
        let mut stage = Stage::at(phase);
        stage.assert_misuse(|s, now| s.answer_mfa(now, totp("1")), Misuse::NoMfa);
    }
}

#[test]
fn r43_a_service_that_asks_again_after_the_right_code_is_answered_again() {
    let mut stage = Stage::at(Phase::AnsweringMfa);
    let outputs = stage.reply(200, PASSED);
    let _ = stage.take_call(outputs);
    let again = MFA.replace("canary-mfa-ticket", "canary-second");
    assert_eq!(event(stage.reply(401, &again)), asked(false));
    let call = answer(&mut stage, "1");
    assert!(said(&call.request).1.contains("canary-second"));
}

#[test]
fn r43_a_challenge_that_cannot_be_read_is_a_refusal() {
    for body in [
        r#"{"code":60003}"#,
        r#"{"code":60003,"mfa":{"methods":[]}}"#,
        r#"{"code":60003,"mfa":{"ticket":"","methods":[]}}"#,
    ] {
        let error = failure(Stage::at(Phase::Finishing).reply(401, body));
        assert!(
            matches!(&error, MobileError::Finish(e) if e.code() == Some(60003)),
            "{body}: {error:?}"
        );
    }
}

#[test]
fn r43_an_empty_mfa_token_is_no_success() {
    for body in ["", "{}", r#"{"token":""}"#, r#"{"token":null}"#] {
        let error = failure(Stage::at(Phase::AnsweringMfa).reply(200, body));
        assert!(
            matches!(&error, MobileError::Mfa(e) if e.kind() == HttpErrorKind::BadBody),
            "{body}: {error:?}"
        );
    }
}

#[test]
fn r43_an_mfa_token_that_fits_no_header_ends_it() {
    let mut stage = Stage::at(Phase::AnsweringMfa);
    let error = failure(stage.reply(200, r#"{"token":"can\nary"}"#));
    assert!(
        matches!(&error, MobileError::Finish(e) if e.field() == Some("mfa token")),
        "{error:?}"
    );
    assert_eq!(stage.session.phase(), Phase::Ended);
}
