//! The phone's approval under random scripts.

use proptest::prelude::*;
use ra_core::mobile::{Event, Input, Output, Phase, Session};
use ra_core::{CallId, Deadline, MonoTime};
use ra_http::{TransportError, TransportErrorKind};

use super::{Acted, Machine, Seen, cases, check, exact_call, script};
use crate::mobile_session::{
    HANDSHAKE, MFA, PASSED, WRONG_CODE, config, fingerprint, response, totp,
};

/// An approval, and what the person has said so far.
struct Phone {
    session: Session,
    asked: bool,
    has_said_yes: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The next input of an approval that succeeds.
    Next,
    /// An answer to the call that left so many calls ago.
    Reply(usize, Answer),
    Any(Deed),
}

#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Reply(CallId, Answer),
    Tick,
    Approve,
    Decline,
    AnswerMfa,
}

pub(crate) type Answer = Result<(u16, String), TransportErrorKind>;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => Just(Step::Next),
        2 => Just(Step::Any(Deed::Tick)),
        3 => (0usize..3, answer()).prop_map(|(back, answer)| Step::Reply(back, answer)),
        1 => Just(Step::Any(Deed::Approve)),
        1 => Just(Step::Any(Deed::Decline)),
        1 => Just(Step::Any(Deed::AnswerMfa)),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let good = prop::sample::select(vec![
        (200, HANDSHAKE),
        (200, PASSED),
        (204, ""),
        (401, MFA),
        (400, WRONG_CODE),
    ]);
    prop_oneof![
        6 => good.prop_map(|(status, body)| Ok((status, body.to_owned()))),
        1 => (200u16..600, "[ -~]{0,30}").prop_map(|(status, body)| Ok((status, format!("canary {body}")))),
        1 => Just(Err(TransportErrorKind::Lost)),
    ]
}

impl Machine for Phone {
    type Step = Step;
    type Deed = Deed;

    fn new() -> Self {
        Self {
            session: Session::new(config(), fingerprint(), MonoTime::ZERO),
            asked: false,
            has_said_yes: false,
        }
    }

    fn choose(&self, step: &Step, calls: &[CallId]) -> Deed {
        let reply = |back, answer: &Answer| match calls.iter().nth_back(back) {
            Some(id) => Deed::Reply(*id, answer.clone()),
            None => Deed::Tick,
        };
        let good = |status, body: &str| reply(0, &Ok((status, body.to_owned())));
        match (step, self.session.phase()) {
            (Step::Any(deed), _) => deed.clone(),
            (Step::Reply(back, answer), _) => reply(*back, answer),
            (Step::Next, Phase::Creating) => good(200, HANDSHAKE),
            (Step::Next, Phase::AwaitDecision) => Deed::Approve,
            (Step::Next, Phase::Finishing) if calls.len() < 3 => good(401, MFA),
            (Step::Next, Phase::AwaitMfa) => Deed::AnswerMfa,
            (Step::Next, Phase::AnsweringMfa) => good(200, PASSED),
            (Step::Next, _) => good(204, ""),
        }
    }

    fn act(&mut self, now: MonoTime, deed: &Deed) -> Acted {
        let session = &mut self.session;
        let input = match deed {
            Deed::Reply(id, Ok((status, body))) => Input::Reply(*id, Ok(response(*status, body))),
            Deed::Reply(id, Err(kind)) => Input::Reply(*id, Err(TransportError::new(*kind))),
            Deed::Tick => Input::Tick,
            Deed::Approve => {
                let answer = session.approve(now);
                self.has_said_yes |= answer.is_ok();
                return Acted::Commanded(format!("{answer:?}"));
            }
            Deed::Decline => return Acted::Commanded(format!("{:?}", session.decline(now))),
            Deed::AnswerMfa => {
                let answer = session.answer_mfa(now, totp("canary-code"));
                return Acted::Commanded(format!("{answer:?}"));
            }
        };
        let mut shown = format!("{input:?}");
        session.handle(now, input);
        shown += &format!("{session:?}");
        Acted::Handled(shown)
    }

    fn poll(&mut self) -> Option<Seen> {
        let output = self.session.poll_output()?;
        Some(match &output {
            Output::Call(call) => {
                let path = call.request.uri().path();
                // a yes that was said after the question, or no `finish`
                let may_finish = self.asked && self.has_said_yes;
                assert!(may_finish || !path.ends_with("remote-auth/finish"));
                let mut seen = Seen::new(exact_call(call), &output);
                seen.call = Some(call.id);
                seen
            }
            Output::Event(event) => {
                self.asked |= matches!(event, Event::Confirm { .. });
                Seen::new(format!("{event:?}"), &output)
            }
            Output::End(end) => Seen::end(&output, end, |outcome| format!("{outcome:?}")),
            other => panic!("an output that is not known here: {other:?}"),
        })
    }

    fn deadline(&self) -> Option<Deadline> {
        self.session.deadline()
    }

    fn has_ended(&self) -> bool {
        self.session.phase() == Phase::Ended
    }
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn r44_an_approval_keeps_its_contract(script in script(Step::Next, 6, step())) {
        check::<Phone>(&script)?;
    }
}
