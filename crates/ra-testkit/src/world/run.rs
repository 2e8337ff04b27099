//! One run of the world: every effect of the machines happens when it is due.

use http::Response;
use ra_core::desktop::login;
use ra_core::{CallId, MonoTime};
use ra_http::{Body, CaptchaSolution, TransportErrorKind};
use ra_proto::Fingerprint;

use super::network::{Agenda, Fate};
use super::parties::{Caller, Effect, Parties};
use super::{Network, Report};
use crate::SeededEntropy;
use crate::scenarios::{Act, Answer, DesktopPerson, PhonePerson};
use crate::service::{LineId, Wire};

/// Something on its way.
pub(super) enum Arrival {
    Key,
    Connect { fails: bool },
    ToDesktop(LineId, Wire),
    ToGateway(LineId, Wire),
    Reply(Caller, CallId, Response<Body>),
    Scan(Fingerprint),
    Decide(Answer),
}

pub(super) struct Run {
    pub(super) parties: Parties,
    pub(super) phone: ra_core::mobile::Config,
    pub(super) network: Network,
    pub(super) key_takes: u64,
    pub(super) person: DesktopPerson,
    pub(super) owner: PhonePerson,
    /// Milliseconds that each action of the phone's owner takes.
    pub(super) pace: u64,
    pub(super) rng: SeededEntropy,
    pub(super) agenda: Agenda<Arrival>,
    /// When the last message of each socket and direction arrives: TCP keeps order.
    pub(super) fifo: (LineId, [u64; 2]),
    pub(super) report: Report,
}

const STEPS_MOST: u32 = 100_000;

impl Run {
    pub(super) fn until(mut self, limit: u64) -> Report {
        self.settle();
        for _ in 0..STEPS_MOST {
            let deadline = self.parties.deadline().map(MonoTime::as_millis);
            let next = deadline.into_iter().chain(self.agenda.next_at()).min();
            let Some(at) = next.filter(|at| *at <= limit && !self.is_over()) else {
                break;
            };
            self.parties.now = self.parties.now.max(MonoTime::from_millis(at));
            match self.agenda.take_due(self.now()) {
                Some(arrival) => self.arrive(arrival),
                None => self.parties.tick(),
            }
            self.settle();
        }
        if self.report.end.is_none() {
            self.report.took = self.now();
        }
        self.report.gateway_ends = std::mem::take(&mut self.parties.service.ends);
        self.report.log = self.person.log;
        self.report.phone_log = self.owner.log;
        self.report
    }

    fn now(&self) -> u64 {
        self.parties.now.as_millis()
    }

    /// Returns whether neither side has anything left to do.
    fn is_over(&self) -> bool {
        let phone_is_done = self.parties.phone(0).is_none() || self.report.phone.is_some();
        self.report.end.is_some() && phone_is_done
    }

    fn later(&mut self, delay: u64, arrival: Arrival) {
        self.agenda.add(self.now() + delay, arrival);
    }

    fn arrive(&mut self, arrival: Arrival) {
        let parties = &mut self.parties;
        match arrival {
            Arrival::Key => {
                self.report.keys += 1;
                parties.give_key(0, self.report.keys.into());
            }
            Arrival::Connect { fails: true } => {
                parties.fail_connect(0, || TransportErrorKind::Connect);
            }
            Arrival::Connect { fails: false } => parties.connect(0),
            Arrival::ToDesktop(line, wire) => parties.to_desktop(line, &wire),
            Arrival::ToGateway(line, wire) => parties.to_gateway(line, &wire),
            Arrival::Reply(caller, id, response) => parties.reply(caller, id, Some(&response)),
            Arrival::Scan(code) => parties.scan(0, &self.phone, code),
            // a decision may come too late
            Arrival::Decide(decision) => parties.command_phone(0, |phone, now| {
                let _ = match &decision {
                    Answer::Approve => phone.approve(now),
                    Answer::Decline => phone.decline(now),
                    Answer::Mfa(answer) => phone.answer_mfa(now, answer.clone()),
                    Answer::Abandon => phone.abandon(now),
                    Answer::Wait => Ok(()),
                };
            }),
        }
    }

    /// Puts all effects on the agenda.
    fn settle(&mut self) {
        while let Some(effect) = self.parties.next_effect() {
            match effect {
                Effect::NeedKey(_) => self.later(self.key_takes, Arrival::Key),
                Effect::Connect(_) => {
                    self.report.connections += 1;
                    let fails = self.network.refuse_connects > 0;
                    self.network.refuse_connects -= u32::from(fails);
                    let delay = self.network.delay(&mut self.rng);
                    self.later(delay, Arrival::Connect { fails });
                }
                Effect::ToGateway(_, line, wire) => {
                    if let Wire::Text(text) = &wire {
                        self.report.desktop_sent.push(text.clone());
                    }
                    self.send(line, 1, wire);
                }
                Effect::ToDesktop(line, wire) => self.send(line, 0, wire),
                Effect::Call(caller, id, request) => {
                    let response = self.parties.answer(&request);
                    let delay = self.network.delay(&mut self.rng);
                    self.later(delay, Arrival::Reply(caller, id, response));
                }
                Effect::DesktopEvent(_, event) => self.show(&event),
                Effect::DesktopEnd(_, end) => {
                    self.report.took = self.now();
                    self.person.ended(&end);
                    self.report.end = Some(end);
                }
                Effect::PhoneEvent(_, event) => {
                    let answer = self.owner.sees(&event);
                    self.later(self.pace, Arrival::Decide(answer));
                }
                Effect::PhoneEnd(_, end) => {
                    self.owner.ended(&end);
                    self.report.phone = Some(end);
                }
            }
        }
    }

    /// Sends over the network, in the direction desktop (0) or gateway (1).
    fn send(&mut self, line: LineId, to: usize, wire: Wire) {
        let now = self.now();
        if line > self.fifo.0 {
            self.fifo = (line, [now; 2]);
        }
        match self.network.fate(&mut self.rng) {
            Fate::Cut { delay } => {
                self.later(delay, Arrival::ToDesktop(line, Wire::Lost));
                self.later(delay, Arrival::ToGateway(line, Wire::Lost));
            }
            Fate::Arrive { delays } => {
                for (delay, overtakes) in delays {
                    let earliest = if overtakes { 0 } else { self.fifo.1[to] };
                    let at = (now + delay).max(earliest);
                    self.fifo.1[to] = self.fifo.1[to].max(at);
                    self.agenda.add(
                        at,
                        match to {
                            0 => Arrival::ToDesktop(line, wire.clone()),
                            _ => Arrival::ToGateway(line, wire.clone()),
                        },
                    );
                }
            }
        }
    }

    /// Shows an event to the person at the desktop, and does what the two persons do about it.
    fn show(&mut self, event: &login::Event) {
        let act = self.person.sees(event);
        if let Some(code) = self.person.take_scan() {
            self.later(self.pace, Arrival::Scan(code));
        }
        self.parties.command_desktop(0, |login, now| {
            let done = match act {
                Act::Watch => Ok(()),
                Act::Cancel => login.cancel(now),
                Act::Solve(answer) => login.solve_captcha(now, CaptchaSolution::new(answer)),
                Act::GiveUp => login.give_up_captcha(now),
            };
            assert_eq!(done, Ok(()));
        });
    }
}
