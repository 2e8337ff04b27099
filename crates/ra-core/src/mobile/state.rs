//! The transitions of a phone's approval: the only file that changes its state.

use ra_http::{Body, Endpoint, HttpError, TransportError, TransportErrorKind};
use ra_proto::rest::MfaRequired;
use ra_proto::{Fingerprint, HandshakeToken, MfaTicket, MfaToken};

use super::config::Config;
use super::error::MobileError;
use super::input::{Input, MfaAnswer};
use super::output::{Event, Outcome, Output};
use super::phase::Phase;
use crate::queue::Queue;
use crate::{CallId, Deadline, HttpCall, Misuse, MonoTime, Wake};
use ra_proto::rest::{Cancel, CreateHandshake, Finish, FinishMfa, FinishMfaReply, FinishReply};

/// How much later than its own timeout a call's reply is given up on.
const REPLY_GRACE: core::time::Duration = core::time::Duration::from_secs(1);

/// The state of an approval, with the data of its phase.
#[derive(Default)]
pub(super) enum State {
    Creating {
        call: Call<CreateHandshake>,
    },
    AwaitDecision {
        token: HandshakeToken,
        until: MonoTime,
    },
    Finishing {
        token: HandshakeToken,
        until: MonoTime,
        call: Call<Finish>,
    },
    AwaitMfa {
        token: HandshakeToken,
        until: MonoTime,
        mfa: Mfa,
    },
    AnsweringMfa {
        token: HandshakeToken,
        until: MonoTime,
        mfa: Mfa,
        call: Call<FinishMfa>,
    },
    Cancelling {
        call: Call<Cancel>,
    },
    #[default]
    Ended,
}

/// The second factor that is asked for.
pub(super) struct Mfa {
    required: MfaRequired,
    wrong: u32,
}

/// Data that all phases share.
pub(super) struct Context {
    pub(super) config: Config,
    pub(super) fingerprint: Fingerprint,
    pub(super) last_call: CallId,
    pub(super) out: Queue<Output>,
}

/// The call in flight: the endpoint that reads its reply, and its deadline.
pub(super) struct Call<E> {
    id: CallId,
    endpoint: E,
    by: MonoTime,
}

type Reply = Result<http::Response<Body>, TransportError>;

impl<E: Endpoint> Call<E> {
    fn read(&self, reply: Reply) -> Result<E::Reply, HttpError> {
        self.endpoint.from_http(reply?)
    }
}

impl State {
    pub(super) fn create(cx: &mut Context, now: MonoTime) -> Self {
        let endpoint = CreateHandshake::new(cx.config.authorization.clone(), cx.fingerprint);
        match cx.call(now, endpoint) {
            Ok(call) => Self::Creating { call },
            Err(error) => cx.end(Err(MobileError::Create(error))),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Creating { .. } => Phase::Creating,
            Self::AwaitDecision { .. } => Phase::AwaitDecision,
            Self::Finishing { .. } => Phase::Finishing,
            Self::AwaitMfa { .. } => Phase::AwaitMfa,
            Self::AnsweringMfa { .. } => Phase::AnsweringMfa,
            Self::Cancelling { .. } => Phase::Cancelling,
            Self::Ended => Phase::Ended,
        }
    }

    pub(super) fn deadline(&self) -> Option<Deadline> {
        Some(match self {
            Self::Creating { call } => Deadline::new(call.by, Wake::Call),
            Self::Finishing { call, .. } => Deadline::new(call.by, Wake::Call),
            Self::AnsweringMfa { call, .. } => Deadline::new(call.by, Wake::Call),
            Self::Cancelling { call } => Deadline::new(call.by, Wake::Call),
            Self::AwaitDecision { until, .. } | Self::AwaitMfa { until, .. } => {
                Deadline::new(*until, Wake::Person)
            }
            Self::Ended => return None,
        })
    }

    pub(super) fn on_time(self, cx: &mut Context, now: MonoTime) -> Self {
        if self.deadline().is_none_or(|deadline| deadline.at > now) {
            return self;
        }
        let silence = || HttpError::from(TransportError::new(TransportErrorKind::Timeout));
        cx.end(Err(match self {
            Self::Creating { .. } => MobileError::Create(silence()),
            Self::Finishing { .. } => MobileError::Finish(silence()),
            Self::AnsweringMfa { .. } => MobileError::Mfa(silence()),
            Self::Cancelling { .. } => MobileError::Cancel(silence()),
            Self::AwaitDecision { .. } | Self::AwaitMfa { .. } | Self::Ended => {
                MobileError::TooLate
            }
        }))
    }

    pub(super) fn on_input(self, cx: &mut Context, now: MonoTime, input: Input) -> Self {
        let Input::Reply(id, reply) = input else {
            return self;
        };
        match self {
            Self::Creating { call } if call.id == id => match call.read(reply) {
                Ok(token) => {
                    cx.event(Event::Confirm {
                        fingerprint: cx.fingerprint,
                    });
                    let until = now.saturating_add(cx.config.decide_within).ahead_of(now);
                    Self::AwaitDecision { token, until }
                }
                Err(error) => cx.end(Err(MobileError::Create(error))),
            },
            Self::Finishing { token, until, call } if call.id == id => match call.read(reply) {
                Ok(FinishReply::Done) => cx.end(Ok(Outcome::Approved)),
                Ok(FinishReply::Mfa(required)) => {
                    cx.event(Event::MfaRequired {
                        methods: required.methods.clone(),
                        retry: false,
                    });
                    Self::AwaitMfa {
                        token,
                        until,
                        mfa: Mfa { required, wrong: 0 },
                    }
                }
                Err(error) => cx.end(Err(MobileError::Finish(error))),
            },
            Self::AnsweringMfa {
                token,
                until,
                mfa,
                call,
            } if call.id == id => match call.read(reply) {
                Ok(FinishMfaReply::Token(passed)) => {
                    Self::finish(cx, now, token, until, Some(passed))
                }
                Ok(FinishMfaReply::WrongCode) => cx.wrong_code(token, until, mfa),
                Err(error) => cx.end(Err(MobileError::Mfa(error))),
            },
            Self::Cancelling { call } if call.id == id => match call.read(reply) {
                Ok(()) => cx.end(Ok(Outcome::Declined)),
                Err(error) => cx.end(Err(MobileError::Cancel(error))),
            },
            state => state, // an answer to a call that is no longer open
        }
    }

    pub(super) fn approve(self, cx: &mut Context, now: MonoTime) -> (Self, Result<(), Misuse>) {
        match self {
            Self::AwaitDecision { token, until } => {
                (Self::finish(cx, now, token, until, None), Ok(()))
            }
            state => state.refuse(Misuse::NothingToDecide),
        }
    }

    pub(super) fn decline(self, cx: &mut Context, now: MonoTime) -> (Self, Result<(), Misuse>) {
        match self {
            Self::AwaitDecision { token, .. } | Self::AwaitMfa { token, .. } => {
                let endpoint = Cancel::new(cx.config.authorization.clone(), token);
                let state = match cx.call(now, endpoint) {
                    Ok(call) => Self::Cancelling { call },
                    Err(error) => cx.end(Err(MobileError::Cancel(error))),
                };
                (state, Ok(()))
            }
            state => state.refuse(Misuse::NothingToDecide),
        }
    }

    pub(super) fn abandon(self, cx: &mut Context) -> (Self, Result<(), Misuse>) {
        match self {
            Self::Ended => (Self::Ended, Err(Misuse::Ended)),
            _ => (cx.end(Ok(Outcome::Abandoned)), Ok(())),
        }
    }

    pub(super) fn answer_mfa(
        self,
        cx: &mut Context,
        now: MonoTime,
        answer: MfaAnswer,
    ) -> (Self, Result<(), Misuse>) {
        match self {
            Self::AwaitMfa { token, until, mfa } => {
                let ticket: MfaTicket = mfa.required.ticket.clone();
                let endpoint = FinishMfa::new(
                    cx.config.authorization.clone(),
                    ticket,
                    answer.method,
                    answer.text,
                );
                let state = match cx.call(now, endpoint) {
                    Ok(call) => Self::AnsweringMfa {
                        token,
                        until,
                        mfa,
                        call,
                    },
                    Err(error) => cx.end(Err(MobileError::Mfa(error))),
                };
                (state, Ok(()))
            }
            state => state.refuse(Misuse::NoMfa),
        }
    }

    /// Answers a command that this phase does not take.
    fn refuse(self, misuse: Misuse) -> (Self, Result<(), Misuse>) {
        match self {
            Self::Ended => (Self::Ended, Err(Misuse::Ended)),
            state => (state, Err(misuse)),
        }
    }

    fn finish(
        cx: &mut Context,
        now: MonoTime,
        token: HandshakeToken,
        until: MonoTime,
        mfa: Option<MfaToken>,
    ) -> Self {
        let endpoint = Finish::new(
            cx.config.authorization.clone(),
            token.clone(),
            cx.config.temporary_token,
            mfa,
        );
        match cx.call(now, endpoint) {
            Ok(call) => Self::Finishing { token, until, call },
            Err(error) => cx.end(Err(MobileError::Finish(error))),
        }
    }
}

impl Context {
    fn call<E: Endpoint>(&mut self, now: MonoTime, endpoint: E) -> Result<Call<E>, HttpError> {
        let request = endpoint.to_http(&self.config.api)?;
        let (id, timeout) = (self.last_call.next(), self.config.call_within);
        self.last_call = id;
        self.out
            .push(Output::Call(HttpCall::new(id, request, timeout)));
        let by = now.saturating_add(timeout).saturating_add(REPLY_GRACE);
        Ok(Call { id, endpoint, by })
    }

    fn wrong_code(&mut self, token: HandshakeToken, until: MonoTime, mut mfa: Mfa) -> State {
        mfa.wrong += 1;
        if mfa.wrong >= self.config.mfa_tries {
            return self.end(Err(MobileError::MfaFailed));
        }
        self.event(Event::MfaRequired {
            methods: mfa.required.methods.clone(),
            retry: true,
        });
        State::AwaitMfa { token, until, mfa }
    }

    fn event(&mut self, event: Event) {
        self.out.push(Output::Event(event));
    }

    fn end(&mut self, end: Result<Outcome, MobileError>) -> State {
        self.out.push(Output::End(end));
        State::Ended
    }
}
