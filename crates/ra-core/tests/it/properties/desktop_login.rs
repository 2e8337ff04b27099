//! The whole login under random scripts.

use proptest::prelude::*;
use ra_core::desktop::login::{Event, Input, KeyUnavailable, Outcome, Output, Phase};
use ra_core::desktop::{Login, session};
use ra_core::{CallId, Deadline, Jitter, MonoTime, Wake};
use ra_http::{CaptchaSolution, TransportError, TransportErrorKind};
use ra_testkit::FakeKey;

use super::desktop_session as socket;
use super::{Acted, Machine, Seen, cases, check, exact_call, script};
use crate::desktop_login::{config, response, token_body};

const KEY: u64 = 7;
const CAPTCHA: &str = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha"}"#;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The next input of a login that succeeds.
    Next,
    /// An answer to the call that left so many calls ago.
    Reply(usize, Answer),
    Any(Deed),
}

#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Key(bool),
    Connected,
    ConnectFailed(TransportErrorKind),
    Socket(socket::Deed),
    Reply(CallId, Answer),
    Tick,
    Solve,
    GiveUp,
    Cancel,
}

pub(crate) type Answer = Result<(u16, String), TransportErrorKind>;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => Just(Step::Next),
        4 => Just(Step::Any(Deed::Tick)),
        4 => socket::step().prop_map(|step| match step {
            socket::Step::Next => Step::Next,
            socket::Step::Any(deed) => Step::Any(Deed::Socket(deed)),
        }),
        3 => (0usize..3, answer()).prop_map(|(back, answer)| Step::Reply(back, answer)),
        2 => any_deed().prop_map(Step::Any),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let sealed = prop_oneof![
        Just(Vec::new()),
        Just(b"canary-token".to_vec()),
        Just(b"canary token".to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop_oneof![
        2 => sealed.prop_map(|token| Ok((200, token_body(token)))),
        2 => Just(Ok((400, CAPTCHA.to_owned()))),
        1 => Just(Ok((429, r#"{"retry_after":2.5}"#.to_owned()))),
        1 => (200u16..600, "[ -~]{0,30}").prop_map(|(status, body)| Ok((status, format!("canary {body}")))),
        1 => failure().prop_map(Err),
    ]
}

fn failure() -> impl Strategy<Value = TransportErrorKind> {
    prop::sample::select(vec![
        TransportErrorKind::Resolve,
        TransportErrorKind::Connect,
        TransportErrorKind::Tls,
        TransportErrorKind::upgrade(503, Some(std::time::Duration::from_secs(4))),
        TransportErrorKind::Timeout,
        TransportErrorKind::Lost,
        TransportErrorKind::BodyTooLarge,
        TransportErrorKind::NotAllowed,
    ])
}

fn any_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => Just(Deed::Key(true)),
        1 => Just(Deed::Key(false)),
        4 => Just(Deed::Connected),
        2 => failure().prop_map(Deed::ConnectFailed),
        2 => Just(Deed::Solve),
        1 => Just(Deed::GiveUp),
        1 => Just(Deed::Cancel),
    ]
}

impl Machine for Login {
    type Step = Step;
    type Deed = Deed;

    fn new() -> Self {
        Login::new(config(), Jitter::from_seed(5), MonoTime::ZERO)
    }

    fn choose(&self, step: &Step, calls: &[CallId]) -> Deed {
        let reply = |back, answer: &Answer| match calls.iter().nth_back(back) {
            Some(id) => Deed::Reply(*id, answer.clone()),
            None => Deed::Tick,
        };
        match (step, self.phase()) {
            (Step::Any(deed), _) => deed.clone(),
            (Step::Reply(back, answer), _) => reply(*back, answer),
            // of the two that are awaited, the one whose time is up first
            (Step::Next, Phase::Opening) => match Login::deadline(self).map(|next| next.wake) {
                Some(Wake::Connect) => Deed::Connected,
                _ => Deed::Key(true),
            },
            (Step::Next, Phase::InSession(phase)) => {
                Deed::Socket(socket::Deed::Text(socket::next_frame(phase)))
            }
            (Step::Next, Phase::Exchanging) => reply(0, &Ok((200, token_body("canary-token")))),
            (Step::Next, Phase::AwaitCaptcha) => Deed::Solve,
            (Step::Next, _) => Deed::Tick,
        }
    }

    fn act(&mut self, now: MonoTime, deed: &Deed) -> Acted {
        let input = match deed {
            Deed::Key(true) => Input::Key(Ok(Box::new(FakeKey::new(KEY)))),
            Deed::Key(false) => Input::Key(Err(KeyUnavailable)),
            Deed::Connected => Input::Connected,
            Deed::ConnectFailed(kind) => Input::ConnectFailed(TransportError::new(*kind)),
            Deed::Socket(deed) => {
                Input::Socket(socket::input(deed).unwrap_or(session::Input::Tick))
            }
            Deed::Reply(id, Ok((status, body))) => Input::Reply(*id, Ok(response(*status, body))),
            Deed::Reply(id, Err(kind)) => Input::Reply(*id, Err(TransportError::new(*kind))),
            Deed::Tick => Input::Tick,
            Deed::Solve => {
                let solution = CaptchaSolution::new("canary-solution");
                return Acted::Commanded(format!("{:?}", self.solve_captcha(now, solution)));
            }
            Deed::GiveUp => return Acted::Commanded(format!("{:?}", self.give_up_captcha(now))),
            Deed::Cancel => return Acted::Commanded(format!("{:?}", self.cancel(now))),
        };
        let mut shown = format!("{input:?}");
        self.handle(now, input);
        shown += &format!("{self:?}");
        Acted::Handled(shown)
    }

    fn poll(&mut self) -> Option<Seen> {
        let output = self.poll_output()?;
        Some(match &output {
            Output::Send(text) => Seen::new(text.expose().to_owned(), &output),
            Output::Event(Event::Qr { url, expires_in }) => {
                Seen::new(format!("{} {expires_in:?}", url.as_str()), &output)
            }
            Output::Call(call) => {
                let mut seen = Seen::new(exact_call(call), &output);
                seen.call = Some(call.id);
                seen
            }
            Output::End(end) => Seen::end(&output, end, |outcome| match outcome {
                Outcome::LoggedIn { token, user } => format!("{} {user:?}", token.expose()),
                other => format!("{other:?}"),
            }),
            // no secrets in these
            other => Seen::new(format!("{other:?}"), other),
        })
    }

    fn deadline(&self) -> Option<Deadline> {
        Login::deadline(self)
    }

    fn has_ended(&self) -> bool {
        self.phase() == Phase::Ended
    }
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn a_login_keeps_its_contract(script in script(Step::Next, 7, step())) {
        check::<Login>(&script)?;
    }
}
