//! The desktop's whole login.

use std::fmt;

use ra_core::desktop::login::{Event, Input, KeyUnavailable, Output, Phase, RenewReason};
use ra_core::{CallId, Misuse, MonoTime};
use ra_http::{CaptchaSolution, TransportError, TransportErrorKind};
use ra_proto::CloseCode;
use ra_proto::frame::DesktopFrame;

use super::Table;
use crate::desktop_login::{CAPTCHA, LOGIN, Stage, connect_failed, response, token_body};
use crate::desktop_session::{CANCEL, HELLO, user_frame};

/// `Phase` without the session's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Column {
    Opening,
    InSession,
    Exchanging,
    AwaitCaptcha,
    Waiting,
    Ended,
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl From<Phase> for Column {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Opening => Self::Opening,
            Phase::InSession(_) => Self::InSession,
            Phase::Exchanging => Self::Exchanging,
            Phase::AwaitCaptcha => Self::AwaitCaptcha,
            Phase::Waiting => Self::Waiting,
            _ => Self::Ended,
        }
    }
}

const COLUMNS: [Column; 6] = [
    Column::Opening,
    Column::InSession,
    Column::Exchanging,
    Column::AwaitCaptcha,
    Column::Waiting,
    Column::Ended,
];

pub(crate) fn table() -> Table<Column> {
    let mut table = Table::new(
        "Desktop: a whole login",
        "`desktop::Login`. In `Opening` key and connection are still missing, unless the row says otherwise.\n\
         `InSession` is a session in `AwaitVerdict`; its other phases are above. *show* is an event for the screen.",
        &COLUMNS,
    );
    opening(&mut table);
    session(&mut table);
    replies(&mut table);
    clocks_and_commands(&mut table);
    table
}

fn opening(table: &mut Table<Column>) {
    table.row("connected", |column| feed(at(column), Input::Connected));
    table.row("connected (the key is there)", |column| {
        let (mut stage, call) = at(column);
        (column == Column::Opening).then(|| stage.key())?;
        feed((stage, call), Input::Connected)
    });
    table.row("key", |column| {
        let (mut stage, _) = at(column);
        let outputs = stage.key();
        Some(describe(column, &stage, &outputs))
    });
    table.row("key (connected and greeted)", |column| {
        let (mut stage, _) = at(column);
        (column == Column::Opening).then(|| stage.input(Input::Connected))?;
        stage.say(HELLO);
        let outputs = stage.key();
        Some(describe(column, &stage, &outputs))
    });
    table.row("no key", |column| {
        feed(at(column), Input::Key(Err(KeyUnavailable)))
    });
    table.row("connection failed", |column| {
        feed(at(column), connect_failed())
    });
    table.row("connection refused with 403", |column| {
        let refused = TransportErrorKind::upgrade(403, None);
        feed(
            at(column),
            Input::ConnectFailed(TransportError::new(refused)),
        )
    });
}

fn session(table: &mut Table<Column>) {
    for (name, frame) in [
        ("`pending_login`", LOGIN),
        ("`cancel`", CANCEL),
        ("not a frame", "{"),
    ] {
        table.row(name, |column| feed(at(column), Input::text(frame)));
    }
    for (name, code) in [("close 4003", 4003), ("close 4004", 4004)] {
        let input = || Input::closed(Some(CloseCode(code)));
        table.row(name, |column| feed(at(column), input()));
    }
    table.row("connection lost", |column| feed(at(column), Input::lost()));
}

fn replies(table: &mut Table<Column>) {
    let token = token_body("a-token");
    let strange = r#"{"encrypted_token":"c3RyYW5nZQ=="}"#;
    for (name, status, body) in [
        ("200 with a sealed token", 200, token.as_str()),
        ("200 that does not open", 200, strange),
        ("400 with a captcha", 400, CAPTCHA),
        ("400", 400, r#"{"code":20042}"#),
        ("429", 429, ""),
        ("500", 500, ""),
    ] {
        table.row(name, |column| {
            let (stage, call) = at(column);
            let reply = Input::Reply(call?, Ok(response(status, body)));
            feed((stage, call), reply)
        });
    }
    table.row("no reply", |column| {
        let (stage, call) = at(column);
        let lost = TransportError::new(TransportErrorKind::Lost);
        feed((stage, call), Input::Reply(call?, Err(lost)))
    });
}

fn clocks_and_commands(table: &mut Table<Column>) {
    table.row("tick before the deadline", |column| {
        feed(at(column), Input::Tick)
    });
    table.row("deadline", |column| {
        let (mut stage, call) = at(column);
        stage.now = stage.login.deadline()?.at.as_millis();
        feed((stage, call), Input::Tick)
    });
    type Command = fn(&mut Stage, MonoTime) -> Result<(), Misuse>;
    let commands: [(_, Command); 3] = [
        ("command `cancel`", |stage, now| stage.login.cancel(now)),
        ("command `solve_captcha`", |stage, now| {
            let solution = CaptchaSolution::new("solution");
            stage.login.solve_captcha(now, solution)
        }),
        ("command `give_up_captcha`", |stage, now| {
            stage.login.give_up_captcha(now)
        }),
    ];
    for (name, command) in commands {
        table.row(name, |column| {
            let (mut stage, _) = at(column);
            let now = MonoTime::from_millis(stage.now);
            match command(&mut stage, now) {
                Ok(()) => {
                    let outputs = stage.drain();
                    Some(describe(column, &stage, &outputs))
                }
                // whatever is refused after the end is no news
                Err(_) if column == Column::Ended => Some("misuse Ended".to_owned()),
                Err(misuse) => Some(format!("misuse {misuse:?}")),
            }
        });
    }
}

/// A login in this phase, and its last call.
fn at(column: Column) -> (Stage, Option<CallId>) {
    let mut stage = Stage::new();
    stage.drain();
    let mut last = None;
    match column {
        Column::Opening => {}
        Column::InSession => {
            stage.show_qr();
            stage.say(&user_frame("1:0:0:mary"));
        }
        Column::Waiting => {
            stage.show_qr();
            stage.input(Input::lost());
        }
        Column::Exchanging | Column::AwaitCaptcha => {
            let (exchanging, call) = Stage::new().until_exchange();
            stage = exchanging;
            if column == Column::AwaitCaptcha {
                stage.reply(&call, 400, CAPTCHA);
            }
            last = Some(call.id);
        }
        Column::Ended => {
            let now = MonoTime::from_millis(stage.now);
            assert_eq!(stage.login.cancel(now), Ok(()));
            stage.drain();
        }
    }
    assert_eq!(Column::from(stage.login.phase()), column);
    (stage, last)
}

fn feed((mut stage, _): (Stage, Option<CallId>), input: Input<'_>) -> Option<String> {
    let before = Column::from(stage.login.phase());
    let outputs = stage.input(input);
    Some(describe(before, &stage, &outputs))
}

fn describe(before: Column, stage: &Stage, outputs: &[Output]) -> String {
    let outputs: Vec<_> = outputs.iter().map(output).collect();
    super::cell(&outputs, before, Column::from(stage.login.phase()))
}

fn output(output: &Output) -> String {
    match output {
        Output::NeedKey => "need key".to_owned(),
        Output::Connect(_) => "connect".to_owned(),
        Output::Send(text) => {
            let frame = DesktopFrame::decode(text.expose()).expect("a frame of ours");
            format!("send `{}`", frame.op())
        }
        Output::Disconnect(code) => format!("disconnect {}", code.0),
        Output::Call(call) => {
            let path = call.request.uri().path();
            format!("call `{}`", path.trim_start_matches("/api/v9"))
        }
        Output::Event(Event::Renewing { reason, .. }) => renewing(*reason),
        Output::Event(Event::Captcha(_)) => "show captcha".to_owned(),
        Output::Event(event) => format!("event {}", super::name(event)),
        Output::End(end) => super::end(end),
        other => panic!("an output that the table does not know: {other:?}"),
    }
}

fn renewing(reason: RenewReason) -> String {
    format!("show renewing ({})", reason.as_str())
}
