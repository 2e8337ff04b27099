//! A `Login`, driven by a script.

use http::Response;
use ra_core::desktop::login::{
    Config, Event, Input, KeyUnavailable, Login, Outcome, Output, Phase, ProofPolicy, Renewal,
};
use ra_core::desktop::session::Dialect;
use ra_core::{CallId, Jitter};
use ra_http::{Body, CaptchaSolution, TransportError, TransportErrorKind};
use ra_proto::frame::DesktopFrame;
use ra_testkit::FakeKey;
use ra_testkit::differential::{Differential, START};

use super::frames::Gateway;
use super::session::{Step, assert_readable, step_of};
use crate::script::Script;

/// Facts about the login that later steps need.
struct Context {
    /// Number of keys given so far. The latest `init` holds the last one.
    keys: u64,
    /// The gateway that knows the latest key.
    gateway: Gateway,
    call: Option<CallId>,
    stale_call: Option<CallId>,
}

pub(super) fn run(mut script: Script<'_>) {
    let settings = script.byte();
    let mut machines = Differential::new(
        START,
        |now| Login::new(config(settings), Jitter::from_seed(settings.into()), now),
        !script.holds_canary,
    );
    let mut context = Context {
        keys: 0,
        gateway: Gateway::new(0),
        call: None,
        stale_call: None,
    };
    while let Some(step) = script.step() {
        let outputs = act(step, &mut script, &mut machines, &mut context);
        outputs.iter().for_each(|output| context.note(output));
    }
    machines.finish();
}

fn config(settings: u8) -> Config {
    let mut config = Config::default();
    config.proof = match settings & 3 {
        0 => ProofPolicy::Only(Dialect::Nonce),
        1 => ProofPolicy::Only(Dialect::Digest),
        _ => ProofPolicy::Auto,
    };
    config.renewal = match settings & 12 {
        0 => Renewal::Limit(0),
        4 => Renewal::Limit(2),
        _ => Renewal::Forever,
    };
    config
}

/// Takes a step. Steps 0 to 14 are those of the socket and the clock, from 16 on those of a login.
fn act(
    step: u8,
    script: &mut Script<'_>,
    machines: &mut Differential<Login>,
    context: &mut Context,
) -> Vec<Output> {
    match step % 26 {
        15 => machines.command(|login, now| {
            let over = login.phase() == Phase::Ended;
            assert_eq!(login.cancel(now).is_err(), over);
        }),
        16 | 17 => {
            context.keys += 1;
            let key = context.keys;
            machines
                .input(|login, now| login.handle(now, Input::Key(Ok(Box::new(FakeKey::new(key))))))
        }
        18 => machines.input(|login, now| login.handle(now, Input::Key(Err(KeyUnavailable)))),
        19 | 20 => machines.input(|login, now| login.handle(now, Input::Connected)),
        21 => {
            let fault = script.byte();
            machines
                .input(|login, now| login.handle(now, Input::ConnectFailed(transport_error(fault))))
        }
        22 | 23 => reply(script, machines, context),
        24 => {
            let solution = || CaptchaSolution::new("canary-solution");
            machines.command(|login, now| {
                let waiting = login.phase() == Phase::AwaitCaptcha;
                assert_eq!(login.solve_captcha(now, solution()).is_ok(), waiting);
            })
        }
        25 => machines.command(|login, now| {
            let waiting = login.phase() == Phase::AwaitCaptcha;
            assert_eq!(login.give_up_captcha(now).is_ok(), waiting);
        }),
        socket => match step_of(socket, script, machines, &context.gateway) {
            Step::Text(text) => machines.input(|login, now| login.handle(now, Input::text(&text))),
            Step::Socket(input) => {
                machines.input(|login, now| login.handle(now, Input::Socket(input)))
            }
        },
    }
}

fn reply(
    script: &mut Script<'_>,
    machines: &mut Differential<Login>,
    context: &Context,
) -> Vec<Output> {
    let kind = script.byte();
    let call = if kind & 0x80 == 0 {
        context.call
    } else {
        context.stale_call
    };
    let Some(call) = call else { return Vec::new() };
    let custom = script.bytes();
    let reply = || response(kind, custom, &context.gateway).ok_or_else(|| transport_error(kind));
    machines.input(|login, now| login.handle(now, Input::Reply(call, reply())))
}

/// Returns a response to the ticket exchange, or `None` for no answer.
fn response(kind: u8, custom: &[u8], gateway: &Gateway) -> Option<Response<Body>> {
    let sealed = |token: &str| format!(r#"{{"encrypted_token":"{token}"}}"#);
    let status = |status: u16, body: &[u8]| {
        Response::builder()
            .status(status)
            .header("retry-after", "2")
            .header("location", "https://evil.example/")
            .body(Body::from(body.to_vec()))
            .ok()
    };
    let captcha = concat!(
        r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha","captcha_sitekey":"s","#,
        r#""captcha_rqtoken":"t"}"#,
    );
    match kind & 0x0f {
        0..=2 => status(200, sealed(&gateway.seal(b"canary-token")).as_bytes()),
        3 => status(
            200,
            sealed(&gateway.seal_wrongly(b"canary-token")).as_bytes(),
        ),
        4 => status(200, sealed(&gateway.seal(b"")).as_bytes()),
        5 => status(200, sealed(&gateway.seal(b"\xff")).as_bytes()),
        6..=8 => status(400, captcha.as_bytes()),
        9 => status(429, br#"{"retry_after":0.5}"#),
        10 => status(502, b"<html>canary"),
        11 => status(302, b""),
        12 => status(401, br#"{"code":0,"message":"401: canary"}"#),
        13 => status(200, custom),
        14 => status(100 + u16::from(kind) * 2, custom),
        _ => None,
    }
}

fn transport_error(byte: u8) -> TransportError {
    TransportError::new(match byte % 9 {
        0 => TransportErrorKind::Resolve,
        1 => TransportErrorKind::Connect,
        2 => TransportErrorKind::Tls,
        3 => TransportErrorKind::upgrade(503, None),
        4 => TransportErrorKind::Timeout,
        5 => TransportErrorKind::Lost,
        6 => TransportErrorKind::BodyTooLarge,
        7 => TransportErrorKind::NotAllowed,
        _ => TransportErrorKind::Proxy,
    })
}

impl Context {
    /// Remembers facts for later steps, and checks an output.
    fn note(&mut self, output: &Output) {
        match output {
            Output::Send(text) => {
                assert_readable(text.expose());
                if let Ok(DesktopFrame::Init { .. }) = DesktopFrame::decode(text.expose()) {
                    self.gateway = self.holder_of(text.expose());
                }
            }
            Output::Event(Event::Qr { url, .. }) => {
                assert_eq!(url.fingerprint().to_string(), self.gateway.fingerprint());
            }
            Output::Call(call) => self.stale_call = self.call.replace(call.id),
            Output::End(Ok(Outcome::LoggedIn { token, .. })) => assert!(!token.expose().is_empty()),
            _ => {}
        }
    }

    /// Returns the gateway that knows the key in `init`, which must be one that was given.
    #[allow(clippy::expect_used)] // is one of the properties
    fn holder_of(&self, init: &str) -> Gateway {
        let holders = (0..=self.keys).rev().map(Gateway::new);
        let mut holders = holders.filter(|gateway| init.contains(&gateway.public_key_text()));
        holders.next().expect("the key of init was handed out")
    }
}
