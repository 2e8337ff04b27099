//! The crowd: desktops, their gateway sessions, and the people who scan.

use std::sync::Arc;
use std::time::Duration;

use ra_core::desktop::session as desktop;
use ra_core::{Jitter, MonoTime, gateway};
use ra_crypto::Backend;
use ra_proto::{Fingerprint, Ticket, User};
use ra_testkit::{Fake, FakeKey, SeededEntropy};

use crate::timeline::{Alarm, Due, Timeline};

/// All desktops connect, one after the other, within this time.
const ARRIVALS: Duration = Duration::from_secs(60);
/// Time from the opening of a session to the scan, if there is one.
const SCANNED: Duration = Duration::from_secs(430);
const DECIDED: Duration = Duration::from_secs(435);
/// Lifetime of a session.
const LIFETIME: Duration = Duration::from_secs(600);
/// Every tenth code is scanned.
const SCAN_EVERY: u32 = 10;

/// Ends of the phases: all sessions open; all wait and send heartbeats; some are scanned and decided, the rest expire.
pub(crate) const PHASES: [(&str, MonoTime); 3] = [
    ("opening", MonoTime::from_millis(60_000)),
    ("waiting", MonoTime::from_millis(420_000)),
    ("ending", MonoTime::from_millis(660_001)),
];

/// Counts of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Inputs and commands that machines took.
    pub(crate) events: u64,
    pub(crate) heartbeats: u64,
    pub(crate) acknowledged: u64,
    pub(crate) approved: u64,
    pub(crate) declined: u64,
    pub(crate) expired: u64,
}

/// Both ends of one socket.
struct Pair {
    desktop: desktop::Session,
    gateway: gateway::Session,
    desktop_alarm: Alarm,
    gateway_alarm: Alarm,
    /// Fingerprint of the code on the screen.
    code: Option<Fingerprint>,
}

pub(crate) struct Crowd {
    sessions: u32,
    config: Arc<gateway::Config>,
    backend: Arc<dyn Backend>,
    entropy: SeededEntropy,
    timeline: Timeline,
    pairs: Vec<Pair>,
    counted: Counted,
}

/// Description of a session that failed.
pub(crate) type Lost = String;

impl Crowd {
    pub(crate) fn new(sessions: u32) -> Self {
        let mut config = gateway::Config::default();
        config.timeout = LIFETIME;
        let mut timeline = Timeline::new(PHASES[2].1, sessions as usize * 5);
        for number in 0..sessions {
            let part = f64::from(number) / f64::from(sessions);
            let opens = MonoTime::ZERO.saturating_add(ARRIVALS.mul_f64(part));
            timeline.add(opens, Due::Open(number));
            if verdict_of(number).is_some() {
                timeline.add(opens.saturating_add(SCANNED), Due::Scan(number));
                timeline.add(opens.saturating_add(DECIDED), Due::Decide(number));
            }
        }
        Self {
            sessions,
            config: Arc::new(config),
            backend: Arc::new(Fake),
            entropy: SeededEntropy::new(1),
            timeline,
            pairs: Vec::with_capacity(sessions as usize),
            counted: Counted::default(),
        }
    }

    pub(crate) fn counted(&self) -> Counted {
        self.counted
    }

    /// Handles all events up to `until`, in order.
    pub(crate) fn run(&mut self, until: MonoTime) -> Result<(), Lost> {
        while let Some((now, due)) = self.timeline.next(until) {
            match due {
                Due::Open(number) => self.open(number, now)?,
                Due::Scan(number) => self.scan(number, now)?,
                Due::Decide(number) => self.decide(number, now)?,
                Due::Desktop(number) => self.wake_desktop(number, now)?,
                Due::Gateway(number) => self.wake_gateway(number, now)?,
            }
        }
        Ok(())
    }

    /// Fails unless every desktop shows its code and every heartbeat was answered.
    pub(crate) fn check_waiting(&self) -> Result<(), Lost> {
        for (number, pair) in self.pairs.iter().enumerate() {
            let phases = (pair.desktop.phase(), pair.gateway.phase());
            if phases != (desktop::Phase::AwaitScan, gateway::Phase::AwaitScan) {
                return Err(format!("session {number} is in {phases:?}"));
            }
            if pair.code.is_none() || pair.code != pair.gateway.fingerprint() {
                return Err(format!("session {number} shows another code"));
            }
        }
        let Counted {
            heartbeats,
            acknowledged,
            ..
        } = self.counted;
        if self.pairs.len() != self.sessions as usize || heartbeats != acknowledged {
            return Err(format!(
                "{} sessions, {acknowledged} of {heartbeats} heartbeats answered",
                self.pairs.len()
            ));
        }
        Ok(())
    }

    /// Fails unless every session ended as decided.
    pub(crate) fn check_ended(&self) -> Result<(), Lost> {
        let verdicts = |yes| {
            let of_this_kind = (0..self.sessions).filter(|number| verdict_of(*number) == Some(yes));
            of_this_kind.count() as u64
        };
        let expected = (verdicts(true), verdicts(false), u64::from(self.sessions));
        let Counted {
            approved,
            declined,
            expired,
            ..
        } = self.counted;
        if (approved, declined, approved + declined + expired) != expected {
            return Err(format!(
                "{approved} approved, {declined} declined, {expired} expired"
            ));
        }
        Ok(())
    }

    fn open(&mut self, number: u32, now: MonoTime) -> Result<(), Lost> {
        let key = Box::new(FakeKey::new(number.into()));
        let (config, backend) = (Arc::clone(&self.config), Arc::clone(&self.backend));
        let jitter = Jitter::from_seed(number.into());
        self.pairs.push(Pair {
            desktop: desktop::Session::new(desktop::Config::default(), key, jitter, now),
            gateway: gateway::Session::new(config, backend, now),
            desktop_alarm: Alarm::default(),
            gateway_alarm: Alarm::default(),
            code: None,
        });
        self.carry(number, now)
    }

    fn wake_desktop(&mut self, number: u32, now: MonoTime) -> Result<(), Lost> {
        let pair = &mut self.pairs[number as usize];
        if !pair.desktop_alarm.take(now) {
            return Ok(());
        }
        if pair
            .desktop
            .deadline()
            .is_some_and(|deadline| deadline.at <= now)
        {
            self.counted.events += 1;
            pair.desktop.handle(now, desktop::Input::Tick);
        }
        self.carry(number, now)
    }

    fn wake_gateway(&mut self, number: u32, now: MonoTime) -> Result<(), Lost> {
        let pair = &mut self.pairs[number as usize];
        if !pair.gateway_alarm.take(now) {
            return Ok(());
        }
        if pair
            .gateway
            .deadline()
            .is_some_and(|deadline| deadline.at <= now)
        {
            self.counted.events += 1;
            pair.gateway
                .handle(now, gateway::Input::Tick, &mut self.entropy);
        }
        self.carry(number, now)
    }

    fn scan(&mut self, number: u32, now: MonoTime) -> Result<(), Lost> {
        let pair = &mut self.pairs[number as usize];
        let user = person(number)?;
        self.counted.events += 1;
        pair.gateway
            .attach(now, &user, &mut self.entropy)
            .map_err(|why| format!("session {number} cannot be scanned: {why}"))?;
        self.carry(number, now)
    }

    fn decide(&mut self, number: u32, now: MonoTime) -> Result<(), Lost> {
        let gateway = &mut self.pairs[number as usize].gateway;
        self.counted.events += 1;
        match verdict_of(number) {
            Some(true) => gateway.approve(now, &ticket(number)),
            _ => gateway.decline(now),
        }
        .map_err(|why| format!("session {number} takes no verdict: {why}"))?;
        self.carry(number, now)
    }

    /// Carries the outputs of both ends to the other until there are none, and sets their alarms.
    fn carry(&mut self, number: u32, now: MonoTime) -> Result<(), Lost> {
        let pair = &mut self.pairs[number as usize];
        let counted = &mut self.counted;
        loop {
            if let Some(output) = pair.gateway.poll_output() {
                match output {
                    gateway::Output::Send(text) => {
                        counted.events += 1;
                        counted.acknowledged +=
                            u64::from(text.expose() == r#"{"op":"heartbeat_ack"}"#);
                        pair.desktop
                            .handle(now, desktop::Input::Text(text.expose()));
                    }
                    gateway::Output::Close(code) => {
                        counted.events += 1;
                        pair.desktop.handle(now, desktop::Input::Closed(Some(code)));
                    }
                    _ => {}
                }
            } else if let Some(output) = pair.desktop.poll_output() {
                match output {
                    desktop::Output::Send(text) => {
                        counted.events += 1;
                        counted.heartbeats += u64::from(text.expose() == r#"{"op":"heartbeat"}"#);
                        let input = gateway::Input::Text(text.expose());
                        pair.gateway.handle(now, input, &mut self.entropy);
                    }
                    desktop::Output::Close(code) => {
                        counted.events += 1;
                        let input = gateway::Input::Closed(Some(code));
                        pair.gateway.handle(now, input, &mut self.entropy);
                    }
                    desktop::Output::Event(desktop::Event::Qr { url, .. }) => {
                        pair.code = Some(url.fingerprint());
                    }
                    desktop::Output::End(end) => counted.end(number, end)?,
                    _ => {}
                }
            } else {
                break;
            }
        }
        let at = |deadline: ra_core::Deadline| deadline.at;
        let desktop = pair.desktop.deadline().map(at);
        pair.desktop_alarm
            .set(desktop, Due::Desktop(number), &mut self.timeline);
        let gateway = pair.gateway.deadline().map(at);
        pair.gateway_alarm
            .set(gateway, Due::Gateway(number), &mut self.timeline);
        Ok(())
    }
}

impl Counted {
    /// Counts a desktop's end. It has to be the one that was decided, with its own ticket, or expiry.
    fn end(
        &mut self,
        number: u32,
        end: Result<desktop::Outcome, desktop::SessionError>,
    ) -> Result<(), Lost> {
        match (end, verdict_of(number)) {
            (
                Ok(desktop::Outcome::Approved {
                    ticket: given,
                    user,
                }),
                Some(true),
            ) if given.expose() == ticket(number).expose() && user == person(number)? => {
                self.approved += 1;
            }
            (Ok(desktop::Outcome::Declined), Some(false)) => self.declined += 1,
            (Err(desktop::SessionError::Expired), None) => self.expired += 1,
            (end, _) => return Err(format!("session {number} ended with {end:?}")),
        }
        Ok(())
    }
}

/// Returns the decision on a session: approved, declined, or `None` if nobody scans it.
fn verdict_of(number: u32) -> Option<bool> {
    number
        .is_multiple_of(SCAN_EVERY)
        .then_some(number.is_multiple_of(2 * SCAN_EVERY))
}

fn person(number: u32) -> Result<User, Lost> {
    User::new(u64::from(number) + 1, 0, None, format!("person{number}"))
        .map_err(|why| why.to_string())
}

fn ticket(number: u32) -> Ticket {
    Ticket::new(format!("ticket-{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ra_proto::CloseCode;

    #[test]
    fn every_session_waits_and_ends() {
        let mut crowd = Crowd::new(40);
        crowd.run(PHASES[1].1).unwrap();
        crowd.check_waiting().unwrap();
        assert!(crowd.check_ended().is_err());
        assert!(crowd.counted().heartbeats >= 40 * 8);
        crowd.run(PHASES[2].1).unwrap();
        crowd.check_ended().unwrap();
        assert!(crowd.check_waiting().is_err());
        let Counted {
            approved,
            declined,
            expired,
            ..
        } = crowd.counted();
        assert_eq!((approved, declined, expired), (2, 2, 36));
    }

    #[test]
    fn a_session_that_is_lost_is_noticed() {
        let mut crowd = Crowd::new(40);
        crowd.run(PHASES[0].1).unwrap();
        let gateway = &mut crowd.pairs[7].gateway;
        gateway.shut_down(PHASES[0].1, CloseCode::GOING_AWAY);
        let lost = crowd.run(PHASES[1].1).unwrap_err();
        assert!(lost.starts_with("session 7 ended with"), "{lost}");
    }
}
