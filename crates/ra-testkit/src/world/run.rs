//! One run of the world: carries what the machines put out to where it belongs, when it is due.

use std::time::Duration;

use http::Response;
use ra_core::desktop::{Login, login, session};
use ra_core::{CallId, HttpCall, MonoTime, mobile};
use ra_http::{Body, CaptchaSolution, TransportError, TransportErrorKind};
use ra_proto::Fingerprint;

use super::network::{Agenda, Fate};
use super::{Report, World};
use crate::scenarios::{Act, Answer, DesktopPerson, PhonePerson};
use crate::service::{LineId, Refusal, Wire};
use crate::{FakeKey, SeededEntropy};

/// Something on its way. Socket items name the connection, so that what belongs to a dead one is dropped.
pub(super) enum Arrival {
    Key,
    Connected,
    ConnectFailed(TransportErrorKind),
    ToDesktop(LineId, Wire),
    ToGateway(LineId, Wire),
    DesktopReply(CallId, Response<Body>),
    PhoneReply(CallId, Response<Body>),
    Scan(Fingerprint),
    Decide(Answer),
}

/// The desktop's end of the connection as it is now.
pub(super) struct Line {
    id: LineId,
    open: bool,
}

pub(super) struct Run {
    pub(super) world: World,
    pub(super) person: DesktopPerson,
    pub(super) owner: PhonePerson,
    /// How many milliseconds the phone's owner takes for everything.
    pub(super) pace: u64,
    pub(super) rng: SeededEntropy,
    pub(super) now: u64,
    pub(super) agenda: Agenda<Arrival>,
    pub(super) desktop: Login,
    pub(super) line: Option<Line>,
    pub(super) phone: Option<mobile::Session>,
    pub(super) ended: bool,
    pub(super) next_key: u64,
    /// When the last message of each direction arrives: TCP keeps order.
    pub(super) fifo: [u64; 2],
    pub(super) report: Report,
}

const STEPS_MOST: u32 = 100_000;

impl Run {
    pub(super) fn until(mut self, limit: u64) -> Report {
        self.drain_desktop();
        for _ in 0..STEPS_MOST {
            let Some(at) = self.next_at().filter(|at| *at <= limit && !self.is_over()) else {
                break;
            };
            self.now = self.now.max(at);
            match self.agenda.take_due(self.now) {
                Some(arrival) => self.arrive(arrival),
                None => self.tick(),
            }
            self.carry();
            self.drain_desktop();
        }
        self.drain_phone();
        if !self.ended {
            self.report.took = self.now;
        }
        self.report.gateway_ends = self.world.service.ends;
        self.report.log = self.person.log;
        self.report.phone_log = self.owner.log;
        self.report
    }

    /// Whether neither side has anything left to do.
    fn is_over(&self) -> bool {
        self.ended && (self.phone.is_none() || self.report.phone.is_some())
    }

    fn mono(&self) -> MonoTime {
        MonoTime::from_millis(self.now)
    }

    fn next_at(&self) -> Option<u64> {
        let phone = self.phone.as_ref().and_then(mobile::Session::deadline);
        [self.desktop.deadline(), phone]
            .into_iter()
            .flatten()
            .map(|deadline| deadline.at)
            .chain(self.world.service.deadline())
            .map(MonoTime::as_millis)
            .chain(self.agenda.next_at())
            .min()
    }

    fn tick(&mut self) {
        let now = self.mono();
        self.tell_desktop(login::Input::Tick);
        if let Some(phone) = &mut self.phone {
            phone.handle(now, mobile::Input::Tick);
        }
        self.drain_phone();
        self.world.service.tick(now);
    }

    fn tell_desktop(&mut self, input: login::Input<'_>) {
        let now = self.mono();
        self.desktop.handle(now, input);
        if let Some(deadline) = self.desktop.deadline() {
            assert!(
                deadline.at > now,
                "a deadline that does not lie ahead: {deadline:?} at {now:?}"
            );
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let now = self.mono();
        match arrival {
            Arrival::Key => {
                self.report.keys += 1;
                let key = FakeKey::new(self.next_key);
                self.next_key += 1;
                self.tell_desktop(login::Input::Key(Ok(Box::new(key))));
            }
            Arrival::ConnectFailed(kind) => {
                self.tell_desktop(login::Input::ConnectFailed(TransportError::new(kind)));
            }
            Arrival::Connected => self.connected(),
            Arrival::ToDesktop(id, wire) => {
                let Some(line) = self.line.as_mut().filter(|l| l.id == id && l.open) else {
                    return;
                };
                let input = match &wire {
                    Wire::Text(text) | Wire::Pieces(text) => session::Input::Text(text),
                    Wire::Binary => session::Input::Binary,
                    Wire::Close(code) => session::Input::Closed(*code),
                    Wire::Lost => session::Input::Lost,
                };
                line.open = !matches!(wire, Wire::Close(_) | Wire::Lost);
                self.tell_desktop(login::Input::Socket(input));
            }
            Arrival::ToGateway(id, wire) => self.world.service.hear(now, id, &wire),
            Arrival::DesktopReply(id, response) => {
                self.tell_desktop(login::Input::Reply(id, Ok(response)))
            }
            Arrival::PhoneReply(id, response) => {
                if let Some(phone) = &mut self.phone {
                    phone.handle(now, mobile::Input::Reply(id, Ok(response)));
                }
                self.drain_phone();
            }
            Arrival::Scan(fingerprint) => {
                let config = self.world.phone.clone();
                self.phone = Some(mobile::Session::new(config, fingerprint, now));
                self.drain_phone();
            }
            Arrival::Decide(decision) => {
                if let Some(phone) = &mut self.phone {
                    // too late is not the world's fault
                    let _ = match decision {
                        Answer::Approve => phone.approve(now),
                        Answer::Decline => phone.decline(now),
                        Answer::Mfa(answer) => phone.answer_mfa(now, answer),
                        Answer::Abandon => phone.abandon(now),
                        Answer::Wait => Ok(()),
                    };
                }
                self.drain_phone();
            }
        }
    }

    fn connected(&mut self) {
        let now = self.mono();
        match self.world.service.connect(now) {
            Ok(id) => {
                self.fifo = [self.now; 2];
                self.line = Some(Line { id, open: true });
                self.tell_desktop(login::Input::Connected);
            }
            Err(refusal) => {
                let kind = match refusal {
                    Refusal::HangsUp => TransportErrorKind::Lost,
                    Refusal::Status(status) => TransportErrorKind::upgrade(status, None),
                    Refusal::Later(status) => {
                        TransportErrorKind::upgrade(status, Some(Duration::from_secs(1)))
                    }
                };
                self.tell_desktop(login::Input::ConnectFailed(TransportError::new(kind)));
            }
        }
    }

    /// Puts on the network what the gateway has to say.
    fn carry(&mut self) {
        while let Some((id, wire)) = self.world.service.poll() {
            self.send(id, 0, &wire);
        }
    }

    /// Sends over the network, in the direction desktop (0) or gateway (1).
    fn send(&mut self, id: LineId, to: usize, wire: &Wire) {
        let make = |wire| {
            if to == 0 {
                Arrival::ToDesktop(id, wire)
            } else {
                Arrival::ToGateway(id, wire)
            }
        };
        match self.world.network.fate(&mut self.rng) {
            Fate::Cut { delay } => {
                self.agenda
                    .add(self.now + delay, Arrival::ToDesktop(id, Wire::Lost));
                self.agenda
                    .add(self.now + delay, Arrival::ToGateway(id, Wire::Lost));
            }
            Fate::Arrive { delays } => {
                for (delay, overtakes) in delays {
                    let at = if overtakes {
                        self.now + delay
                    } else {
                        (self.now + delay).max(self.fifo[to])
                    };
                    self.fifo[to] = self.fifo[to].max(at);
                    self.agenda.add(at, make(wire.clone()));
                }
            }
        }
    }

    fn drain_desktop(&mut self) {
        while let Some(output) = self.desktop.poll_output() {
            assert!(!self.ended, "an output after the end: {output:?}");
            match output {
                login::Output::NeedKey => self
                    .agenda
                    .add(self.now + self.world.key_takes, Arrival::Key),
                login::Output::Connect(_) => {
                    self.report.connections += 1;
                    let refused = self.world.network.refuse_connects > 0;
                    self.world.network.refuse_connects -= u32::from(refused);
                    let arrival = if refused {
                        Arrival::ConnectFailed(TransportErrorKind::Connect)
                    } else {
                        Arrival::Connected
                    };
                    let delay = self.world.network.delay(&mut self.rng);
                    self.agenda.add(self.now + delay, arrival);
                }
                login::Output::Send(text) => {
                    self.report.desktop_sent.push(text.expose().to_owned());
                    if let Some(line) = &self.line {
                        self.send(line.id, 1, &Wire::Text(text.into_string()));
                    }
                }
                login::Output::Disconnect(code) => {
                    if let Some(line) = self.line.as_mut().filter(|l| l.open) {
                        line.open = false;
                        let id = line.id;
                        self.send(id, 1, &Wire::Close(Some(code)));
                    }
                }
                login::Output::Call(call) => {
                    let response = self.call(&call);
                    let delay = self.world.network.delay(&mut self.rng);
                    self.agenda
                        .add(self.now + delay, Arrival::DesktopReply(call.id, response));
                }
                login::Output::Event(event) => self.show(&event),
                login::Output::End(end) => {
                    self.ended = true;
                    self.report.took = self.now;
                    self.person.ended(&end);
                    self.report.end = Some(end);
                }
                other => panic!("an output that the world does not know: {other:?}"),
            }
        }
    }

    /// What the person at the desktop sees, and what the phone's owner makes of it.
    fn show(&mut self, event: &login::Event) {
        let act = self.person.sees(event);
        if let Some(fingerprint) = self.person.take_scan() {
            let at = self.now + self.pace;
            self.agenda.add(at, Arrival::Scan(fingerprint));
        }
        let now = self.mono();
        let done = match act {
            Act::Watch => Ok(()),
            Act::Cancel => self.desktop.cancel(now),
            Act::Solve(answer) => {
                let solution = CaptchaSolution::new(answer);
                self.desktop.solve_captcha(now, solution)
            }
            Act::GiveUp => self.desktop.give_up_captcha(now),
        };
        assert_eq!(done, Ok(()));
    }

    fn drain_phone(&mut self) {
        while let Some(output) = self.phone.as_mut().and_then(mobile::Session::poll_output) {
            match output {
                mobile::Output::Call(call) => {
                    let response = self.call(&call);
                    let delay = self.world.network.delay(&mut self.rng);
                    self.agenda
                        .add(self.now + delay, Arrival::PhoneReply(call.id, response));
                }
                mobile::Output::Event(event) => {
                    let at = self.now + self.pace;
                    let answer = self.owner.sees(&event);
                    self.agenda.add(at, Arrival::Decide(answer));
                }
                mobile::Output::End(end) => {
                    self.owner.ended(&end);
                    self.report.phone = Some(end);
                }
                other => panic!("an output that the world does not know: {other:?}"),
            }
        }
    }

    fn call(&mut self, call: &HttpCall) -> Response<Body> {
        let now = self.mono();
        let response = self.world.service.answer(now, &call.request);
        self.carry();
        response
    }
}
