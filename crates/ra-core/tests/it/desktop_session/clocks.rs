//! Heartbeat, expiry, clamps, backlog: what runs beside the phases.

use super::*;
use std::collections::BTreeSet;

fn hello(timeout_ms: u64, interval: u64) -> String {
    format!(r#"{{"op":"hello","timeout_ms":{timeout_ms},"heartbeat_interval":{interval}}}"#)
}

/// A session waiting for a scan, with these clocks.
fn waiting(timeout_ms: u64, interval: u64, seed: u64) -> Stage {
    let mut stage = Stage::with(Config::default(), seed);
    stage.say(&hello(timeout_ms, interval));
    stage.forward(Phase::AwaitScan)
}

fn assert_misses_heartbeat(outputs: &[Output]) {
    assert_fails(outputs, CloseCode::NORMAL, &SessionError::HeartbeatMissed);
}

#[test]
fn r10_the_first_heartbeat_comes_after_a_random_part_of_the_interval() {
    let offsets: BTreeSet<u64> = (0..40)
        .map(|seed| {
            let (wait, wake) = waiting(900_000, 40_000, seed).wakes();
            assert_eq!(wake, Wake::Heartbeat);
            assert!((1..=40_000).contains(&wait), "{wait}");
            wait
        })
        .collect();
    assert!(offsets.len() > 30, "the offset hangs on the seed");
    assert!(
        offsets.first() < Some(&10_000) && offsets.last() > Some(&30_000),
        "and covers the interval"
    );
}

#[test]
fn r10_then_one_an_interval_while_they_are_acknowledged() {
    let mut stage = waiting(900_000, 40_000, 1);
    let (first, _) = stage.wakes();
    assert_eq!(stage.pass(first - 1), []);
    assert_eq!(sent(&stage.pass(1)), r#"{"op":"heartbeat"}"#);
    for _ in 0..5 {
        assert_eq!(stage.wakes(), (40_000, Wake::Heartbeat));
        stage.now += 10;
        assert_eq!(stage.say(ACK), []);
        assert_eq!(sent(&stage.pass(39_990)), r#"{"op":"heartbeat"}"#);
    }
}

#[test]
fn r10_an_unacknowledged_heartbeat_ends_the_session_when_the_next_is_due() {
    let mut stage = waiting(900_000, 40_000, 1);
    let (first, _) = stage.wakes();
    stage.pass(first);
    assert_eq!(stage.pass(39_999), []);
    assert_misses_heartbeat(&stage.pass(1));
}

#[test]
fn r10_an_acknowledgement_that_comes_with_the_next_heartbeat_counts() {
    let mut stage = waiting(900_000, 40_000, 1);
    let (first, _) = stage.wakes();
    stage.pass(first);
    stage.now += 40_000;
    assert_eq!(sent(&stage.say(ACK)), r#"{"op":"heartbeat"}"#);
}

#[test]
fn r10_one_acknowledgement_does_not_count_twice() {
    let mut stage = waiting(900_000, 40_000, 1);
    stage.say(ACK); // unasked for
    let (first, _) = stage.wakes();
    stage.pass(first);
    assert_misses_heartbeat(&stage.pass(40_000));
}

#[test]
fn r10_a_late_tick_sends_one_heartbeat_not_many() {
    let mut stage = waiting(900_000, 1_000, 1);
    assert_eq!(sent(&stage.pass(20_500)), r#"{"op":"heartbeat"}"#);
    assert_eq!(stage.wakes(), (1_000, Wake::Heartbeat));
}

#[test]
fn r10_heartbeats_run_during_the_handshake() {
    let mut stage = Stage::new();
    stage.say(&hello(900_000, 1_000));
    let (wait, wake) = stage.wakes();
    assert_eq!(wake, Wake::Heartbeat);
    assert_eq!(sent(&stage.pass(wait)), r#"{"op":"heartbeat"}"#);
}

#[test]
fn r18_the_session_expires_on_our_own_clock() {
    for phase in [Phase::AwaitScan, Phase::AwaitVerdict] {
        let mut stage = Stage::new();
        stage.say(&hello(30_000, 300_000));
        let mut stage = stage.forward(phase);
        assert!(
            stage
                .pass(29_999)
                .iter()
                .all(|o| matches!(o, Output::Send(_)))
        );
        stage.say(ACK);
        assert_eq!(stage.wakes(), (1, Wake::Expiry));
        assert_fails(&stage.pass(1), CloseCode::NORMAL, &SessionError::Expired);
    }
}

#[test]
fn r18_a_verdict_after_the_expiry_is_too_late() {
    let mut stage = Stage::at(Phase::AwaitVerdict);
    stage.now += 120_000;
    assert_fails(&stage.say(LOGIN), CloseCode::NORMAL, &SessionError::Expired);
}

#[test]
fn r18_expiry_during_the_handshake_is_expiry() {
    let mut stage = Stage::new();
    stage.say(&hello(2_000, 300_000));
    assert_fails(
        &stage.pass(2_000),
        CloseCode::NORMAL,
        &SessionError::Expired,
    );
}

#[test]
fn r04_clocks_are_clamped_from_below() {
    let mut stage = waiting(0, 0, 1);
    assert_eq!(
        stage.session.deadline().map(|d| d.wake),
        Some(Wake::Heartbeat)
    );
    let (wait, _) = stage.wakes();
    assert!(wait <= 1_000);
    let first = stage.pass(wait);
    if first.len() == 1 {
        // a heartbeat, and not before a second has passed the next
        stage.say(ACK);
        let (next, _) = stage.wakes();
        assert!(next >= 1_000 - wait, "{next}");
    }
    let mut stage = waiting(0, 300_000, 1);
    assert_eq!(stage.wakes(), (1_000, Wake::Expiry), "a second, not zero");
    assert_fails(
        &stage.pass(1_000),
        CloseCode::NORMAL,
        &SessionError::Expired,
    );
}

#[test]
fn r04_clocks_are_clamped_from_above() {
    let mut stage = waiting(u64::MAX, u64::MAX, 1);
    let (wait, wake) = stage.wakes();
    assert_eq!(wake, Wake::Heartbeat);
    assert!(wait <= 300_000);
    stage.pass(wait);
    assert_eq!(stage.wakes(), (300_000, Wake::Heartbeat));
    let mut elapsed = wait;
    loop {
        stage.say(ACK);
        let (wait, wake) = stage.wakes();
        elapsed += wait;
        if wake == Wake::Expiry {
            assert_fails(&stage.pass(wait), CloseCode::NORMAL, &SessionError::Expired);
            break;
        }
        assert!(elapsed < 1_000_000);
        stage.pass(wait);
    }
    assert_eq!(elapsed, 900_000, "15 minutes");
}

#[test]
fn an_answer_is_awaited_for_a_moment_at_least() {
    let mut config = Config::default();
    config.answer_within = Duration::ZERO;
    assert_eq!(Stage::with(config, 3).wakes(), (1, Wake::Handshake));
}

#[test]
fn time_that_runs_backwards_is_clamped() {
    let mut stage = Stage::at(Phase::AwaitScan);
    stage.now += 10_000;
    stage.input(Input::Tick);
    let before = stage.session.deadline();
    let sooner = MonoTime::from_millis(3);
    stage.session.handle(sooner, Input::Text(ACK));
    assert_eq!(stage.session.deadline(), before);
    stage
        .session
        .handle(sooner, Input::Text(&user_frame("1:0:0:mary")));
    assert_eq!(stage.session.phase(), Phase::AwaitVerdict);
    // waits that start then count from the latest time known
    let mut stage = Stage::new();
    stage.pass(10_000);
    stage.now -= 10_000;
    stage.say(&hello(900_000, 300_000));
    assert_eq!(stage.wakes(), (10_000 + 15_000, Wake::Handshake));
}

#[test]
fn r03_at_most_32_unknown_ops_are_reported_and_none_at_full_length() {
    let mut stage = Stage::at(Phase::AwaitScan);
    let long = "é".repeat(1_000);
    let mut reported = Vec::new();
    for _ in 0..100 {
        reported.extend(stage.say(&format!(r#"{{"op":"{long}"}}"#)));
    }
    let event = Output::Event(Event::UnknownOp("é".repeat(64)));
    assert!(reported.len() == 32 && reported.iter().all(|output| *output == event));
    assert_eq!(stage.session.phase(), Phase::AwaitScan);
}

#[test]
fn a_gateway_cannot_fill_the_queue() {
    let mut stage = Stage::at(Phase::AwaitVerdict);
    let now = MonoTime::from_millis(stage.now);
    let scan = user_frame("1:0:0:mary");
    for _ in 0..300 {
        stage.session.handle(now, Input::Text(&scan));
    }
    let outputs = stage.drain();
    assert_eq!(outputs.len(), 256 + 2);
    assert_eq!(
        outputs.last(),
        Some(&Output::End(Err(SessionError::Backlog)))
    );
}
