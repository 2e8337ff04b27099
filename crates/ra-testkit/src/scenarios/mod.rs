//! Scenarios as data: what the gateway, its REST side and the two persons do, and what the persons are to see. Every
//! adapter has to show the same; [`crate::parity`] runs them through one.

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
    /// What it is about.
    pub name: &'static str,
    /// How the desktop logs in, and its person.
    pub desktop: Desktop,
    /// The gateway's sockets.
    pub gateway: Gateway,
    /// The REST side.
    pub rest: Rest,
    /// The phone and its owner.
    pub phone: Phone,
    /// What the desktop's person sees and how it ends.
    pub log: &'static [&'static str],
    /// The same of the phone's owner; empty if the phone never scans.
    pub phone_log: &'static [&'static str],
}

/// How the desktop logs in. Limits that a scenario is not about are those of every login, so that a slow machine does
/// not change how it ends.
#[derive(Clone, Copy, Debug)]
pub struct Desktop {
    /// See [`login::Config::proof`].
    pub proof: ProofPolicy,
    /// How many renewals there may be.
    pub renewals: u32,
    /// See [`login::Config::failures_before_qr`].
    pub failures_before_qr: u32,
    /// See [`login::Config::answer_within`]; milliseconds, `None` for the default.
    pub answer_within: Option<u64>,
    /// See [`login::Config::call_within`].
    pub call_within: Option<u64>,
    /// See [`login::Config::captcha_within`].
    pub captcha_within: Option<u64>,
    /// What the person does about what the log shows: the first rule whose text begins the line counts.
    pub acts: &'static [(&'static str, Act)],
}

/// How the gateway treats sockets.
#[derive(Clone, Copy, Debug)]
pub struct Gateway {
    /// Which dialects it takes.
    pub accept: gateway::Accept,
    /// How long the sessions on the first sockets live, milliseconds; 120 s after those.
    pub timeouts: &'static [u64],
    /// How often it wants heartbeats, milliseconds.
    pub heartbeat_interval: u64,
    /// What the first attempts to connect meet.
    pub refusals: &'static [Refusal],
    /// What goes wrong.
    pub faults: &'static [Fault],
}

/// What the REST side wants.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// The answer to the captcha that stands before the token.
    pub captcha: Option<&'static str>,
    /// The code of the phone's second factor.
    pub mfa: Option<&'static str>,
    /// What the first ticket exchanges get.
    pub canned: &'static [Canned],
}

/// The phone and its owner.
#[derive(Clone, Copy, Debug)]
pub struct Phone {
    /// Which QR is scanned, from 0.
    pub scans: Option<u32>,
    /// What the owner says.
    pub says: Says,
    /// What the owner answers to the second factor, one after the other; then no.
    pub codes: &'static [&'static str],
    /// What the phone sends in `Authorization`.
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

    /// What the desktop is told, with the service at this address.
    ///
    /// # Panics
    ///
    /// If that is no address of this machine.
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

    /// What the phone is told.
    #[must_use]
    pub fn approval(&self, address: &str) -> mobile::Config {
        let authorization = Token::new(self.phone.authorization);
        let mut config = mobile::Config::new(api(address), authorization);
        config.decide_within = Duration::from_millis(self.phone.decide_within);
        config
    }

    /// How the two logs differ from what is right, to be read by people; `None` if they do not.
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
