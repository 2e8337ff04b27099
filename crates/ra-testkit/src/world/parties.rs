//! Desktops, phones and their service, without a schedule: the caller decides what happens next.
//!
//! Each method gives a machine one input. What the machines want done comes out as [`Effect`]s, in order.
//! [`super::World`] schedules them on a virtual clock; the fuzz target `pair_script` does so by its input.

use std::collections::VecDeque;
use std::time::Duration;

use http::{Request, Response};
use ra_core::desktop::login::{self, Login};
use ra_core::{CallId, HttpCall, MonoTime, mobile};
use ra_http::{Body, TransportError, TransportErrorKind};
use ra_proto::Fingerprint;

use crate::FakeKey;
use crate::differential::Differential;
use crate::service::{LineId, Refusal, Service, Wire};

/// A caller of the REST side: a role with its index, and which of its lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A desktop.
    Desktop(usize, u32),
    /// A phone.
    Phone(usize, u32),
}

/// Something that a machine wants done, or wants a person to know.
#[derive(Debug)]
pub enum Effect {
    /// This desktop waits for [`Parties::give_key`].
    NeedKey(usize),
    /// This desktop waits for [`Parties::connect`].
    Connect(usize),
    /// A message of this desktop for the gateway.
    ToGateway(usize, LineId, Wire),
    /// A message for the desktop on this socket.
    ToDesktop(LineId, Wire),
    /// A REST call.
    Call(Caller, CallId, Request<Body>),
    /// A desktop shows something.
    DesktopEvent(usize, login::Event),
    /// A login ends.
    DesktopEnd(usize, Result<login::Outcome, login::LoginError>),
    /// A phone shows something.
    PhoneEvent(usize, mobile::Event),
    /// An approval ends.
    PhoneEnd(usize, Result<mobile::Outcome, mobile::MobileError>),
}

/// A desktop, and its end of the connection.
#[derive(Debug)]
pub struct Desktop {
    /// The machine.
    pub login: Differential<Login>,
    /// Its socket, while it is open.
    pub line: Option<LineId>,
    /// Set while it waits for [`Parties::give_key`].
    pub wants_key: bool,
    /// Set while it waits for [`Parties::connect`].
    pub is_connecting: bool,
    /// Number of its restarts.
    pub life: u32,
}

/// A phone that has scanned a code.
#[derive(Debug)]
pub struct Phone {
    /// The machine.
    pub session: Differential<mobile::Session>,
    /// Number of its restarts.
    pub life: u32,
}

/// Everybody. Every input checks the machines' contract; see [`Differential`].
pub struct Parties {
    /// The time.
    pub now: MonoTime,
    /// Desktops.
    pub desktops: Vec<Desktop>,
    /// Phones, which exist once they have scanned.
    pub phones: Vec<Option<Phone>>,
    /// Gateway and REST side.
    pub service: Service,
    effects: VecDeque<Effect>,
    lives: u32,
}

impl Parties {
    /// Makes a service with so many phones and no desktop.
    #[must_use]
    pub fn new(now: MonoTime, service: Service, phones: usize) -> Self {
        Self {
            now,
            desktops: Vec::new(),
            phones: (0..phones).map(|_| None).collect(),
            service,
            effects: VecDeque::new(),
            lives: 0,
        }
    }

    /// Takes the next effect.
    pub fn next_effect(&mut self) -> Option<Effect> {
        while let Some((line, wire)) = self.service.poll() {
            self.effects.push_back(Effect::ToDesktop(line, wire));
        }
        self.effects.pop_front()
    }

    /// Starts desktop `d`: a further one, or a running one anew.
    pub fn start_desktop(&mut self, d: usize, make: impl Fn(MonoTime) -> Login) {
        self.lives += 1;
        let desktop = Desktop {
            login: Differential::new(self.now, make, self.service.check_canary),
            line: None,
            wants_key: false,
            is_connecting: false,
            life: self.lives,
        };
        match self.desktops.get_mut(d) {
            Some(running) => {
                let before = std::mem::replace(running, desktop);
                before.login.compare();
                let lost = before
                    .line
                    .map(|line| Effect::ToGateway(d, line, Wire::Lost));
                self.effects.extend(lost);
            }
            None => self.desktops.push(desktop),
        }
        self.command_desktop(d, |_, _| {});
    }

    /// Lets phone `p` scan a code.
    pub fn scan(&mut self, p: usize, config: &mobile::Config, code: Fingerprint) {
        self.lives += 1;
        let make = |now| mobile::Session::new(config.clone(), code, now);
        let session = Differential::new(self.now, make, self.service.check_canary);
        let phone = Phone {
            session,
            life: self.lives,
        };
        if let Some(before) = self.phones[p].replace(phone) {
            before.session.compare();
        }
        self.tell_phone(p, |_, _| {});
    }

    /// Gives a desktop the key with this id, if it waits for one.
    pub fn give_key(&mut self, d: usize, id: u64) {
        if std::mem::take(&mut self.desktops[d].wants_key) {
            self.tell_desktop(d, |login, now| {
                login.handle(now, login::Input::Key(Ok(Box::new(FakeKey::new(id)))));
            });
        }
    }

    /// Connects a desktop, if it waits for that and the service lets it.
    pub fn connect(&mut self, d: usize) {
        if !self.desktops[d].is_connecting {
            return;
        }
        match self.service.connect(self.now) {
            Ok(line) => {
                self.desktops[d].is_connecting = false;
                self.desktops[d].line = Some(line);
                self.tell_desktop(d, |login, now| login.handle(now, login::Input::Connected));
            }
            Err(refusal) => self.fail_connect(d, || match refusal {
                Refusal::HangsUp => TransportErrorKind::Lost,
                Refusal::Status(status) => TransportErrorKind::upgrade(status, None),
                Refusal::Later(status) => {
                    TransportErrorKind::upgrade(status, Some(Duration::from_secs(1)))
                }
            }),
        }
    }

    /// Lets a desktop's attempt to connect fail, if there is one.
    pub fn fail_connect(&mut self, d: usize, kind: impl Fn() -> TransportErrorKind) {
        if std::mem::take(&mut self.desktops[d].is_connecting) {
            self.tell_desktop(d, |login, now| {
                login.handle(
                    now,
                    login::Input::ConnectFailed(TransportError::new(kind())),
                );
            });
        }
    }

    /// Delivers a message to the gateway.
    pub fn to_gateway(&mut self, line: LineId, wire: &Wire) {
        self.service.hear(self.now, line, wire);
    }

    /// Delivers a message to the desktop on this socket, if there still is one.
    pub fn to_desktop(&mut self, line: LineId, wire: &Wire) {
        if let Some(d) = self.desktop_on(line) {
            if wire.is_last() {
                self.desktops[d].line = None;
            }
            self.tell_desktop(d, |login, now| {
                login.handle(now, login::Input::Socket(wire.input()));
            });
        }
    }

    /// Returns the desktop on this socket.
    #[must_use]
    pub fn desktop_on(&self, line: LineId) -> Option<usize> {
        let mut desktops = self.desktops.iter();
        desktops.position(|desktop| desktop.line == Some(line))
    }

    /// Lets the service answer a call.
    pub fn answer(&mut self, request: &Request<Body>) -> Response<Body> {
        self.service.answer(self.now, request)
    }

    /// Delivers a reply, or the loss of it, to its caller, if that one still lives.
    pub fn reply(&mut self, caller: Caller, id: CallId, response: Option<&Response<Body>>) {
        let lost = || TransportError::new(TransportErrorKind::Lost);
        let reply = || response.cloned().ok_or_else(lost);
        match caller {
            Caller::Desktop(d, life) if self.desktops[d].life == life => {
                self.tell_desktop(d, |login, now| {
                    login.handle(now, login::Input::Reply(id, reply()));
                });
            }
            Caller::Phone(p, life) if self.phone(p).is_some_and(|phone| phone.life == life) => {
                self.tell_phone(p, |phone, now| {
                    phone.handle(now, mobile::Input::Reply(id, reply()));
                });
            }
            _ => {}
        }
    }

    /// Tells everybody the time.
    pub fn tick(&mut self) {
        for d in 0..self.desktops.len() {
            self.tell_desktop(d, |login, now| login.handle(now, login::Input::Tick));
        }
        for p in 0..self.phones.len() {
            self.tell_phone(p, |phone, now| phone.handle(now, mobile::Input::Tick));
        }
        self.service.tick(self.now);
    }

    /// Returns the next deadline of anybody.
    #[must_use]
    pub fn deadline(&self) -> Option<MonoTime> {
        let desktops = self.desktops.iter().map(|desktop| desktop.login.deadline());
        let phones = self.phones.iter().flatten();
        let phones = phones.map(|phone| phone.session.deadline());
        let all = desktops.chain(phones).chain([self.service.deadline()]);
        all.flatten().min()
    }

    /// Gives a desktop and a phone an earlier time, as a clock that runs backwards does.
    pub fn tick_back(&mut self, index: usize, by: Duration) {
        let outputs = self.desktops[index].login.at(self.now).tick_back(by);
        self.desktop_wants(index, outputs);
        if let Some(phone) = &mut self.phones[index] {
            let outputs = phone.session.at(self.now).tick_back(by);
            self.phone_wants(index, outputs);
        }
    }

    /// Does what the person at a desktop does.
    pub fn command_desktop(&mut self, d: usize, act: impl Fn(&mut Login, MonoTime)) {
        let outputs = self.desktops[d].login.at(self.now).command(act);
        self.desktop_wants(d, outputs);
    }

    /// Does what the owner of a phone does, if it has scanned.
    pub fn command_phone(&mut self, p: usize, act: impl Fn(&mut mobile::Session, MonoTime)) {
        if let Some(phone) = &mut self.phones[p] {
            let outputs = phone.session.at(self.now).command(act);
            self.phone_wants(p, outputs);
        }
    }

    /// Waits until all machines end, and checks their contract.
    pub fn finish(self) {
        let desktops = self.desktops.into_iter();
        desktops.for_each(|desktop| desktop.login.finish());
        let phones = self.phones.into_iter().flatten();
        phones.for_each(|phone| phone.session.finish());
        self.service.finish();
    }

    /// Returns a phone that has scanned.
    #[must_use]
    pub fn phone(&self, p: usize) -> Option<&Phone> {
        self.phones.get(p)?.as_ref()
    }

    fn tell_desktop(&mut self, d: usize, handle: impl Fn(&mut Login, MonoTime)) {
        let outputs = self.desktops[d].login.at(self.now).input(handle);
        self.desktop_wants(d, outputs);
    }

    fn tell_phone(&mut self, p: usize, handle: impl Fn(&mut mobile::Session, MonoTime)) {
        if let Some(phone) = &mut self.phones[p] {
            let outputs = phone.session.at(self.now).input(handle);
            self.phone_wants(p, outputs);
        }
    }

    fn desktop_wants(&mut self, d: usize, outputs: Vec<login::Output>) {
        let desktop = &mut self.desktops[d];
        for output in outputs {
            let effect = match output {
                login::Output::NeedKey => {
                    desktop.wants_key = true;
                    Effect::NeedKey(d)
                }
                login::Output::Connect(_) => {
                    desktop.is_connecting = true;
                    Effect::Connect(d)
                }
                login::Output::Send(text) => {
                    let line = desktop.line.expect("a desktop sends on an open socket");
                    Effect::ToGateway(d, line, Wire::Text(text.into_string()))
                }
                login::Output::Disconnect(code) => {
                    desktop.is_connecting = false;
                    match desktop.line.take() {
                        Some(line) => Effect::ToGateway(d, line, Wire::Close(Some(code))),
                        None => continue,
                    }
                }
                login::Output::Call(call) => call_of(Caller::Desktop(d, desktop.life), call),
                login::Output::Event(event) => Effect::DesktopEvent(d, event),
                login::Output::End(end) => Effect::DesktopEnd(d, end),
                other => panic!("an unknown output: {other:?}"),
            };
            self.effects.push_back(effect);
        }
    }

    fn phone_wants(&mut self, p: usize, outputs: Vec<mobile::Output>) {
        let life = self.phone(p).map_or(0, |phone| phone.life);
        for output in outputs {
            self.effects.push_back(match output {
                mobile::Output::Call(call) => call_of(Caller::Phone(p, life), call),
                mobile::Output::Event(event) => Effect::PhoneEvent(p, event),
                mobile::Output::End(end) => Effect::PhoneEnd(p, end),
                other => panic!("an unknown output: {other:?}"),
            });
        }
    }
}

fn call_of(caller: Caller, call: HttpCall) -> Effect {
    Effect::Call(caller, call.id, call.request)
}
