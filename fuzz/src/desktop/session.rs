//! A `Session`, driven by a script, and the steps it shares with a `Login`.

use ra_core::Jitter;
use ra_core::desktop::session::{Config, Dialect, Event, Input, Output, Session};
use ra_proto::CloseCode;
use ra_proto::frame::DesktopFrame;
use ra_testkit::FakeKey;
use ra_testkit::differential::{Differential, Machine, START};

use super::frames::Gateway;
use crate::script::Script;

const KEY: u64 = 7;

pub(super) fn run(mut script: Script<'_>) {
    let settings = script.byte();
    let make = |now| {
        let mut config = Config::default();
        config.dialect = if settings & 1 == 0 {
            Dialect::Digest
        } else {
            Dialect::Nonce
        };
        let jitter = Jitter::from_seed(settings.into());
        Session::new(config, Box::new(FakeKey::new(KEY)), jitter, now)
    };
    let gateway = Gateway::new(KEY);
    let mut machines = Differential::new(START, make, !script.holds_canary);
    while let Some(step) = script.step() {
        if step % 16 == 15 {
            machines.command(|session, now| {
                let over = session.has_ended();
                assert_eq!(session.cancel(now).is_err(), over);
            });
            continue;
        }
        let outputs = match step_of(step, &mut script, &mut machines, &gateway) {
            Step::Text(text) => {
                machines.input(|session, now| session.handle(now, Input::Text(&text)))
            }
            Step::Socket(input) => machines.input(|session, now| session.handle(now, input)),
        };
        outputs
            .iter()
            .for_each(|output| assert_sound(output, &gateway));
    }
    machines.finish();
}

/// A step on the socket or the clock.
pub(super) enum Step {
    Text(String),
    Socket(Input<'static>),
}

/// Reads a step from 0 to 14, and lets time pass for it.
pub(super) fn step_of<M: Machine>(
    step: u8,
    script: &mut Script<'_>,
    machines: &mut Differential<M>,
    gateway: &Gateway,
) -> Step {
    match step % 16 {
        0 => Step::Text(gateway.hello(script)),
        1 => Step::Text(gateway.challenge(script)),
        2 => Step::Text(gateway.init()),
        3 => Step::Text(gateway.scanned()),
        4 => Step::Text(gateway.approved()),
        5 => Step::Text(r#"{"op":"cancel"}"#.to_owned()),
        6 => Step::Text(r#"{"op":"heartbeat_ack"}"#.to_owned()),
        7 | 8 => Step::Text(gateway.faulty(script)),
        9 => Step::Text(script.text().into_owned()),
        10 => Step::Socket(ending(script.byte())),
        11 => {
            machines.pass_to_deadline();
            Step::Socket(Input::Tick)
        }
        12 => {
            let back = script.wait();
            machines.tick_back(back);
            Step::Socket(Input::Tick)
        }
        13 => {
            // Late input: whatever comes next finds the clock moved on.
            machines.pass(script.wait());
            Step::Text(r#"{"op":"heartbeat_ack"}"#.to_owned())
        }
        _ => {
            machines.pass(script.wait());
            Step::Socket(Input::Tick)
        }
    }
}

fn ending(byte: u8) -> Input<'static> {
    const CODES: [u16; 9] = [1000, 1001, 1006, 4000, 4001, 4002, 4003, 4004, 4999];
    match byte % 13 {
        0 => Input::Binary,
        1 => Input::Oversized,
        2 => Input::Lost,
        3 => Input::Closed(None),
        code => Input::Closed(
            CODES
                .get(usize::from(code) - 4)
                .copied()
                .map(CloseCode::from),
        ),
    }
}

/// Panics unless a gateway can read the output, and a QR shows the session's own key.
fn assert_sound(output: &Output, gateway: &Gateway) {
    match output {
        Output::Send(text) => assert_readable(text.expose()),
        Output::Event(Event::Qr { url, .. }) => {
            assert_eq!(url.fingerprint().to_string(), gateway.fingerprint());
        }
        _ => {}
    }
}

pub(super) fn assert_readable(text: &str) {
    assert!(
        !matches!(
            DesktopFrame::decode(text),
            Err(_) | Ok(DesktopFrame::Unknown { .. })
        ),
        "{text}"
    );
}
