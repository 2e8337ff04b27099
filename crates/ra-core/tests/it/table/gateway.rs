//! The gateway's side of one socket.

use std::time::Duration;

use ra_core::gateway::{Config, Event, Input, Output, Phase, Session};
use ra_core::{Misuse, MonoTime, Wake};
use ra_proto::CloseCode;
use ra_proto::frame::GatewayFrame;
use ra_testkit::{Fake, NoEntropy};

use super::Table;
use crate::gateway_session::{
    HEARTBEAT, Stage, digest_frame, init_frame, nonce_frame, proof_frame, raw_frame, spki, ticket,
    user,
};

const PHASES: [Phase; 5] = [
    Phase::AwaitInit,
    Phase::AwaitProof,
    Phase::AwaitScan,
    Phase::Scanned,
    Phase::Ended,
];

pub(crate) fn table() -> Table<Phase> {
    let mut table = Table::new(
        "Gateway: one socket",
        "`gateway::Session` with both proof dialects. It sends `hello` before the first input.",
        &PHASES,
    );
    table.unexpected("close 4002, fail Unexpected");
    frames(&mut table);
    socket(&mut table);
    clocks(&mut table);
    commands(&mut table);
    table
}

fn frames(table: &mut Table<Phase>) {
    let text = |frame: String| move |phase| Some(feed(Stage::at(phase), Input::Text(&frame)));
    // proofs of the nonce that the phase's own session has given out
    let proof = |make: fn(&[u8]) -> String| {
        move |phase| {
            let stage = Stage::at(phase);
            let frame = make(&stage.nonce);
            Some(feed(stage, Input::Text(&frame)))
        }
    };
    table.row("`init`", text(init_frame(&spki())));
    table.row("`init`, no entropy left", |phase| {
        let mut stage = Stage::at(phase);
        let frame = init_frame(&spki());
        let now = stage.time();
        (stage.session).handle(now, Input::Text(&frame), &mut NoEntropy);
        Some(describe(phase, &mut stage))
    });
    table.row("`init` with another kind of key", text(init_frame(b"key")));
    let bare = r#"{"op":"init","encoded_public_key":"*"}"#.to_owned();
    table.row("`init` that is not base64", text(bare));
    table.row("`nonce_proof` by digest", proof(digest_frame));
    table.row("`nonce_proof` by nonce", proof(nonce_frame));
    table.row(
        "`nonce_proof`, nonce as `proof`",
        proof(|nonce| proof_frame(&ra_crypto::nonce_proof(nonce))),
    );
    table.row(
        "`nonce_proof`, digest as `nonce`",
        proof(|nonce| raw_frame(&ra_crypto::digest_proof(nonce))),
    );
    table.row(
        "`nonce_proof` of another nonce",
        text(digest_frame(b"other")),
    );
    table.row("`nonce_proof`, empty", text(proof_frame("")));
    table.row("`heartbeat`", text(HEARTBEAT.to_owned()));
    table.row("unknown op", text(r#"{"op":"future"}"#.to_owned()));
    table.row("not a frame", text("{".to_owned()));
    table.row("frame while 256 outputs wait", |phase| {
        Some(feed(flooded(phase), Input::Text(HEARTBEAT)))
    });
}

fn socket(table: &mut Table<Phase>) {
    let input = |input: Input<'static>| move |phase| Some(feed(Stage::at(phase), input));
    table.row("binary message", input(Input::Binary));
    table.row("oversized message", input(Input::Oversized));
    table.row("close 1000", input(Input::Closed(Some(CloseCode::NORMAL))));
    table.row("close without a code", input(Input::Closed(None)));
    table.row("connection lost", input(Input::Lost));
}

fn clocks(table: &mut Table<Phase>) {
    table.row("tick before any deadline", |phase| {
        Some(feed(Stage::at(phase), Input::Tick))
    });
    table.row("no valid proof in time", |phase| {
        let stage = with_times(phase, 1_000, 9_000, 9_000);
        at_deadline(stage, Wake::Handshake, Input::Tick)
    });
    table.row("no `heartbeat` in time", |phase| {
        let stage = with_times(phase, 9_000, 1_000, 9_000);
        at_deadline(stage, Wake::Heartbeat, Input::Tick)
    });
    table.row("`heartbeat` too late", |phase| {
        let stage = with_times(phase, 9_000, 1_000, 9_000);
        at_deadline(stage, Wake::Heartbeat, Input::Text(HEARTBEAT))
    });
    table.row("time is over", |phase| {
        let stage = with_times(phase, 9_000, 9_000, 1_000);
        at_deadline(stage, Wake::Expiry, Input::Tick)
    });
}

fn commands(table: &mut Table<Phase>) {
    type Command = fn(&mut Session, MonoTime) -> Result<(), Misuse>;
    let attach: Command = |session, now| session.attach(now, &user("mary"), &mut NoEntropy);
    let shut_down: Command = |session, now| {
        session.shut_down(now, CloseCode::GOING_AWAY);
        Ok(())
    };
    for (input, command) in [
        ("command `attach`", attach),
        ("command `approve`", |s, now| s.approve(now, &ticket())),
        ("command `decline`", Session::decline),
        ("command `shut_down` with 1001", shut_down),
    ] {
        table.row(input, |phase| Some(order(Stage::at(phase), command)));
    }
    table.row("command `attach` while 256 outputs wait", |phase| {
        Some(order(flooded(phase), attach))
    });
    table.row("command `approve` when time is over", |phase| {
        let mut stage = with_times(phase, 9_000, 9_000, 1_000);
        stage.now += 1_000;
        Some(order(stage, |s, now| s.approve(now, &ticket())))
    });
}

fn order(
    mut stage: Stage,
    command: impl Fn(&mut Session, MonoTime) -> Result<(), Misuse>,
) -> String {
    let (before, now) = (stage.session.phase(), stage.time());
    let answer = command(&mut stage.session, now);
    super::answered(describe(before, &mut stage), answer)
}

/// A session that beats and that nobody has read from.
fn flooded(phase: Phase) -> Stage {
    let mut stage = Stage::at(phase);
    let now = stage.time();
    for _ in 0..256 {
        let heartbeat = Input::Text(HEARTBEAT);
        stage.session.handle(now, heartbeat, &mut stage.entropy);
    }
    stage
}

/// A session in this phase whose waits are these many milliseconds.
fn with_times(phase: Phase, handshake: u64, heartbeat: u64, timeout: u64) -> Stage {
    let mut config = Config::default();
    config.handshake_within = Duration::from_millis(handshake);
    config.heartbeat_interval = Duration::from_millis(heartbeat);
    config.heartbeat_grace = Duration::ZERO;
    config.timeout = Duration::from_millis(timeout);
    Stage::with(config, Fake, 3).forward(phase)
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
    let (before, now) = (stage.session.phase(), stage.time());
    stage.session.handle(now, input, &mut stage.entropy);
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
            let frame = GatewayFrame::decode(text.expose()).expect("a frame of ours");
            format!("send `{}`", frame.op())
        }
        Output::Event(Event::Ready(_)) => "event Ready".to_owned(),
        Output::Close(code) => format!("close {}", code.0),
        Output::End(end) => super::end(end),
        other => panic!("an output that the table does not know: {other:?}"),
    }
}
