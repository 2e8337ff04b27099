//! A whole world on a virtual clock: a desktop logs in through a gateway while a phone's owner
//! decides. No sockets, no sleeping, no randomness but the seed's.
//!
//! After every input the world checks the machines' contract: the deadline lies ahead, the end
//! comes once and last.

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

/// What the phone's owner does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// Scans the first QR after so many milliseconds, and approves after as many again.
    Approves(u64),
    /// The same, but says no.
    Declines(u64),
    /// Scans the QR number so many (from 0) only, and approves.
    ApprovesQr(u32),
    /// Looks the other way.
    Ignores,
    /// Scans that QR at once if any, and says that.
    Says(Option<u32>, Says),
}

impl Person {
    /// Which QR is scanned, how many milliseconds everything takes, and what is said in the end.
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

/// The world. Set what should be otherwise, then [`World::run`].
pub struct World {
    /// How the desktop logs in.
    pub login: login::Config,
    /// How the phone talks.
    pub phone: mobile::Config,
    /// The gateway and its REST side.
    pub service: Service,
    /// The network.
    pub network: Network,
    /// The phone's owner.
    pub person: Person,
    /// What the person at the desktop does about what the log shows.
    pub acts: Vec<(&'static str, Act)>,
    /// What the phone's owner answers to the second factor, one after the other.
    pub mfa_answers: Vec<String>,
    /// How long a key takes to make, milliseconds.
    pub key_takes: u64,
    seed: u64,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Report {
    /// What the desktop's person saw and how it ended, one line each, without times.
    pub log: Vec<String>,
    /// The same of the phone's owner.
    pub phone_log: Vec<String>,
    /// The end, if it came within the limit.
    pub end: Option<Result<login::Outcome, login::LoginError>>,
    /// How the phone's part ended, if it did.
    pub phone: Option<Result<mobile::Outcome, mobile::MobileError>>,
    /// Milliseconds from start to end.
    pub took: u64,
    /// How many connections were opened.
    pub connections: u32,
    /// How many keys were made.
    pub keys: u32,
    /// How each of the gateway's sessions ended.
    pub gateway_ends: Vec<Result<gateway::Outcome, gateway::SessionError>>,
    /// Every text that the desktop sent, in order.
    pub desktop_sent: Vec<String>,
}

impl World {
    /// A world where all goes well, from this seed.
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

    /// The world of a scenario. Persons decide at once.
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

/// The fake key number `id`, as the world hands it out.
#[must_use]
pub fn key(id: u64) -> FakeKey {
    FakeKey::new(id)
}
