//! The person's yes or no (R-42, R-44).

use ra_core::Misuse;
use ra_core::mobile::{Outcome, Phase, Session};

use super::*;

#[test]
fn r42_a_yes_finishes() {
    let mut stage = Stage::at(Phase::AwaitDecision);
    let call = stage.call_of(Session::approve);
    assert_is_the_phones(&call);
    assert_eq!(
        said(&call.request),
        (
            "/users/@me/remote-auth/finish",
            r#"{"handshake_token":"canary-handshake","temporary_token":false}"#
        )
    );
    assert!(
        !call
            .request
            .headers()
            .contains_key("x-discord-mfa-authorization")
    );
    assert_eq!(stage.session.phase(), Phase::Finishing);
    assert_outcome(&stage.reply(204, ""), Outcome::Approved);
    assert_eq!(stage.session.phase(), Phase::Ended);
}

#[test]
fn r42_a_token_that_does_not_last_is_asked_for_when_configured() {
    let mut config = config();
    config.temporary_token = true;
    let mut stage = Stage::with(config).forward(Phase::AwaitDecision);
    let call = stage.call_of(Session::approve);
    assert_eq!(
        said(&call.request).1,
        r#"{"handshake_token":"canary-handshake","temporary_token":true}"#
    );
}

#[test]
fn r42_a_no_cancels() {
    let mut stage = Stage::at(Phase::AwaitDecision);
    let call = stage.call_of(Session::decline);
    assert_is_the_phones(&call);
    assert_eq!(
        said(&call.request),
        (
            "/users/@me/remote-auth/cancel",
            r#"{"handshake_token":"canary-handshake"}"#
        )
    );
    assert_eq!(stage.session.phase(), Phase::Cancelling);
    assert_outcome(&stage.reply(204, ""), Outcome::Declined);
}

#[test]
fn r44_a_decision_is_made_once() {
    for phase in [Phase::Finishing, Phase::AnsweringMfa, Phase::Cancelling] {
        let mut stage = Stage::at(phase);
        stage.assert_misuse(Session::approve, Misuse::NothingToDecide);
        stage.assert_misuse(Session::decline, Misuse::NothingToDecide);
    }
    // the second factor may still be declined instead, but not approved around
    Stage::at(Phase::AwaitMfa).assert_misuse(Session::approve, Misuse::NothingToDecide);
}

#[test]
fn r42_a_success_of_any_status_counts_and_its_body_does_not() {
    for (status, body) in [(200, "{}"), (201, "x"), (204, "")] {
        let outputs = Stage::at(Phase::Finishing).reply(status, body);
        assert_outcome(&outputs, Outcome::Approved);
        let outputs = Stage::at(Phase::Cancelling).reply(status, body);
        assert_outcome(&outputs, Outcome::Declined);
    }
}

#[test]
fn r44_an_approval_can_be_given_up_in_every_phase_and_says_nothing_more() {
    for phase in LIVING {
        let mut stage = Stage::at(phase);
        let now = stage.time();
        assert_eq!(stage.session.abandon(now), Ok(()), "{phase}");
        assert_outcome(&stage.drain(), Outcome::Abandoned);
        assert_eq!(stage.session.deadline(), None);
        assert!(
            stage.reply(204, "").is_empty(),
            "{phase}: what comes now is late"
        );
    }
}

#[test]
fn each_call_has_a_name_of_its_own() {
    let mut stage = Stage::at(Phase::Creating);
    let mut names = vec![stage.last];
    let _ = stage.reply(200, HANDSHAKE);
    names.push(stage.call_of(Session::approve).id);
    let _ = stage.reply(401, MFA);
    names.push(stage.call_of(|s, now| s.answer_mfa(now, totp("1"))).id);
    let outputs = stage.reply(200, PASSED);
    names.push(stage.take_call(outputs).id);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 4);
}

#[test]
fn no_command_is_taken_after_the_end() {
    let mut stage = Stage::at(Phase::Ended);
    stage.assert_misuse(Session::approve, Misuse::Ended);
    stage.assert_misuse(Session::decline, Misuse::Ended);
    stage.assert_misuse(Session::abandon, Misuse::Ended);
    stage.assert_misuse(|s, now| s.answer_mfa(now, totp("1")), Misuse::Ended);
    assert!(stage.reply(204, "").is_empty());
    assert!(stage.pass(1_000_000).is_empty());
    assert_eq!(stage.session.deadline(), None);
}
