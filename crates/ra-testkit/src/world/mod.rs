//! A whole world on a virtual clock: a desktop logs in through a gateway, and a phone's owner decides. It uses no
//! socket, no sleep, and only the seed's randomness.
//!
//! Every input checks the machines' contract; see [`crate::differential`].

mod network;
mod parties;
mod run;

use ra_core::desktop::{Login, login};
use ra_core::{Jitter, MonoTime, gateway, mobile};
use ra_proto::Token;

use crate::scenarios::{Act, DesktopPerson, PhonePerson, Says, Scenario};
use crate::service::Service;
use crate::{FakeKey, SeededEntropy};

pub use network::Network;
pub use parties::{Caller, Desktop, Effect, Parties, Phone};

use network::Agenda;

/// Behaviour of the phone's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// Scans the first QR after so many milliseconds, and approves after as many more.
    Approves(u64),
    /// Scans in the same way, and declines.
    Declines(u64),
    /// Scans only the QR with this number, from 0, and approves.
    ApprovesQr(u32),
    /// Scans nothing.
    Ignores,
    /// Scans the QR with this number at once, if there is one, and gives this answer.
    Says(Option<u32>, Says),
}

impl Person {
    /// Returns the QR to scan, the milliseconds each action takes, and the answer.
    const fn does(&self) -> (Option<u32>, u64, Says) {
        match *self {
            Self::Approves(after) => (Some(0), after, Says::Yes),
            Self::Declines(after) => (Some(0), after, Says::No),
            Self::ApprovesQr(qr) => (Some(qr), 1_000, Says::Yes),
            Self::Ignores => (None, 0, Says::Nothing),
            Self::Says(qr, says) => (qr, 0, says),
        }
    }
}

/// A world where all goes well. Change its fields, then call [`World::run`].
pub struct World {
    /// Configuration of the desktop's login.
    pub login: login::Config,
    /// Configuration of the phone.
    pub phone: mobile::Config,
    /// The gateway and its REST side.
    pub service: Service,
    /// The network.
    pub network: Network,
    /// The phone's owner.
    pub person: Person,
    /// Actions of the person at the desktop, by the beginning of the log line that causes them.
    pub acts: Vec<(&'static str, Act)>,
    /// The owner's answers to the second factor, in order.
    pub mfa_answers: Vec<String>,
    /// Milliseconds to make a key.
    pub key_takes: u64,
    seed: u64,
}

/// Result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// Log of the person at the desktop: events and the end, without times.
    pub log: Vec<String>,
    /// Log of the phone's owner.
    pub phone_log: Vec<String>,
    /// End of the login, if it came within the limit.
    pub end: Option<Result<login::Outcome, login::LoginError>>,
    /// End of the phone's approval, if it came.
    pub phone: Option<Result<mobile::Outcome, mobile::MobileError>>,
    /// Milliseconds from start to end.
    pub took: u64,
    /// Number of connections.
    pub connections: u32,
    /// Number of keys.
    pub keys: u32,
    /// Ends of the gateway's sessions.
    pub gateway_ends: Vec<Result<gateway::Outcome, gateway::SessionError>>,
    /// Every text that the desktop sent, in order.
    pub desktop_sent: Vec<String>,
}

impl World {
    /// Makes a world where all goes well.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut login = login::Config::default();
        login.gateway = "ws://127.0.0.1:1/".parse().expect("a loopback address");
        login.api = "http://127.0.0.1:1/api/v9"
            .parse()
            .expect("a loopback address");
        let phone = mobile::Config::new(login.api.clone(), Token::new("phone-token"));
        Self {
            login,
            phone,
            service: Service::new(seed),
            network: Network::default(),
            person: Person::Approves(2_000),
            acts: vec![("captcha", Act::GiveUp)],
            mfa_answers: Vec::new(),
            key_takes: 60,
            seed,
        }
    }

    /// Makes the world of a scenario. Persons decide at once.
    #[must_use]
    pub fn of(scenario: &Scenario, seed: u64) -> Self {
        const NOWHERE: &str = "127.0.0.1:1";
        let codes = scenario.phone.codes.iter();
        Self {
            login: scenario.login(NOWHERE),
            phone: scenario.approval(NOWHERE),
            service: scenario.service(seed),
            person: Person::Says(scenario.phone.scans, scenario.phone.says),
            acts: scenario.desktop.acts.to_vec(),
            mfa_answers: codes.map(|code| (*code).into()).collect(),
            ..Self::new(seed)
        }
    }

    /// Runs until the desktop's login and the phone's part end, for at most `limit` milliseconds of the world's time.
    ///
    /// # Panics
    ///
    /// If a machine breaks its contract.
    #[must_use]
    pub fn run(self, limit: u64) -> Report {
        let mut rng = SeededEntropy::new(self.seed);
        let jitter = rng.next_u64();
        let (scans, pace, says) = self.person.does();
        let mut parties = Parties::new(MonoTime::ZERO, self.service, 1);
        parties.start_desktop(0, |now| {
            Login::new(self.login.clone(), Jitter::from_seed(jitter), now)
        });
        run::Run {
            parties,
            phone: self.phone,
            network: self.network,
            key_takes: self.key_takes,
            person: DesktopPerson::new(self.acts, scans),
            owner: PhonePerson::new(says, self.mfa_answers),
            pace,
            rng,
            agenda: Agenda::new(),
            fifo: (0, [0; 2]),
            report: Report::default(),
        }
        .until(limit)
    }
}

/// Returns the fake key with this id.
#[must_use]
pub fn key(id: u64) -> FakeKey {
    FakeKey::new(id)
}
