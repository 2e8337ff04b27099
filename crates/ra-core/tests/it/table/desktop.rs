//! The desktop's socket.

use std::time::Duration;

use ra_core::desktop::session::{Config, Event, Input, Output, Phase};
use ra_core::{MonoTime, Wake};
use ra_proto::CloseCode;
use ra_proto::frame::DesktopFrame;
use ra_testkit::FakeKey;

use super::Table;
use crate::desktop_session::{
    ACK, CANCEL, HELLO, LOGIN, Stage, challenge, fingerprint_frame, user_frame,
};

const PHASES: [Phase; 6] = [
    Phase::AwaitHello,
    Phase::AwaitNonce,
    Phase::AwaitInit,
    Phase::AwaitScan,
    Phase::AwaitVerdict,
    Phase::Ended,
];
const OUR_KEY: u64 = 7;

pub(crate) fn table() -> Table<Phase> {
    let mut table = Table::new(
        "Desktop: one socket",
        "`desktop::session::Session`. *show* is an event for the screen.",
        &PHASES,
    );
    table.unexpected("close 1002, fail Unexpected");
    frames(&mut table);
    socket(&mut table);
    clocks(&mut table);
    table
}

fn frames(table: &mut Table<Phase>) {
    let text = |frame: &str| {
        let frame = frame.to_owned();
        move |phase| Some(feed(at(phase), Input::Text(&frame)))
    };
    table.row("`hello`", text(HELLO));
    table.row("`heartbeat_ack`", text(ACK));
    table.row("`nonce_proof`", text(&challenge(b"nonce")));
    let strange = format!(
        r#"{{"op":"nonce_proof","encrypted_nonce":"{}"}}"#,
        FakeKey::new(1).seal_text(b"nonce")
    );
    table.row("`nonce_proof` sealed to another key", text(&strange));
    let bare = r#"{"op":"nonce_proof","encrypted_nonce":"*"}"#;
    table.row("`nonce_proof` that is not base64", text(bare));
    table.row("`pending_remote_init`", text(&fingerprint_frame(OUR_KEY)));
    table.row(
        "`pending_remote_init` of another key",
        text(&fingerprint_frame(1)),
    );
    table.row("`pending_ticket`", text(&user_frame("1:0:0:bob")));
    table.row("`pending_ticket` of no user", text(&user_frame("bob")));
    table.row("`pending_login`", text(LOGIN));
    let empty = r#"{"op":"pending_login","ticket":""}"#;
    table.row("`pending_login` without a ticket", text(empty));
    table.row("`cancel`", text(CANCEL));
    table.row("unknown op", text(r#"{"op":"future"}"#));
    table.row("not a frame", text("{"));
}

fn socket(table: &mut Table<Phase>) {
    let input = |input: Input<'static>| move |phase| Some(feed(at(phase), input));
    table.row("binary message", input(Input::Binary));
    table.row("oversized message", input(Input::Oversized));
    for (name, code) in [
        ("close 1000", Some(1000)),
        ("close 1001", Some(1001)),
        ("close 4000", Some(4000)),
        ("close 4001", Some(4001)),
        ("close 4002", Some(4002)),
        ("close 4003", Some(4003)),
        ("close 4004", Some(4004)),
        ("close without a code", None),
    ] {
        table.row(name, input(Input::Closed(code.map(CloseCode))));
    }
    table.row("connection lost", input(Input::Lost));
    table.row("frame while 256 outputs wait", |phase| {
        // in the phases before, a gateway can say nothing that leads to so many
        (phase == Phase::AwaitVerdict).then(|| feed(flooded(), Input::Text(ACK)))
    });
    table.row("command `cancel`", |phase| {
        let mut stage = at(phase);
        let now = MonoTime::from_millis(stage.now);
        match stage.session.cancel(now) {
            Ok(()) => Some(describe(phase, &mut stage)),
            Err(misuse) => Some(format!("misuse {misuse:?}")),
        }
    });
}

fn clocks(table: &mut Table<Phase>) {
    table.row("tick before any deadline", |phase| {
        Some(feed(at(phase), Input::Tick))
    });
    table.row("no answer in time", |phase| {
        let stage = with_times(phase, 1_000, 900_000, 300_000);
        at_deadline(stage, Wake::Handshake, Input::Tick)
    });
    table.row("heartbeat due", |phase| {
        let stage = with_times(phase, 3_600_000, 900_000, 1_000);
        at_deadline(stage, Wake::Heartbeat, Input::Tick)
    });
    table.row("heartbeat due, the last not acknowledged", |phase| {
        let stage = unacknowledged(phase);
        at_deadline(stage, Wake::Heartbeat, Input::Tick)
    });
    table.row("its `heartbeat_ack` together with the next", |phase| {
        let stage = unacknowledged(phase);
        at_deadline(stage, Wake::Heartbeat, Input::Text(ACK))
    });
    table.row("time is over", |phase| {
        let stage = with_times(phase, 3_600_000, 1_000, 300_000);
        at_deadline(stage, Wake::Expiry, Input::Tick)
    });
}

fn unacknowledged(phase: Phase) -> Stage {
    let mut stage = with_times(phase, 3_600_000, 900_000, 1_000);
    if phase > Phase::AwaitHello && phase < Phase::Ended {
        stage.now += stage.wakes().0;
        assert_eq!(stage.input(Input::Tick).len(), 1);
    }
    stage
}

/// A session that nobody has read from while the gateway reported scan after scan.
fn flooded() -> Stage {
    let mut stage = at(Phase::AwaitVerdict);
    let now = MonoTime::from_millis(stage.now);
    for _ in 0..256 {
        let frame = user_frame("1:0:0:bob");
        stage.session.handle(now, Input::Text(&frame));
    }
    stage
}

fn at(phase: Phase) -> Stage {
    with_times(phase, 15_000, 120_000, 41_250)
}

/// A session in this phase whose waits are these many milliseconds.
fn with_times(phase: Phase, answer: u64, timeout: u64, interval: u64) -> Stage {
    let mut config = Config::default();
    config.answer_within = Duration::from_millis(answer);
    let mut stage = Stage::with(config, 3);
    if phase == Phase::Ended {
        let now = MonoTime::from_millis(stage.now);
        assert_eq!(stage.session.cancel(now), Ok(()));
        stage.drain();
        return stage;
    }
    if phase > Phase::AwaitHello {
        stage.say(&format!(
            r#"{{"op":"hello","timeout_ms":{timeout},"heartbeat_interval":{interval}}}"#
        ));
    }
    stage.forward(phase)
}

/// Feeds this when the next deadline is due, if that is what it is for.
fn at_deadline(mut stage: Stage, wake: Wake, input: Input<'_>) -> Option<String> {
    let next = stage.session.deadline()?;
    if next.wake != wake {
        return None;
    }
    stage.now = next.at.as_millis();
    Some(feed(stage, input))
}

fn feed(mut stage: Stage, input: Input<'_>) -> String {
    let before = stage.session.phase();
    let now = MonoTime::from_millis(stage.now);
    stage.session.handle(now, input);
    describe(before, &mut stage)
}

fn describe(before: Phase, stage: &mut Stage) -> String {
    let outputs = super::without_flood(stage.drain());
    let outputs: Vec<_> = outputs.iter().map(output).collect();
    super::cell(&outputs, before, stage.session.phase())
}

fn output(output: &Output) -> String {
    match output {
        Output::Send(text) => {
            let frame = DesktopFrame::decode(text.expose()).expect("a frame of ours");
            format!("send `{}`", frame.op())
        }
        Output::Event(Event::Qr { .. }) => "show QR".to_owned(),
        Output::Event(Event::User(_)) => "show user".to_owned(),
        Output::Event(event) => format!("event {}", super::name(event)),
        Output::Close(code) => format!("close {}", code.0),
        Output::End(end) => super::end(end),
        other => panic!("an output that the table does not know: {other:?}"),
    }
}
