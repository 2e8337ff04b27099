//! The desktop's socket under random scripts.

use proptest::prelude::*;
use ra_core::desktop::session::{Config, Event, Input, Outcome, Output, Phase, Session};
use ra_core::{CallId, Deadline, Jitter, MonoTime};
use ra_proto::CloseCode;
use ra_testkit::FakeKey;

use super::{Acted, Machine, NONCE, Seen, cases, check, close_code, junk, script};
use crate::desktop_session::{ACK, CANCEL, HELLO, LOGIN, challenge, fingerprint_frame, user_frame};

const KEY: u64 = 7;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The next frame of a good gateway.
    Next,
    Any(Deed),
}

#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Text(String),
    Binary,
    Oversized,
    Closed(Option<u16>),
    Lost,
    Tick,
    Cancel,
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Next),
        3 => Just(Step::Any(Deed::Tick)),
        3 => Just(Step::Any(Deed::Text(ACK.to_owned()))),
        2 => frame().prop_map(|frame| Step::Any(Deed::Text(frame))),
        1 => rude().prop_map(Step::Any),
    ]
}

/// Any frame that a gateway may send, and some that it must not.
pub(crate) fn frame() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (any::<u32>(), any::<u32>()).prop_map(|(timeout, interval)| format!(
            r#"{{"heartbeat_interval":{interval},"timeout_ms":{timeout},"op":"hello"}}"#
        )),
        3 => prop::collection::vec(any::<u8>(), 0..190).prop_map(|nonce| challenge(&nonce)),
        1 => any::<u64>().prop_map(fingerprint_frame),
        1 => Just(fingerprint_frame(KEY)),
        3 => "[1-9][0-9]{0,18}:[0-9]{1,4}:[a-z0-9_]{0,8}:[^\0-\x1f\x7f-\u{9f}]{1,32}"
            .prop_map(user_frame),
        1 => prop::collection::vec(any::<u8>(), 0..60).prop_map(user_frame),
        1 => Just(LOGIN.to_owned()),
        1 => Just(CANCEL.to_owned()),
        4 => junk(),
    ]
}

fn rude() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::Binary),
        Just(Deed::Oversized),
        Just(Deed::Lost),
        Just(Deed::Cancel),
        close_code().prop_map(Deed::Closed),
    ]
}

/// The frame that a good gateway sends in this phase.
pub(crate) fn next_frame(phase: Phase) -> String {
    match phase {
        Phase::AwaitHello => HELLO.to_owned(),
        Phase::AwaitNonce => challenge(NONCE),
        Phase::AwaitInit => fingerprint_frame(KEY),
        Phase::AwaitScan => user_frame("1:0:0:mary"),
        _ => LOGIN.to_owned(),
    }
}

impl Machine for Session {
    type Step = Step;
    type Deed = Deed;

    fn new() -> Self {
        let key = Box::new(FakeKey::new(KEY));
        Session::new(Config::default(), key, Jitter::from_seed(3), MonoTime::ZERO)
    }

    fn choose(&self, step: &Step, _: &[CallId]) -> Deed {
        match step {
            Step::Next => Deed::Text(next_frame(self.phase())),
            Step::Any(deed) => deed.clone(),
        }
    }

    fn act(&mut self, now: MonoTime, deed: &Deed) -> Acted {
        if let Some(input) = input(deed) {
            self.handle(now, input);
            return Acted::Handled(format!("{input:?} {self:?}"));
        }
        Acted::Commanded(format!("{:?}", self.cancel(now)))
    }

    fn poll(&mut self) -> Option<Seen> {
        let output = self.poll_output()?;
        Some(match &output {
            Output::Send(text) => Seen::new(text.expose().to_owned(), &output),
            Output::Event(Event::Qr { url, expires_in }) => {
                Seen::new(format!("{} {expires_in:?}", url.as_str()), &output)
            }
            Output::Event(event) => Seen::new(format!("{event:?}"), &output),
            Output::Close(code) => Seen::new(code.to_string(), &output),
            Output::End(end) => Seen::end(&output, end, |outcome| match outcome {
                Outcome::Approved { ticket, user } => format!("{} {user:?}", ticket.expose()),
                other => format!("{other:?}"),
            }),
            other => panic!("an output that is not known here: {other:?}"),
        })
    }

    fn deadline(&self) -> Option<Deadline> {
        Session::deadline(self)
    }

    fn has_ended(&self) -> bool {
        self.phase() == Phase::Ended
    }
}

/// The deed as an input; a command is none.
pub(crate) fn input(deed: &Deed) -> Option<Input<'_>> {
    Some(match deed {
        Deed::Text(text) => Input::Text(text),
        Deed::Binary => Input::Binary,
        Deed::Oversized => Input::Oversized,
        Deed::Closed(code) => Input::Closed(code.map(CloseCode)),
        Deed::Lost => Input::Lost,
        Deed::Tick => Input::Tick,
        Deed::Cancel => return None,
    })
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn a_desktop_session_keeps_its_contract(script in script(Step::Next, 4, step())) {
        check::<Session>(&script)?;
    }
}
