//! Every wait is bounded: calls, the person, and time that runs backwards.

use std::time::Duration;

use ra_core::Wake;
use ra_core::mobile::{Event, Outcome, Phase, Session};
use ra_http::TransportErrorKind;

use super::*;

/// 15 s for the carrier and one more for its word.
const CALL: u64 = 16_000;
const DECIDE: u64 = 120_000;

#[test]
fn r19_a_carrier_that_says_nothing_is_not_waited_for() {
    for phase in CALLING {
        let mut stage = Stage::at(phase);
        assert_eq!(stage.wakes(), (CALL, Wake::Call));
        assert!(stage.pass(CALL - 1).is_empty());
        assert_eq!(stage.session.phase(), phase);
        let error = failure(stage.pass(1));
        let transport = error.http().unwrap().transport().unwrap();
        assert_eq!(transport.kind(), TransportErrorKind::Timeout);
        assert_of(phase, &error);
    }
}

#[test]
fn a_reply_that_comes_with_the_deadline_still_counts() {
    let mut stage = Stage::at(Phase::Creating);
    stage.now += CALL;
    assert!(matches!(
        event(stage.reply(200, HANDSHAKE)),
        Event::Confirm { .. }
    ));
    // and the person has all of their time
    assert_eq!(stage.wakes(), (CALL + DECIDE, Wake::Person));
    let mut stage = Stage::at(Phase::Finishing);
    stage.now += CALL;
    assert_outcome(&stage.reply(204, ""), Outcome::Approved);
}

#[test]
fn r41_the_person_has_as_long_as_the_handshake_token_lives() {
    let mut stage = Stage::at(Phase::AwaitDecision);
    assert_eq!(stage.wakes(), (DECIDE, Wake::Person));
    assert!(stage.pass(DECIDE - 1).is_empty());
    let error = failure(stage.pass(1));
    assert!(matches!(error, MobileError::TooLate), "{error:?}");
    assert_eq!(stage.session.phase(), Phase::Ended);
}

#[test]
fn r44_a_decision_that_comes_too_late_calls_nobody() {
    type Command = fn(&mut Session, MonoTime) -> Result<(), Misuse>;
    let answer: Command = |session, now| session.answer_mfa(now, totp("1"));
    let commands: [(Phase, Command); 4] = [
        (Phase::AwaitDecision, Session::approve),
        (Phase::AwaitDecision, Session::decline),
        (Phase::AwaitMfa, Session::decline),
        (Phase::AwaitMfa, answer),
    ];
    for (phase, command) in commands {
        let mut stage = Stage::at(phase);
        stage.now += DECIDE;
        let now = stage.time();
        assert_eq!(command(&mut stage.session, now), Err(Misuse::Ended));
        assert!(matches!(failure(stage.drain()), MobileError::TooLate));
        let mut stage = Stage::at(phase);
        stage.now += DECIDE - 1;
        let _ = stage.call_of(command);
    }
}

#[test]
fn r41_the_second_factor_does_not_prolong_the_persons_time() {
    let mut stage = Stage::at(Phase::AwaitDecision);
    stage.now += 100_000;
    let _ = stage.call_of(Session::approve);
    stage.now += 10_000;
    let _ = event(stage.reply(401, MFA));
    assert_eq!(stage.wakes(), (DECIDE, Wake::Person));
    let _ = stage.call_of(|session, now| session.answer_mfa(now, totp("1")));
    assert_eq!(stage.wakes(), (110_000 + CALL, Wake::Call));
    stage.now += 5_000;
    let _ = event(stage.reply(400, WRONG_CODE));
    assert_eq!(stage.wakes(), (DECIDE, Wake::Person));
    assert!(matches!(failure(stage.pass(5_000)), MobileError::TooLate));
}

#[test]
fn r41_a_challenge_that_comes_after_the_persons_time_is_too_late() {
    let mut stage = Stage::at(Phase::AwaitDecision);
    stage.now += DECIDE - 1;
    let _ = stage.call_of(Session::approve);
    stage.now += 1;
    let outputs = stage.reply(401, MFA);
    assert!(matches!(
        &outputs[..],
        [
            Output::Event(Event::MfaRequired { .. }),
            Output::End(Err(MobileError::TooLate))
        ]
    ));
}

#[test]
fn waits_are_configuration() {
    let mut config = config();
    config.call_within = Duration::from_secs(3);
    config.decide_within = Duration::from_secs(7);
    let mut session = Session::new(config.clone(), fingerprint(), MonoTime::from_millis(START));
    let Some(Output::Call(call)) = session.poll_output() else {
        panic!("a call");
    };
    assert_eq!(call.timeout, Duration::from_secs(3));
    let mut stage = Stage::with(config);
    assert_eq!(stage.wakes(), (4_000, Wake::Call));
    let _ = stage.reply(200, HANDSHAKE);
    assert_eq!(stage.wakes(), (7_000, Wake::Person));
}

#[test]
fn times_of_zero_still_lie_ahead() {
    let mut config = config();
    config.call_within = Duration::ZERO;
    config.decide_within = Duration::ZERO;
    let mut stage = Stage::with(config);
    assert_eq!(stage.wakes(), (1_000, Wake::Call));
    let _ = event(stage.reply(200, HANDSHAKE));
    assert_eq!(stage.wakes(), (1, Wake::Person));
}

#[test]
fn time_that_runs_backwards_stands_still() {
    let mut stage = Stage::at(Phase::Creating);
    assert!(stage.pass(10_000).is_empty());
    stage.now = 0;
    let _ = stage.reply(200, HANDSHAKE);
    assert_eq!(stage.wakes().0, 10_000 + DECIDE);
    // commands do not turn it back either, and do move it on
    let _ = stage.call_of(Session::approve);
    assert_eq!(stage.wakes().0, 10_000 + CALL);
    stage.now = START + 20_000;
    stage.assert_misuse(Session::approve, Misuse::NothingToDecide);
    stage.now = 0;
    let _ = stage.reply(401, MFA);
    let _ = stage.call_of(|session, now| session.answer_mfa(now, totp("1")));
    assert_eq!(stage.wakes().0, 20_000 + CALL);
}
