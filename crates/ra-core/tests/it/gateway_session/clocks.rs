//! Handshake, heartbeat, expiry (R-55), and time that runs backwards.

use std::time::Duration;

use ra_core::gateway::{Config, Phase, SessionError};
use ra_core::{Misuse, Wake};
use ra_testkit::Fake;

use super::*;

const HANDSHAKE: u64 = 15_000;
const HEARTBEAT_BY: u64 = 51_250;
const EXPIRY: u64 = 120_000;

fn times(handshake: u64, interval: u64, grace: u64, timeout: u64) -> Stage {
    let mut config = Config::default();
    config.handshake_within = Duration::from_millis(handshake);
    config.heartbeat_interval = Duration::from_millis(interval);
    config.heartbeat_grace = Duration::from_millis(grace);
    config.timeout = Duration::from_millis(timeout);
    Stage::with(config, Fake, 3)
}

/// Beats until the session is as old as this.
fn live_until(stage: &mut Stage, age: u64) {
    while stage.now < START + age {
        stage.now = (stage.now + 30_000).min(START + age);
        assert_eq!(sent(&stage.say(HEARTBEAT)), ACK);
    }
}

#[test]
fn r55_a_desktop_without_a_valid_proof_is_closed_with_4002() {
    for phase in [Phase::AwaitInit, Phase::AwaitProof] {
        let mut stage = Stage::at(phase);
        assert_eq!(stage.wakes(), (HANDSHAKE, Wake::Handshake));
        assert_eq!(stage.pass(HANDSHAKE - 1), []);
        assert_eq!(stage.session.phase(), phase);
        assert_fails(&stage.pass(1), 4002, &SessionError::HandshakeTimedOut);
    }
}

#[test]
fn r55_neither_init_nor_heartbeats_prolong_the_handshake() {
    let mut stage = Stage::at(Phase::AwaitInit);
    stage.pass(10_000);
    let _ = stage.say(HEARTBEAT);
    let _ = stage.say(&init_frame(&spki()));
    assert_eq!(stage.wakes(), (HANDSHAKE, Wake::Handshake));
    assert_fails(&stage.pass(5_000), 4002, &SessionError::HandshakeTimedOut);
}

#[test]
fn r55_a_right_proof_that_comes_too_late_is_too_late() {
    let mut stage = Stage::at(Phase::AwaitProof);
    stage.now += HANDSHAKE;
    let frame = digest_frame(&stage.nonce.clone());
    assert_fails(&stage.say(&frame), 4002, &SessionError::HandshakeTimedOut);
    let mut stage = Stage::at(Phase::AwaitProof);
    stage.now += HANDSHAKE - 1;
    assert_eq!(stage.say(&frame).len(), 2);
    assert_eq!(stage.wakes(), (HEARTBEAT_BY, Wake::Heartbeat));
}

#[test]
fn r55_a_missed_heartbeat_is_closed_with_4004() {
    for phase in [Phase::AwaitScan, Phase::Scanned] {
        let mut stage = Stage::at(phase);
        assert_eq!(stage.wakes(), (HEARTBEAT_BY, Wake::Heartbeat));
        assert_eq!(stage.pass(HEARTBEAT_BY - 1), []);
        assert_eq!(stage.session.phase(), phase);
        assert_fails(&stage.pass(1), 4004, &SessionError::HeartbeatMissed);
    }
}

#[test]
fn r10_a_heartbeat_in_time_buys_an_interval_and_its_grace() {
    let mut stage = Stage::at(Phase::AwaitScan);
    stage.now += HEARTBEAT_BY - 1;
    assert_eq!(sent(&stage.say(HEARTBEAT)), ACK);
    assert_eq!(stage.wakes(), (2 * HEARTBEAT_BY - 1, Wake::Heartbeat));
    // a heartbeat at the deadline is too late
    stage.now += HEARTBEAT_BY;
    assert_fails(&stage.say(HEARTBEAT), 4004, &SessionError::HeartbeatMissed);
}

#[test]
fn r10_nothing_but_a_heartbeat_counts_as_one() {
    let mut stage = Stage::at(Phase::AwaitScan);
    stage.pass(40_000);
    let _ = stage.say(r#"{"op":"future"}"#);
    let _ = stage.attach(&user("mary"));
    assert_eq!(stage.wakes(), (HEARTBEAT_BY, Wake::Heartbeat));
}

#[test]
fn r55_a_session_expires_with_4003_however_it_beats() {
    for phase in [Phase::AwaitScan, Phase::Scanned] {
        let mut stage = Stage::at(phase);
        live_until(&mut stage, 90_000);
        assert_eq!(stage.wakes(), (EXPIRY, Wake::Expiry));
        assert_eq!(stage.pass(29_999), []);
        assert_eq!(stage.session.phase(), phase);
        assert_fails(&stage.pass(1), 4003, &SessionError::Expired);
    }
}

#[test]
fn r55_no_command_is_taken_after_expiry() {
    for command in 0..3 {
        let mut stage = Stage::at(Phase::Scanned);
        live_until(&mut stage, 110_000);
        stage.now = START + EXPIRY;
        let now = stage.time();
        let answer = match command {
            0 => stage.attach(&user("bob")),
            1 => stage.session.approve(now, &ticket()),
            _ => stage.session.decline(now),
        };
        assert_eq!(answer, Err(Misuse::Ended));
        assert_fails(&stage.drain(), 4003, &SessionError::Expired);
    }
    // and up to then every command is
    let mut stage = Stage::at(Phase::Scanned);
    live_until(&mut stage, EXPIRY - 1);
    assert_eq!(stage.session.approve(stage.time(), &ticket()), Ok(()));
}

#[test]
fn r55_what_runs_out_first_is_what_is_told() {
    // late ticks: everything has run out, the earliest counts
    let mut stage = times(500, 1_000, 0, 2_000);
    stage.drain();
    assert_fails(&stage.pass(9_000), 4002, &SessionError::HandshakeTimedOut);
    let mut stage = times(5_000, 1_000, 0, 2_000);
    stage.drain();
    assert_fails(&stage.pass(9_000), 4004, &SessionError::HeartbeatMissed);
    let mut stage = times(5_000, 3_000, 0, 2_000);
    stage.drain();
    assert_fails(&stage.pass(9_000), 4003, &SessionError::Expired);
}

#[test]
fn r55_of_two_at_once_expiry_is_told_and_the_handshake_last() {
    let mut stage = times(2_000, 1_500, 500, 2_000);
    assert_eq!(stage.wakes(), (2_000, Wake::Expiry));
    stage.drain();
    assert_fails(&stage.pass(2_000), 4003, &SessionError::Expired);
    assert_eq!(
        times(1_500, 1_500, 0, 2_000).wakes(),
        (1_500, Wake::Heartbeat)
    );
}

#[test]
fn times_of_zero_still_lie_ahead() {
    for stage in [
        times(0, 1_000, 0, 1_000),
        times(1_000, 0, 0, 1_000),
        times(1_000, 1_000, 0, 0),
    ] {
        assert_eq!(stage.wakes().0, 1);
    }
    let mut stage = times(1_000, 0, 0, 1_000);
    stage.drain();
    let _ = stage.say(HEARTBEAT);
    assert_eq!(stage.wakes(), (1, Wake::Heartbeat));
}

#[test]
fn time_that_runs_backwards_stands_still() {
    let mut stage = Stage::at(Phase::AwaitScan);
    stage.now = START + 50_000;
    let _ = stage.say(HEARTBEAT);
    assert_eq!(stage.wakes().0, 50_000 + HEARTBEAT_BY);
    stage.now = START + 60_000;
    assert_eq!(stage.input(Input::Tick), []);
    stage.now = 0;
    assert_eq!(sent(&stage.say(HEARTBEAT)), ACK);
    assert_eq!(stage.wakes().0, 60_000 + HEARTBEAT_BY);
    // commands move the clock as well
    stage.now = START + 70_000;
    assert_eq!(
        stage.session.decline(stage.time()),
        Err(Misuse::NobodyAttached)
    );
    stage.now = 0;
    let _ = stage.say(HEARTBEAT);
    assert_eq!(stage.wakes(), (EXPIRY, Wake::Expiry));
    stage.now = START + 70_000 + HEARTBEAT_BY - 1_251;
    assert_eq!(stage.input(Input::Tick), []);
}
