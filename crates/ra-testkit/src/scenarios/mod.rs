//! Scenarios as data: the actions of the gateway, its REST side and the two persons, and the events the persons must
//! see. Every adapter must show the same events; [`crate::parity`] runs them through one.

mod list;
mod person;

use std::time::Duration;

use ra_core::desktop::login::{self, ProofPolicy, Renewal};
use ra_core::{gateway, mobile};
use ra_proto::Token;

use crate::service::{Canned, Fault, Refusal, Service};

pub use list::all;
pub use person::{Act, Answer, DesktopPerson, PhonePerson, Says};

/// One login, and one approval if the phone scans.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Subject of the scenario.
    pub name: &'static str,
    /// The desktop and its person.
    pub desktop: Desktop,
    /// The gateway's sockets.
    pub gateway: Gateway,
    /// The REST side.
    pub rest: Rest,
    /// The phone and its owner.
    pub phone: Phone,
    /// Expected log of the desktop's person, with the end of the login.
    pub log: &'static [&'static str],
    /// Expected log of the phone's owner; empty if the phone never scans.
    pub phone_log: &'static [&'static str],
}

/// Options of the desktop. A scenario changes only the limits it is about, so that a slow machine does not change its
/// end.
#[derive(Clone, Copy, Debug)]
pub struct Desktop {
    /// See [`login::Config::proof`].
    pub proof: ProofPolicy,
    /// Most renewals.
    pub renewals: u32,
    /// See [`login::Config::failures_before_qr`].
    pub failures_before_qr: u32,
    /// See [`login::Config::answer_within`]; milliseconds, `None` for the default.
    pub answer_within: Option<u64>,
    /// See [`login::Config::call_within`].
    pub call_within: Option<u64>,
    /// See [`login::Config::captcha_within`].
    pub captcha_within: Option<u64>,
    /// Rules for the person's actions: the first rule whose text begins the log line applies.
    pub acts: &'static [(&'static str, Act)],
}

/// Behaviour of the gateway's sockets.
#[derive(Clone, Copy, Debug)]
pub struct Gateway {
    /// Dialects it accepts.
    pub accept: gateway::Accept,
    /// Lifetimes of the sessions on the first sockets, in milliseconds; 120 s after those.
    pub timeouts: &'static [u64],
    /// Heartbeat interval, in milliseconds.
    pub heartbeat_interval: u64,
    /// Refusals of the first attempts to connect.
    pub refusals: &'static [Refusal],
    /// Faults of the frames.
    pub faults: &'static [Fault],
}

/// Behaviour of the REST side.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// The answer to the captcha that stands before the token.
    pub captcha: Option<&'static str>,
    /// The code of the phone's second factor.
    pub mfa: Option<&'static str>,
    /// Replies to the first ticket exchanges.
    pub canned: &'static [Canned],
}

/// The phone and its owner.
#[derive(Clone, Copy, Debug)]
pub struct Phone {
    /// Number of the QR that is scanned, from 0.
    pub scans: Option<u32>,
    /// Decision of the owner.
    pub says: Says,
    /// Answers of the owner to the second factor, in order; then a refusal.
    pub codes: &'static [&'static str],
    /// The phone's `Authorization` header.
    pub authorization: &'static str,
    /// See [`mobile::Config::decide_within`]; milliseconds.
    pub decide_within: u64,
}

impl Scenario {
    /// The other side.
    #[must_use]
    pub fn service(&self, seed: u64) -> Service {
        let mut service = Service::new(seed);
        service.gateway.accept = self.gateway.accept;
        service.gateway.heartbeat_interval = Duration::from_millis(self.gateway.heartbeat_interval);
        let timeouts = self.gateway.timeouts.iter();
        service.timeouts = timeouts.copied().map(Duration::from_millis).collect();
        service.refusals = self.gateway.refusals.iter().copied().collect();
        service.faults = self.gateway.faults.to_vec();
        service.host.captcha = self.rest.captcha.map(String::from);
        service.host.accounts[0].mfa = self.rest.mfa.map(String::from);
        service.host.misbehave = self.rest.canned.iter().copied().collect();
        service
    }

    /// Returns the desktop's configuration, with the service at this address.
    ///
    /// # Panics
    ///
    /// If the address is not one of this machine.
    #[must_use]
    pub fn login(&self, address: &str) -> login::Config {
        let mut config = login::Config::default();
        let wants = &self.desktop;
        config.gateway = format!("ws://{address}/").parse().expect("an address");
        config.api = api(address);
        config.proof = wants.proof;
        config.renewal = Renewal::Limit(wants.renewals);
        config.failures_before_qr = wants.failures_before_qr;
        let limits = [
            (wants.answer_within, &mut config.answer_within),
            (wants.call_within, &mut config.call_within),
            (wants.captcha_within, &mut config.captcha_within),
        ];
        for (wanted, limit) in limits {
            *limit = wanted.map_or(*limit, Duration::from_millis);
        }
        config
    }

    /// Returns the phone's configuration.
    #[must_use]
    pub fn approval(&self, address: &str) -> mobile::Config {
        let authorization = Token::new(self.phone.authorization);
        let mut config = mobile::Config::new(api(address), authorization);
        config.decide_within = Duration::from_millis(self.phone.decide_within);
        config
    }

    /// Returns the differences between the two logs and the expected ones as text; `None` if there are none.
    #[must_use]
    pub fn diff(&self, log: &[String], phone_log: &[String]) -> Option<String> {
        let sides = [
            ("desktop", self.log, log),
            ("phone", self.phone_log, phone_log),
        ];
        let mut text = format!("{}:\n", self.name);
        let mut differs = false;
        for (side, expected, got) in sides {
            for line in 0..expected.len().max(got.len()) {
                let (expected, got) = (expected.get(line), got.get(line).map(String::as_str));
                if expected.copied() != got {
                    differs = true;
                    let (expected, got) = (expected.unwrap_or(&"(end)"), got.unwrap_or("(end)"));
                    text += &format!(
                        "  {side} {line}: expected {expected}\n  {side} {line}:      got {got}\n"
                    );
                } else if let Some(got) = got {
                    text += &format!("  {side} {line}: {got}\n");
                }
            }
        }
        differs.then_some(text)
    }
}

fn api(address: &str) -> ra_http::BaseUrl {
    format!("http://{address}/api/v9")
        .parse()
        .expect("an address")
}
