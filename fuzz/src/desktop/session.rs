use ra_core::desktop::session::{Config, Dialect, Event, Input, Output, Phase, Session};
use ra_core::{Deadline, Jitter, MonoTime};
use ra_proto::CloseCode;
use ra_proto::frame::DesktopFrame;
use ra_testkit::FakeKey;

use super::frames::Gateway;
use crate::script::Script;
use crate::twins::{Machine, START, Twins};

const KEY: u64 = 7;

impl Machine for Session {
    type Output = Output;

    fn tick(&mut self, now: MonoTime) {
        self.handle(now, Input::Tick);
    }

    fn poll(&mut self) -> Option<Output> {
        self.poll_output()
    }

    fn deadline(&self) -> Option<Deadline> {
        self.deadline()
    }

    fn has_ended(&self) -> bool {
        self.phase() == Phase::Ended
    }

    fn is_end(output: &Output) -> bool {
        matches!(output, Output::End(_))
    }

    fn secret(output: &Output) -> Option<String> {
        match output {
            Output::Send(text) => Some(text.expose().to_owned()),
            _ => None,
        }
    }
}

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
    let mut twins = Twins::new(START, make, !script.holds_canary);
    while let Some(step) = script.step() {
        if step % 16 == 15 {
            twins.command(|session, now| {
                let over = session.has_ended();
                assert_eq!(session.cancel(now).is_err(), over);
            });
            continue;
        }
        let outputs = match happening(step, &mut script, &mut twins, &gateway) {
            Happening::Text(text) => {
                twins.input(|session, now| session.handle(now, Input::Text(&text)))
            }
            Happening::Socket(input) => twins.input(|session, now| session.handle(now, input)),
        };
        outputs
            .iter()
            .for_each(|output| assert_sound(output, &gateway));
    }
    twins.finish();
}

/// What may happen on a socket or to the clock.
pub(super) enum Happening {
    Text(String),
    Socket(Input<'static>),
}

/// Reads one step of 0 to 14; time passes as it says.
pub(super) fn happening<M: Machine>(
    step: u8,
    script: &mut Script<'_>,
    twins: &mut Twins<M>,
    gateway: &Gateway,
) -> Happening {
    match step % 16 {
        0 => Happening::Text(gateway.hello(script)),
        1 => Happening::Text(gateway.challenge(script)),
        2 => Happening::Text(gateway.init()),
        3 => Happening::Text(gateway.scanned()),
        4 => Happening::Text(gateway.approved()),
        5 => Happening::Text(r#"{"op":"cancel"}"#.to_owned()),
        6 => Happening::Text(r#"{"op":"heartbeat_ack"}"#.to_owned()),
        7 | 8 => Happening::Text(gateway.faulty(script)),
        9 => Happening::Text(script.text().into_owned()),
        10 => Happening::Socket(ending(script.byte())),
        11 => {
            twins.pass_to_deadline();
            Happening::Socket(Input::Tick)
        }
        12 => {
            let back = script.wait();
            twins.tick_back(back);
            Happening::Socket(Input::Tick)
        }
        13 => {
            // Late input: whatever comes next finds the clock moved on.
            twins.pass(script.wait());
            Happening::Text(r#"{"op":"heartbeat_ack"}"#.to_owned())
        }
        _ => {
            twins.pass(script.wait());
            Happening::Socket(Input::Tick)
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

/// What a session says is readable to a gateway, and a QR shows its own key.
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
