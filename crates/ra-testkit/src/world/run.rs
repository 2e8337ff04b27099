//! One run of the world: carries what the machines put out to where it belongs, when it is due.

use std::sync::Arc;

use http::Response;
use ra_core::desktop::{Login, login, session};
use ra_core::{CallId, HttpCall, MonoTime, gateway, mobile};
use ra_http::{Body, CaptchaSolution, TransportError, TransportErrorKind};
use ra_proto::rest::MfaMethod;
use ra_proto::{CloseCode, Fingerprint, MfaAnswerText, ScanUrl, Token};

use super::host::{Known, Wish};
use super::network::{Agenda, Fate};
use super::{Person, Report, World};
use crate::{Fake, FakeKey, SeededEntropy};

/// Something on its way. Socket items name the connection, so that what belongs to a dead one is dropped.
pub(super) enum Arrival {
    Key,
    Connected,
    ConnectFailed,
    ToDesktop(u32, Wire),
    ToGateway(u32, Wire),
    DesktopReply(CallId, Response<Body>),
    PhoneReply(CallId, Response<Body>),
    Scan(Fingerprint),
    Decide(Decision),
}

#[derive(Clone)]
pub(super) enum Wire {
    Text(String),
    Close(CloseCode),
    Lost,
}

pub(super) enum Decision {
    Approve,
    Decline,
    Mfa(String),
}

/// The connection as it is now: the desktop's end may be gone before the gateway's.
pub(super) struct Line {
    id: u32,
    desktop_open: bool,
    gateway: Option<gateway::Session>,
}

pub(super) struct Run {
    pub(super) world: World,
    pub(super) gateway_config: Arc<gateway::Config>,
    pub(super) rng: SeededEntropy,
    pub(super) now: u64,
    pub(super) agenda: Agenda<Arrival>,
    pub(super) desktop: Login,
    pub(super) line: Option<Line>,
    pub(super) phone: Option<mobile::Session>,
    pub(super) qrs: u32,
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
            let Some(at) = self.next_at().filter(|at| *at <= limit && !self.ended) else {
                break;
            };
            self.now = self.now.max(at);
            match self.agenda.take_due(self.now) {
                Some(arrival) => self.arrive(arrival),
                None => self.tick(),
            }
            self.drain_desktop();
        }
        self.drain_phone();
        self.report.took = self.now;
        self.report
    }

    fn mono(&self) -> MonoTime {
        MonoTime::from_millis(self.now)
    }

    fn next_at(&self) -> Option<u64> {
        let gateway = self
            .line
            .as_ref()
            .and_then(|l| l.gateway.as_ref())
            .and_then(gateway::Session::deadline);
        let phone = self.phone.as_ref().and_then(mobile::Session::deadline);
        [self.desktop.deadline(), gateway, phone]
            .into_iter()
            .flatten()
            .map(|d| d.at.as_millis())
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
        self.with_gateway(|gateway, entropy| gateway.handle(now, gateway::Input::Tick, entropy));
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
            Arrival::ConnectFailed => {
                let error = TransportError::new(TransportErrorKind::Connect);
                self.tell_desktop(login::Input::ConnectFailed(error));
            }
            Arrival::Connected => self.connected(),
            Arrival::ToDesktop(id, wire) => {
                let Some(line) = self.line.as_mut().filter(|l| l.id == id && l.desktop_open) else {
                    return;
                };
                let input = match &wire {
                    Wire::Text(text) => session::Input::Text(text),
                    Wire::Close(code) => session::Input::Closed(Some(*code)),
                    Wire::Lost => session::Input::Lost,
                };
                line.desktop_open = matches!(wire, Wire::Text(_));
                self.tell_desktop(login::Input::Socket(input));
            }
            Arrival::ToGateway(id, wire) => {
                if self.line.as_ref().is_some_and(|l| l.id == id) {
                    self.with_gateway(|gateway, entropy| {
                        let input = match &wire {
                            Wire::Text(text) => gateway::Input::Text(text),
                            Wire::Close(code) => gateway::Input::Closed(Some(*code)),
                            Wire::Lost => gateway::Input::Lost,
                        };
                        gateway.handle(now, input, entropy);
                    });
                }
            }
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
                let authorization = Token::new(self.world.host.authorization.clone());
                let config = mobile::Config::new(self.world.login.api.clone(), authorization);
                self.phone = Some(mobile::Session::new(config, fingerprint, now));
                self.drain_phone();
            }
            Arrival::Decide(decision) => {
                if let Some(phone) = &mut self.phone {
                    // too late is not the world's fault
                    let _ = match decision {
                        Decision::Approve => phone.approve(now),
                        Decision::Decline => phone.decline(now),
                        Decision::Mfa(code) => phone.answer_mfa(
                            now,
                            mobile::MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new(code)),
                        ),
                    };
                }
                self.drain_phone();
            }
        }
    }

    fn connected(&mut self) {
        let id = self.report.connections;
        self.fifo = [self.now; 2];
        let gateway = (!self.world.silent).then(|| {
            gateway::Session::new(self.gateway_config.clone(), Arc::new(Fake), self.mono())
        });
        self.line = Some(Line {
            id,
            desktop_open: true,
            gateway,
        });
        self.tell_desktop(login::Input::Connected);
        self.with_gateway(|_, _| {});
    }

    /// Sends over the network, in the direction desktop (0) or gateway (1).
    fn send(&mut self, id: u32, to: usize, wire: &Wire) {
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

    fn with_gateway(&mut self, act: impl FnOnce(&mut gateway::Session, &mut SeededEntropy)) {
        let Some(line) = &mut self.line else { return };
        let id = line.id;
        let Some(session) = &mut line.gateway else {
            return;
        };
        act(session, &mut self.rng);
        let mut sent = Vec::new();
        let mut end = None;
        while let Some(output) = session.poll_output() {
            assert!(end.is_none(), "an output after the end: {output:?}");
            match output {
                gateway::Output::Send(text) => sent.push(Wire::Text(text.into_string())),
                gateway::Output::Close(code) => sent.push(Wire::Close(code)),
                gateway::Output::End(how) => end = Some(how),
                _ => {}
            }
        }
        if let Some(how) = end {
            line.gateway = None;
            self.report.gateway_ends.push(how);
        }
        for wire in sent {
            match (wire, &mut self.world.liar) {
                (Wire::Text(text), Some(liar)) => {
                    for text in liar(text, &mut self.rng) {
                        self.send(id, 0, &Wire::Text(text));
                    }
                }
                (wire, _) => self.send(id, 0, &wire),
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
                        Arrival::ConnectFailed
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
                    if let Some(line) = self.line.as_mut().filter(|l| l.desktop_open) {
                        line.desktop_open = false;
                        let id = line.id;
                        self.send(id, 1, &Wire::Close(code));
                    }
                }
                login::Output::Call(call) => {
                    let response = self.call(&call);
                    let delay = self.world.network.delay(&mut self.rng);
                    self.agenda
                        .add(self.now + delay, Arrival::DesktopReply(call.id, response));
                }
                login::Output::Event(event) => self.show(event),
                login::Output::End(end) => {
                    self.ended = true;
                    self.report.log.push(match &end {
                        Ok(login::Outcome::LoggedIn { token, user }) => {
                            format!("logged in as {} with {}", user.username, token.expose())
                        }
                        Ok(outcome) => format!("{outcome:?}").to_lowercase(),
                        Err(error) => format!("failed: {}: {error}", error.kind().as_str()),
                    });
                    self.report.end = Some(end);
                }
                other => panic!("an output that the world does not know: {other:?}"),
            }
        }
    }

    /// What the person at the desktop sees, and what the phone's owner makes of it.
    fn show(&mut self, event: login::Event) {
        match event {
            login::Event::Qr { url, .. } => {
                self.report.log.push("qr".into());
                let scans = match self.world.person {
                    Person::Approves(after) | Person::Declines(after) => {
                        (self.qrs == 0).then_some(after)
                    }
                    Person::ApprovesQr(number) => (self.qrs == number).then_some(1_000),
                    Person::Ignores => None,
                };
                self.qrs += 1;
                if let Some(after) = scans {
                    // through the text, as a camera would
                    let scanned: ScanUrl =
                        url.as_str().parse().expect("a scan URL that phones take");
                    self.agenda
                        .add(self.now + after, Arrival::Scan(scanned.fingerprint()));
                }
            }
            login::Event::User(user) => self.report.log.push(format!("user {}", user.username)),
            login::Event::Captcha(challenge) => {
                self.report.log.push(format!(
                    "captcha {}",
                    challenge.service.as_deref().unwrap_or("?")
                ));
                let now = self.mono();
                let answered = match &self.world.captcha_answer {
                    Some(answer) => self
                        .desktop
                        .solve_captcha(now, CaptchaSolution::new(answer.clone())),
                    None => self.desktop.give_up_captcha(now),
                };
                assert_eq!(answered, Ok(()));
            }
            login::Event::Renewing { reason, .. } => self
                .report
                .log
                .push(format!("renewing: {}", reason.as_str())),
            login::Event::UnknownOp(op) => self.report.log.push(format!("unknown op {op}")),
            other => panic!("an event that the world does not know: {other:?}"),
        }
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
                mobile::Output::Event(mobile::Event::Confirm { .. }) => {
                    let (after, decision) = match self.world.person {
                        Person::Declines(after) => (after, Decision::Decline),
                        Person::Approves(after) => (after, Decision::Approve),
                        Person::ApprovesQr(_) => (1_000, Decision::Approve),
                        Person::Ignores => return,
                    };
                    self.agenda.add(self.now + after, Arrival::Decide(decision));
                }
                mobile::Output::Event(_) => {
                    let decision = match self.world.mfa_answers.is_empty() {
                        true => Decision::Decline,
                        false => Decision::Mfa(self.world.mfa_answers.remove(0)),
                    };
                    self.agenda.add(self.now + 500, Arrival::Decide(decision));
                }
                mobile::Output::End(end) => self.report.phone = Some(end),
                other => panic!("an output that the world does not know: {other:?}"),
            }
        }
    }

    fn call(&mut self, call: &HttpCall) -> Response<Body> {
        let session = self.line.as_ref().and_then(|l| l.gateway.as_ref());
        let known = Known {
            fingerprint: session.and_then(gateway::Session::fingerprint),
            public_key: session.and_then(gateway::Session::public_key),
        };
        let (response, wish) = self.world.host.answer(&call.request, &known);
        let (now, user) = (self.mono(), self.world.host.user.clone());
        self.with_gateway(|gateway, entropy| {
            // a session that has just ended takes no more wishes
            let _ = match &wish {
                Wish::Attach => gateway.attach(now, &user, entropy),
                Wish::Approve(ticket) => gateway.approve(now, ticket),
                Wish::Decline => gateway.decline(now),
                Wish::Nothing => Ok(()),
            };
        });
        response
    }
}
