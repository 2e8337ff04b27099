//! The phone's approval.

use ra_core::mobile::{Event, Input, Output, Phase, Session};
use ra_core::{Misuse, MonoTime};
use ra_http::{TransportError, TransportErrorKind};

use super::Table;
use crate::mobile_session::{HANDSHAKE, MFA, PASSED, Stage, WRONG_CODE, response, totp};

const PHASES: [Phase; 7] = [
    Phase::Creating,
    Phase::AwaitDecision,
    Phase::Finishing,
    Phase::AwaitMfa,
    Phase::AnsweringMfa,
    Phase::Cancelling,
    Phase::Ended,
];

pub(crate) fn table() -> Table<Phase> {
    let mut table = Table::new(
        "Mobile: one approval",
        "`mobile::Session`. *call* is an HTTP exchange, *ask* an event for the person. A reply answers the last call.\n\
         No call is open in the phases of the person.",
        &PHASES,
    );
    commands(&mut table);
    replies(&mut table);
    clocks(&mut table);
    table
}

fn commands(table: &mut Table<Phase>) {
    type Command = fn(&mut Session, MonoTime) -> Result<(), Misuse>;
    let commands: [(_, Command); 4] = [
        ("command `approve`", Session::approve),
        ("command `decline`", Session::decline),
        ("command `abandon`", Session::abandon),
        ("command `answer_mfa`", |s, now| {
            s.answer_mfa(now, totp("123456"))
        }),
    ];
    for (input, command) in commands {
        table.row(input, |phase| Some(order(Stage::at(phase), command)));
    }
    table.row("command `approve` when time is over", |phase| {
        let mut stage = Stage::at(phase);
        stage.now += 1_000_000;
        Some(order(stage, Session::approve))
    });
}

fn replies(table: &mut Table<Phase>) {
    for (input, status, body) in [
        ("200 with a handshake token", 200, HANDSHAKE),
        ("200 with an MFA token", 200, PASSED),
        ("200 with neither", 200, "{}"),
        ("204", 204, ""),
        ("401, code 60003 with a challenge", 401, MFA),
        ("401, code 60003 without one", 401, r#"{"code":60003}"#),
        ("400, code 60008", 400, WRONG_CODE),
        ("401", 401, ""),
        ("404", 404, ""),
        ("429", 429, ""),
        ("500", 500, ""),
    ] {
        table.row(input, |phase| {
            let stage = Stage::at(phase);
            let reply = Input::Reply(stage.last, Ok(response(status, body)));
            Some(feed(stage, reply))
        });
    }
    table.row("400, code 60008, for the third time", |phase| {
        (phase == Phase::AnsweringMfa).then(third_wrong_code)
    });
    table.row("no reply", |phase| {
        let stage = Stage::at(phase);
        let lost = TransportError::new(TransportErrorKind::Lost);
        let reply = Input::Reply(stage.last, Err(lost));
        Some(feed(stage, reply))
    });
    table.row("204 to a call before", |phase| {
        let first = Stage::at(Phase::Creating).last;
        (phase != Phase::Creating)
            .then(|| feed(Stage::at(phase), Input::Reply(first, Ok(response(204, "")))))
    });
}

fn clocks(table: &mut Table<Phase>) {
    table.row("tick before the deadline", |phase| {
        Some(feed(Stage::at(phase), Input::Tick))
    });
    table.row("deadline", |phase| {
        let mut stage = Stage::at(phase);
        stage.now = stage.session.deadline()?.at.as_millis();
        Some(feed(stage, Input::Tick))
    });
}

fn third_wrong_code() -> String {
    let mut stage = Stage::at(Phase::AnsweringMfa);
    for _ in 0..2 {
        stage.reply(400, WRONG_CODE);
        stage.call_of(|session, now| session.answer_mfa(now, totp("1")));
    }
    let reply = Input::Reply(stage.last, Ok(response(400, WRONG_CODE)));
    feed(stage, reply)
}

fn order(
    mut stage: Stage,
    command: impl Fn(&mut Session, MonoTime) -> Result<(), Misuse>,
) -> String {
    let (before, now) = (stage.session.phase(), stage.time());
    let answer = command(&mut stage.session, now);
    super::answered(describe(before, &mut stage), answer)
}

fn feed(mut stage: Stage, input: Input) -> String {
    let (before, now) = (stage.session.phase(), stage.time());
    stage.session.handle(now, input);
    describe(before, &mut stage)
}

fn describe(before: Phase, stage: &mut Stage) -> String {
    let outputs: Vec<_> = stage.drain().iter().map(output).collect();
    super::cell(&outputs, before, stage.session.phase())
}

fn output(output: &Output) -> String {
    match output {
        Output::Call(call) => {
            let path = call.request.uri().path();
            format!("call `{}`", path.trim_start_matches("/api/v9"))
        }
        Output::Event(Event::Confirm { .. }) => "ask to confirm".to_owned(),
        Output::Event(Event::MfaRequired { retry: false, .. }) => "ask for the code".to_owned(),
        Output::Event(Event::MfaRequired { .. }) => "ask for the code again".to_owned(),
        Output::End(end) => super::end(end),
        other => panic!("an output that the table does not know: {other:?}"),
    }
}
