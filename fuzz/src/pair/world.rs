use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use ra_core::desktop::login::{self, Login};
use ra_core::gateway::{self, Accept};
use ra_core::{CallId, HttpCall, MonoTime, mobile};
use ra_http::{Body, TransportError, TransportErrorKind};
use ra_proto::frame::GatewayFrame;
use ra_proto::{CloseCode, Fingerprint};
use ra_testkit::FakeKey;

use super::desk::{self, Desk};
use super::host::Host;
use super::line::{Line, Wire};
use super::phone::Phone;
use super::truth::{Account, Truth};
use crate::twins::{START, Twins};

/// Enough for two desktops that renew, little enough for a fuzzer.
pub(super) const MOST_LINES: usize = 24;
/// How many texts the rogue remembers.
const MOST_OVERHEARD: usize = 64;

/// Everybody, and what is under way between them.
pub(super) struct World {
    pub(super) now: MonoTime,
    pub(super) desks: [Desk; 2],
    pub(super) phones: [Option<Phone>; 2],
    pub(super) lines: Vec<Line>,
    pub(super) calls: VecDeque<(Caller, CallId, Request<Body>)>,
    pub(super) replies: VecDeque<(Caller, CallId, Response<Body>)>,
    pub(super) host: Host,
    pub(super) truth: Truth,
    /// What has gone over any line: the rogue reads along.
    pub(super) overheard: VecDeque<String>,
    gateway: Arc<gateway::Config>,
    settings: u8,
    lives: u32,
    check_canary: bool,
}

/// Who waits for a reply: a role with its index, and which of its lives.
#[derive(Clone, Copy)]
pub(super) enum Caller {
    Desk(usize, u32),
    Phone(usize, u32),
}

impl World {
    pub(super) fn new(settings: u8, check_canary: bool) -> Self {
        let mut gateway = gateway::Config::default();
        gateway.accept = match settings & 3 {
            1 => Accept::Digest,
            2 => Accept::Nonce,
            _ => Accept::Any,
        };
        let mut host = Host::default();
        host.mfa[0] = settings & 4 != 0;
        host.captcha = settings & 8 != 0;
        let desk = || Desk::new(login(START, settings, check_canary), 0);
        let mut world = Self {
            now: START,
            desks: [desk(), desk()],
            phones: [None, None],
            lines: Vec::new(),
            calls: VecDeque::new(),
            replies: VecDeque::new(),
            host,
            truth: Truth::default(),
            overheard: VecDeque::new(),
            gateway: Arc::new(gateway),
            settings,
            lives: 0,
            check_canary,
        };
        (0..2).for_each(|d| world.command_desk(d, |_, _| {}));
        world
    }

    /// Waits until everybody gives up, and compares the twins.
    pub(super) fn finish(self) {
        self.desks.into_iter().for_each(|desk| desk.login.finish());
        let phones = self.phones.into_iter().flatten();
        phones.for_each(|phone| phone.session.finish());
        self.lines.into_iter().for_each(|line| line.gate.finish());
    }

    pub(super) fn tell_desk(&mut self, d: usize, handle: impl Fn(&mut Login, MonoTime)) {
        let outputs = self.desks[d].login.at(self.now).input(handle);
        self.heed_desk(d, outputs);
    }

    pub(super) fn command_desk(&mut self, d: usize, act: impl Fn(&mut Login, MonoTime)) {
        let outputs = self.desks[d].login.at(self.now).command(act);
        self.heed_desk(d, outputs);
    }

    pub(super) fn give_key(&mut self, d: usize) {
        if std::mem::take(&mut self.desks[d].wants_key) {
            let id = self.truth.new_key(d);
            self.tell_desk(d, |login, now| {
                login.handle(now, login::Input::Key(Ok(Box::new(FakeKey::new(id)))));
            });
        }
    }

    pub(super) fn connect(&mut self, d: usize, fails: bool) {
        if !std::mem::take(&mut self.desks[d].is_connecting) {
            return;
        }
        if fails || self.lines.len() >= MOST_LINES {
            let error = || TransportError::new(TransportErrorKind::Connect);
            return self.tell_desk(d, |login, now| {
                login.handle(now, login::Input::ConnectFailed(error()));
            });
        }
        let line = self.open_line(Some(d));
        let desk = &mut self.desks[d];
        desk.line = Some(line);
        desk.is_meddled_with = false;
        self.tell_desk(d, |login, now| login.handle(now, login::Input::Connected));
    }

    pub(super) fn open_line(&mut self, desk: Option<usize>) -> usize {
        let number = self.lines.len();
        let line = Line::new(self.now, &self.gateway, number, desk, self.check_canary);
        self.lines.push(line);
        let outputs = self.lines[number].gate.command(|_, _| {});
        self.heed_line(number, outputs);
        number
    }

    /// The message at `at`, if there is one, reaches the gateway.
    pub(super) fn carry_up(&mut self, line: usize, at: usize) {
        if let Some(wire) = self.lines[line].up.remove(at) {
            self.gateway_hears(line, &wire);
        }
    }

    pub(super) fn gateway_hears(&mut self, line: usize, wire: &Wire) {
        let it = &mut self.lines[line];
        if let Wire::Text(text) = wire {
            it.heard.clone_from(text);
        }
        let outputs = it.gate.at(self.now).input(|gate, now| gate.hear(now, wire));
        self.heed_line(line, outputs);
    }

    /// The message at `at`, if there is one, reaches the desktop.
    pub(super) fn carry_down(&mut self, d: usize, at: usize) {
        let Some(line) = self.desks[d].line else {
            return;
        };
        if let Some(wire) = self.lines[line].down.remove(at) {
            self.desks[d].is_meddled_with |= at > 0;
            self.desk_hears(d, &wire);
        }
    }

    pub(super) fn desk_hears(&mut self, d: usize, wire: &Wire) {
        match wire {
            Wire::Text(text) => self.tell_desk(d, |login, now| {
                login.handle(now, login::Input::text(text));
            }),
            Wire::Close(code) => {
                self.desks[d].line = None;
                self.tell_desk(d, |login, now| {
                    login.handle(now, login::Input::closed(Some(*code)));
                });
            }
            Wire::Lost => {
                self.desks[d].line = None;
                self.tell_desk(d, |login, now| login.handle(now, login::Input::lost()));
            }
        }
    }

    /// Does what the gateway wants done on a line.
    pub(super) fn heed_line(&mut self, line: usize, outputs: Vec<gateway::Output>) {
        for output in outputs {
            match output {
                gateway::Output::Send(text) => {
                    let text = text.into_string();
                    self.overhear(&text);
                    self.lines[line].down.push_back(Wire::Text(text));
                }
                gateway::Output::Close(code) => self.lines[line].down.push_back(Wire::Close(code)),
                gateway::Output::Event(gateway::Event::Ready(code)) => {
                    self.truth.code_is_ready(code, &self.lines[line].heard);
                    self.host.is_ready(code, line);
                }
                gateway::Output::End(_) => self.host.is_over(line),
                _ => {}
            }
        }
    }

    pub(super) fn scan(&mut self, p: usize, account: Account, code: Fingerprint) {
        self.lives += 1;
        let phone = Phone::new(self.now, self.lives, account, code, self.check_canary);
        if let Some(before) = self.phones[p].replace(phone) {
            before.session.compare();
        }
        self.tell_phone(p, |_, _| {});
    }

    pub(super) fn tell_phone(&mut self, p: usize, handle: impl Fn(&mut mobile::Session, MonoTime)) {
        if let Some(phone) = &mut self.phones[p] {
            let outputs = phone.session.at(self.now).input(handle);
            self.heed_phone(p, outputs);
        }
    }

    pub(super) fn decide(&mut self, p: usize, deed: u8) {
        if let Some(phone) = &mut self.phones[p] {
            let outputs = phone.decide(self.now, deed, &mut self.truth);
            self.heed_phone(p, outputs);
        }
    }

    fn heed_phone(&mut self, p: usize, outputs: Vec<mobile::Output>) {
        for output in outputs {
            if let (mobile::Output::Call(call), Some(phone)) = (output, &self.phones[p]) {
                phone.calls(call.request.uri().path());
                self.call(Caller::Phone(p, phone.life), call);
            }
        }
    }

    pub(super) fn call(&mut self, caller: Caller, call: HttpCall) {
        self.calls.push_back((caller, call.id, call.request));
    }

    /// The host answers a call; a copy of the call may stay on its way.
    pub(super) fn answer(&mut self, at: usize, twice: bool) {
        let Some((caller, id, request)) = self.calls.remove(at) else {
            return;
        };
        let response = self.serve(&request);
        self.replies.push_back((caller, id, response));
        if twice {
            self.calls.push_back((caller, id, request));
        }
    }

    /// A reply reaches whom it is for, or gets lost on the way.
    pub(super) fn reply(&mut self, at: usize, lost: bool) {
        let Some((caller, id, response)) = self.replies.remove(at) else {
            return;
        };
        let reply = || match lost {
            true => Err(TransportError::new(TransportErrorKind::Lost)),
            false => Ok(response.clone()),
        };
        match caller {
            Caller::Desk(d, life) if self.desks[d].life == life => {
                self.tell_desk(d, |login, now| {
                    login.handle(now, login::Input::Reply(id, reply()));
                })
            }
            Caller::Phone(p, life) if self.phones[p].as_ref().is_some_and(|it| it.life == life) => {
                self.tell_phone(p, |phone, now| {
                    phone.handle(now, mobile::Input::Reply(id, reply()));
                });
            }
            _ => {} // asked for in another life
        }
    }

    /// Somebody ends a desktop's program and begins it anew.
    pub(super) fn restart_desk(&mut self, d: usize) {
        self.lives += 1;
        let fresh = Desk::new(
            login(self.now, self.settings, self.check_canary),
            self.lives,
        );
        let before = std::mem::replace(&mut self.desks[d], fresh);
        if let Some(line) = before.line {
            self.lines[line].up.push_back(Wire::Lost);
        }
        before.login.compare();
        self.command_desk(d, |_, _| {});
    }

    /// The gateway goes down in order, and comes back without its memory.
    pub(super) fn restart_gateway(&mut self) {
        for line in 0..self.lines.len() {
            let gate = self.lines[line].gate.at(self.now);
            let outputs = gate.command(|gate, now| {
                gate.session.shut_down(now, CloseCode::GOING_AWAY);
            });
            self.heed_line(line, outputs);
        }
        self.host.forget();
    }

    pub(super) fn pass(&mut self, wait: Duration) {
        self.now = self.now.saturating_add(wait);
    }

    /// To the next deadline of anybody.
    pub(super) fn pass_to_deadline(&mut self) {
        let desks = self.desks.iter().map(|desk| desk.login.deadline());
        let phones = self.phones.iter().flatten();
        let phones = phones.map(|phone| phone.session.deadline());
        let lines = self.lines.iter().map(|line| line.gate.deadline());
        if let Some(next) = desks.chain(phones).chain(lines).flatten().min() {
            self.now = self.now.max(next);
        }
    }

    /// Everybody looks at the clock.
    pub(super) fn tick(&mut self) {
        for index in 0..2 {
            self.tell_desk(index, |login, now| login.handle(now, login::Input::Tick));
            self.tell_phone(index, |phone, now| phone.handle(now, mobile::Input::Tick));
        }
        for line in 0..self.lines.len() {
            let gate = self.lines[line].gate.at(self.now);
            let outputs = gate.input(crate::twins::Machine::tick);
            self.heed_line(line, outputs);
        }
    }

    /// A phone's clock runs backwards.
    pub(super) fn phone_ticks_back(&mut self, p: usize, by: Duration) {
        if let Some(phone) = &mut self.phones[p] {
            let outputs = phone.session.at(self.now).tick_back(by);
            self.heed_phone(p, outputs);
        }
    }

    /// Whether nothing is under way.
    pub(super) fn is_quiet(&self) -> bool {
        let desks = self.desks.iter().all(|desk| {
            let line = desk.line.map(|line| &self.lines[line]);
            let wires = line.map_or(0, |line| line.up.len() + line.down.len());
            !desk.wants_key && !desk.is_connecting && wires == 0
        });
        desks && self.calls.is_empty() && self.replies.is_empty()
    }

    pub(super) fn overhear(&mut self, text: &str) {
        if self.overheard.len() == MOST_OVERHEARD {
            self.overheard.pop_front();
        }
        self.overheard.push_back(text.to_owned());
    }

    /// The last sealed nonce that the gateway has sent on a line.
    pub(super) fn challenge(&self, line: usize) -> Option<String> {
        let mut texts = self.lines[line].down.iter().rev();
        texts.find_map(|wire| match wire {
            Wire::Text(text) => match GatewayFrame::decode(text) {
                Ok(GatewayFrame::NonceProof { encrypted_nonce }) => {
                    Some(encrypted_nonce.into_owned())
                }
                _ => None,
            },
            _ => None,
        })
    }
}

fn login(now: MonoTime, settings: u8, check_canary: bool) -> Twins<Login> {
    let make = |now| {
        let (config, jitter) = desk::config(settings);
        Login::new(config, jitter, now)
    };
    Twins::new(now, make, check_canary)
}
