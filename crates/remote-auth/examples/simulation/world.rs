//! The world of the simulation: what each machine says becomes an entry of the agenda.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;
use std::sync::Arc;

use http::{Request, Response};
use ra_testkit::SeededEntropy;
use remote_auth::core::desktop::login::{Event, Input, Login, Outcome, Output};
use remote_auth::core::{MonoTime, gateway, mobile};
use remote_auth::crypto::{Backend, RustCrypto};
use remote_auth::http::Body;
use remote_auth::proto::frame::{DesktopFrame, GatewayFrame};
use remote_auth::proto::rest::{CreateResponse, LoginResponse};
use remote_auth::proto::{HandshakeToken, Ticket, Token, User, base64};

/// How long things take, in milliseconds.
const NETWORK: u64 = 30;
const KEY: u64 = 120;
const PERSON: u64 = 2_500;
pub(crate) const API: &str = "http://127.0.0.1:1/api/v9"; // nobody connects to it

pub(crate) type Done = Result<(), Box<dyn Error>>;
pub(crate) type Due = Box<dyn FnOnce(&mut World) -> Done>;

pub(crate) struct World {
    pub(crate) now: MonoTime,
    /// What comes, by time and then in order.
    pub(crate) agenda: BTreeMap<(u64, usize), Due>,
    pub(crate) entropy: SeededEntropy,
    pub(crate) desktop: Login,
    pub(crate) gateway: Option<gateway::Session>,
    pub(crate) phone: Option<mobile::Session>,
    pub(crate) sealed_token: String,
    pub(crate) timeline: Vec<String>,
    pub(crate) end: Option<Outcome>,
}

impl World {
    fn note(&mut self, who: &str, what: impl Display) {
        let line = format!("{:>6} ms  {who:<8} {what}", self.now.as_millis());
        self.timeline.push(line);
    }

    fn later(&mut self, millis: u64, due: impl FnOnce(&mut Self) -> Done + 'static) {
        let (at, order) = (self.now.as_millis() + millis, self.timeline.len());
        self.agenda.insert((at, order), Box::new(due));
    }

    /// Notes and carries out what the desktop says.
    pub(crate) fn desktop(&mut self, output: Output) -> Done {
        match output {
            Output::NeedKey => {
                self.note("desktop", "begins to make a key");
                self.later(KEY, |world| {
                    let key = RustCrypto.generate(&mut world.entropy)?;
                    world.desktop.handle(world.now, Input::Key(Ok(key)));
                    Ok(())
                });
            }
            Output::Connect(_) => {
                self.note("desktop", "connects");
                self.later(2 * NETWORK, |world| {
                    let (config, backend) = (Arc::default(), Arc::new(RustCrypto));
                    world.gateway = Some(gateway::Session::new(config, backend, world.now));
                    world.desktop.handle(world.now, Input::Connected);
                    Ok(())
                });
            }
            Output::Send(text) => {
                let frame = DesktopFrame::decode(text.expose())?;
                self.note("desktop", format_args!("sends {}", frame.op()));
                self.later(NETWORK, move |world| {
                    if let Some(gateway) = &mut world.gateway {
                        let input = gateway::Input::Text(text.expose());
                        gateway.handle(world.now, input, &mut world.entropy);
                    }
                    Ok(())
                });
            }
            Output::Call(call) => {
                self.note("desktop", "exchanges its ticket");
                self.later(2 * NETWORK, move |world| {
                    let reply = world.answer(&call.request)?;
                    world
                        .desktop
                        .handle(world.now, Input::Reply(call.id, Ok(reply)));
                    Ok(())
                });
            }
            Output::Event(Event::Qr { url, .. }) => {
                self.note("desktop", "shows its QR code");
                self.later(PERSON, move |world| {
                    let config = mobile::Config::new(API.parse()?, Token::new("phone".to_owned()));
                    world.phone = Some(mobile::Session::new(config, url.fingerprint(), world.now));
                    Ok(())
                });
            }
            Output::Event(Event::User(user)) => {
                self.note(
                    "desktop",
                    format_args!("shows who has scanned: {}", user.username),
                );
            }
            Output::Disconnect(code) => self.note("desktop", format_args!("closes with {code}")),
            Output::End(end) => {
                self.end = Some(end?);
                self.note("desktop", "is logged in");
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes and carries out what the gateway says.
    pub(crate) fn gateway(&mut self, output: gateway::Output) -> Done {
        match output {
            gateway::Output::Send(text) => {
                let frame = GatewayFrame::decode(text.expose())?;
                self.note("gateway", format_args!("sends {}", frame.op()));
                self.later(NETWORK, move |world| {
                    world.desktop.handle(world.now, Input::text(text.expose()));
                    Ok(())
                });
            }
            gateway::Output::Event(gateway::Event::Ready(_)) => {
                let spki = self.gateway.as_ref().and_then(gateway::Session::public_key);
                let key = RustCrypto.peer_key(spki.unwrap_or_default())?;
                let sealed = key.seal(b"the-token-of-mary", &mut self.entropy)?;
                self.sealed_token = base64::encode_standard(&sealed);
            }
            gateway::Output::Close(code) => {
                self.note("gateway", format_args!("closes with {code}"))
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes and carries out what the phone says; its owner says yes.
    pub(crate) fn phone(&mut self, output: mobile::Output) -> Done {
        match output {
            mobile::Output::Call(call) => {
                self.note("phone", format_args!("calls {}", call.request.uri().path()));
                self.later(2 * NETWORK, move |world| {
                    let reply = world.answer(&call.request)?;
                    if let Some(phone) = &mut world.phone {
                        phone.handle(world.now, mobile::Input::Reply(call.id, Ok(reply)));
                    }
                    Ok(())
                });
            }
            mobile::Output::Event(_) => {
                self.note("phone", "asks its owner");
                self.later(PERSON, |world| match &mut world.phone {
                    Some(phone) => Ok(phone.approve(world.now)?),
                    None => Ok(()),
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// The gateway's REST side for one login, without the checks that `ra-gateway` makes.
    fn answer(&mut self, request: &Request<Body>) -> Result<Response<Body>, Box<dyn Error>> {
        let gateway = self.gateway.as_mut().ok_or("nobody is connected")?;
        let path = request.uri().path();
        let body = if path.ends_with("/remote-auth") {
            gateway.attach(self.now, &User::parse(b"1:0:0:mary")?, &mut self.entropy)?;
            CreateResponse::new(HandshakeToken::new("handshake".to_owned()))
                .encode()
                .into_vec()
        } else if path.ends_with("/finish") {
            gateway.approve(self.now, &Ticket::new("ticket".to_owned()))?;
            Vec::new()
        } else {
            LoginResponse::new(self.sealed_token.clone())
                .encode()
                .into_vec()
        };
        Ok(Response::new(Body::from(body)))
    }
}
