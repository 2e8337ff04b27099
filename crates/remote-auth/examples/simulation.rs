//! A whole login without a socket: `cargo run -p remote-auth --example simulation`.
//!
//! Desktop, gateway and phone are three machines on one thread and one clock. What a machine says is noted and carried
//! out at once: the clock jumps by as long as that takes, or to the next deadline when nobody says anything. Time and
//! randomness are arguments, so a seed gives the same run every time, and embedders can test what is around the
//! machines.

use std::error::Error;
use std::sync::Arc;

use http::Response;
use ra_testkit::SeededEntropy;
use remote_auth::core::desktop::login::{Config, Event, Input, Login, Outcome, Output};
use remote_auth::core::{Jitter, MonoTime, gateway, mobile};
use remote_auth::crypto::{Backend, RustCrypto};
use remote_auth::http::Body;
use remote_auth::proto::rest::{CreateResponse, LoginResponse};
use remote_auth::proto::{HandshakeToken, Ticket, Token, User, base64, frame};

/// The clock, randomness, what happened when, the gateway, and the token for the desktop's key.
struct World {
    now: MonoTime,
    entropy: SeededEntropy,
    timeline: Vec<String>,
    gateway: gateway::Session,
    sealed: String,
}

impl World {
    /// Notes what somebody does, and lets as many milliseconds pass as it takes.
    fn note(&mut self, who: &str, what: &str, takes: u64) {
        let now = self.now.as_millis();
        self.timeline.push(format!("{now:>6} ms  {who:<8} {what}"));
        self.now = MonoTime::from_millis(now + takes);
    }

    /// The gateway's REST side for one login, without the checks that `ra-gateway` makes.
    fn answer(&mut self, path: &str) -> Result<Body, Box<dyn Error>> {
        let (now, gateway) = (self.now, &mut self.gateway);
        let body = if path.ends_with("/remote-auth") {
            let key = RustCrypto.peer_key(gateway.public_key().ok_or("no key")?)?;
            self.sealed = base64::encode_standard(&key.seal(b"marys-token", &mut self.entropy)?);
            gateway.attach(now, &User::parse(b"1:0:0:mary")?, &mut self.entropy)?;
            CreateResponse::new(HandshakeToken::new("handshake")).encode()
        } else if path.ends_with("/finish") {
            gateway.approve(now, &Ticket::new("ticket"))?;
            return Ok(Body::default());
        } else {
            LoginResponse::new(self.sealed.clone()).encode()
        };
        Ok(body.into_vec().into())
    }
}

fn run(seed: u64) -> Result<(Vec<String>, Outcome), Box<dyn Error>> {
    let mut world = World {
        now: MonoTime::ZERO,
        entropy: SeededEntropy::new(seed),
        timeline: Vec::new(),
        gateway: gateway::Session::new(Arc::default(), Arc::new(RustCrypto), MonoTime::ZERO),
        sealed: String::new(),
    };
    let mut desktop = Login::new(Config::default(), Jitter::from_seed(seed), MonoTime::ZERO);
    let mut phones = Vec::new();
    loop {
        let noted = world.timeline.len();
        while let Some(output) = desktop.poll_output() {
            match output {
                Output::NeedKey => {
                    world.note("desktop", "makes a key", 120);
                    desktop.handle(world.now, Input::new_key(&RustCrypto, &mut world.entropy));
                }
                Output::Connect(_) => {
                    world.note("desktop", "connects", 60);
                    desktop.handle(world.now, Input::Connected);
                }
                Output::Send(text) => {
                    let op = frame::DesktopFrame::decode(text.expose())?.op().to_owned();
                    world.note("desktop", &format!("sends {op}"), 30);
                    let input = gateway::Input::Text(text.expose());
                    (world.gateway).handle(world.now, input, &mut world.entropy);
                }
                Output::Event(Event::Qr { url, .. }) => {
                    world.note("desktop", "shows its QR code", 2_500);
                    let config = mobile::Config::new(Config::default().api, Token::new("me"));
                    phones.push(mobile::Session::new(config, url.fingerprint(), world.now));
                }
                Output::Call(call) => {
                    world.note("desktop", "exchanges its ticket", 60);
                    let reply = Response::new(world.answer(call.request.uri().path())?);
                    desktop.handle(world.now, Input::Reply(call.id, Ok(reply)));
                }
                Output::End(end) => return Ok((world.timeline, end?)),
                other => world.note("desktop", &format!("{other:?}"), 0),
            }
        }
        while let Some(output) = world.gateway.poll_output() {
            if let gateway::Output::Send(text) = output {
                let op = frame::GatewayFrame::decode(text.expose())?.op().to_owned();
                world.note("gateway", &format!("sends {op}"), 30);
                desktop.handle(world.now, Input::text(text.expose()));
            } else {
                world.note("gateway", &format!("{output:?}"), 0);
            }
        }
        let quiet = world.timeline.len() == noted; // people take their time
        for phone in phones.iter_mut().filter(|_| quiet) {
            if let Some(output) = phone.poll_output() {
                match output {
                    mobile::Output::Call(call) => {
                        world.note("phone", call.request.uri().path(), 60);
                        let reply = Response::new(world.answer(call.request.uri().path())?);
                        phone.handle(world.now, mobile::Input::Reply(call.id, Ok(reply)));
                    }
                    mobile::Output::Event(mobile::Event::Confirm { .. }) => {
                        world.note("phone", "asks its owner", 2_500);
                        phone.approve(world.now)?;
                    }
                    other => world.note("phone", &format!("{other:?}"), 0),
                }
            }
        }
        if world.timeline.len() == noted {
            // nobody has anything to say before the next deadline; ticks that come early change nothing
            let deadlines = [desktop.deadline(), world.gateway.deadline()].into_iter();
            let deadlines = deadlines.chain(phones.iter().map(mobile::Session::deadline));
            let next = deadlines.flatten().map(|due| due.at).min();
            world.now = world.now.max(next.ok_or("nothing will ever happen")?);
            desktop.handle(world.now, Input::Tick);
            (world.gateway).handle(world.now, gateway::Input::Tick, &mut world.entropy);
            for phone in &mut phones {
                phone.handle(world.now, mobile::Input::Tick);
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (timeline, outcome) = run(1)?;
    println!("{}\n{outcome:?}", timeline.join("\n"));
    Ok(())
}

#[test]
fn a_login_takes_the_same_course_every_time() -> Result<(), Box<dyn Error>> {
    let (timeline, outcome) = run(1)?;
    assert!(matches!(outcome, Outcome::LoggedIn { token, .. } if token.expose() == "marys-token"));
    assert_eq!(run(1)?.0, timeline);
    Ok(())
}
