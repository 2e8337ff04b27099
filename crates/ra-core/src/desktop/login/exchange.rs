//! The ticket exchange of a login: tries, waits, the captcha, and the token at its end.

use alloc::boxed::Box;
use alloc::string::String;

use ra_crypto::SessionKey;
use ra_http::{
    Body, CaptchaChallenge, CaptchaSolution, Endpoint, HttpError, HttpErrorKind, Retry,
    TransportError, TransportErrorKind,
};
use ra_proto::{Ticket, Token, User};

use super::state::{Context, State};
use super::{Event, LoginError, Outcome, Output, Phase, TokenFault};
use crate::{CallId, Deadline, HttpCall, MonoTime, Wake};
use ra_proto::rest::ExchangeTicket;

/// How often the exchange is tried, captchas not counted.
const TRIES_MOST: u32 = 3;
/// How many captchas are put before the person.
const CAPTCHAS_MOST: u32 = 3;
/// How much later than its own timeout a call's reply is given up on.
const REPLY_GRACE: core::time::Duration = core::time::Duration::from_secs(1);

/// Everything that the exchange needs. Ticket and key live until it is over, through captchas and
/// retries.
pub(super) struct Exchange {
    key: Box<dyn SessionKey>,
    ticket: Ticket,
    user: User,
    tries: u32,
    captchas: u32,
    /// The captcha and its solution, if the present call is a retry.
    answered: Option<(CaptchaChallenge, CaptchaSolution)>,
    /// When all tries and waits must be over.
    until: MonoTime,
    step: Step,
}

enum Step {
    /// The call is under way.
    Calling { id: CallId, by: MonoTime },
    /// The next try is due later.
    Pausing { until: MonoTime },
    /// The person is looking at a captcha.
    Person {
        challenge: CaptchaChallenge,
        by: MonoTime,
    },
}

impl Exchange {
    pub(super) fn start(
        cx: &mut Context,
        now: MonoTime,
        key: Box<dyn SessionKey>,
        ticket: Ticket,
        user: User,
    ) -> State {
        let until = now.saturating_add(cx.config.exchange_within);
        let step = Step::Pausing { until: now };
        let exchange = Self {
            key,
            ticket,
            user,
            tries: 0,
            captchas: 0,
            answered: None,
            until,
            step,
        };
        Box::new(exchange).call(cx, now)
    }

    pub(super) fn phase(&self) -> Phase {
        match self.step {
            Step::Person { .. } => Phase::AwaitCaptcha,
            _ => Phase::Exchanging,
        }
    }

    pub(super) fn deadline(&self) -> Deadline {
        match self.step {
            Step::Calling { by, .. } => Deadline::new(by, Wake::Call),
            Step::Pausing { until } => Deadline::new(until, Wake::BackOff),
            Step::Person { by, .. } => Deadline::new(by, Wake::Person),
        }
    }

    pub(super) fn on_time(self: Box<Self>, cx: &mut Context, now: MonoTime) -> State {
        match self.step {
            Step::Calling { .. } => {
                let silence = TransportError::new(TransportErrorKind::Timeout);
                self.failed(cx, now, silence.into())
            }
            Step::Pausing { .. } => self.call(cx, now),
            Step::Person { .. } => cx.end(Err(LoginError::Captcha)),
        }
    }

    pub(super) fn on_reply(
        self: Box<Self>,
        cx: &mut Context,
        now: MonoTime,
        reply_to: CallId,
        reply: Result<http::Response<Body>, TransportError>,
    ) -> State {
        match self.step {
            Step::Calling { id, .. } if id == reply_to => {}
            _ => return State::Exchanging(self), // an answer to a call that was given up
        }
        match reply
            .map_err(HttpError::from)
            .and_then(|response| self.endpoint().from_http(response))
        {
            Ok(sealed) => self.finish(cx, &sealed),
            Err(error) => self.failed(cx, now, error),
        }
    }

    pub(super) fn solve(
        mut self: Box<Self>,
        cx: &mut Context,
        now: MonoTime,
        solution: CaptchaSolution,
    ) -> State {
        match self.step {
            Step::Person { challenge, .. } => {
                self.answered = Some((challenge, solution));
                self.step = Step::Pausing { until: now };
                // the person's time is not the exchange's
                self.until = now.saturating_add(cx.config.exchange_within);
                self.tries = 0;
                self.call(cx, now)
            }
            step => {
                self.step = step;
                State::Exchanging(self)
            }
        }
    }

    fn call(mut self: Box<Self>, cx: &mut Context, now: MonoTime) -> State {
        let request = match self.endpoint().to_http(&cx.config.api) {
            Ok(request) => request,
            Err(error) => return cx.end(Err(LoginError::Exchange(error))),
        };
        self.tries += 1;
        let (id, timeout) = (cx.last_call.next(), cx.config.call_within);
        cx.last_call = id;
        cx.out
            .push(Output::Call(HttpCall::new(id, request, timeout)));
        let by = now.saturating_add(timeout).saturating_add(REPLY_GRACE);
        self.step = Step::Calling { id, by };
        State::Exchanging(self)
    }

    fn endpoint(&self) -> ExchangeTicket {
        ExchangeTicket::new(self.ticket.clone(), self.answered.clone())
    }

    /// A try failed: a captcha for the person, another try after a wait, or the end.
    fn failed(mut self: Box<Self>, cx: &mut Context, now: MonoTime, error: HttpError) -> State {
        if error.kind() == HttpErrorKind::Captcha {
            return self.ask_person(cx, now, error);
        }
        let again = match error.retry() {
            Retry::After(wait) => Some(now.saturating_add(wait).ahead_of(now)),
            _ => None,
        };
        match again {
            Some(until) if until < self.until && self.tries < TRIES_MOST => {
                self.step = Step::Pausing { until };
                State::Exchanging(self)
            }
            _ => cx.end(Err(LoginError::Exchange(error))),
        }
    }

    fn ask_person(mut self: Box<Self>, cx: &mut Context, now: MonoTime, error: HttpError) -> State {
        match error.captcha() {
            Some(challenge) if self.captchas < CAPTCHAS_MOST => {
                self.captchas += 1;
                cx.event(Event::Captcha(challenge.clone()));
                let by = now.saturating_add(cx.config.captcha_within).ahead_of(now);
                self.step = Step::Person {
                    challenge: challenge.clone(),
                    by,
                };
                State::Exchanging(self)
            }
            _ => cx.end(Err(LoginError::Captcha)),
        }
    }

    /// a token that is empty or not text is no success.
    fn finish(mut self: Box<Self>, cx: &mut Context, sealed: &[u8]) -> State {
        let end = match self.key.open(sealed) {
            Ok(plaintext) => read_token(plaintext.expose()).map(|token| Outcome::LoggedIn {
                token,
                user: self.user,
            }),
            Err(_) => Err(TokenFault::Unopenable),
        };
        cx.end(end.map_err(LoginError::Token))
    }
}

fn read_token(plaintext: &[u8]) -> Result<Token, TokenFault> {
    let token = core::str::from_utf8(plaintext).map_err(|_| TokenFault::NotUtf8)?;
    if token.is_empty() {
        return Err(TokenFault::Empty);
    }
    if !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(TokenFault::Malformed);
    }
    Ok(Token::new(String::from(token)))
}
