//! A whole world on a virtual clock: a desktop logs in through a gateway while a phone's owner
//! decides. No sockets, no sleeping, no randomness but the seed's.
//!
//! After every input the world checks the machines' contract: the deadline lies ahead, the end
//! comes once and last.

mod host;
mod network;
mod run;

use std::sync::Arc;

use ra_core::desktop::{Login, login};
use ra_core::{Jitter, MonoTime, gateway, mobile};

use crate::{FakeKey, SeededEntropy};

pub use host::{Canned, Host};
pub use network::Network;

use network::Agenda;
use run::Arrival;

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
}

/// A gateway that lies: gets each text for the desktop, answers what is sent instead.
pub type Liar = Box<dyn FnMut(String, &mut SeededEntropy) -> Vec<String>>;

/// The world. Set what should be otherwise, then [`World::run`].
pub struct World {
    /// How the desktop logs in.
    pub login: login::Config,
    /// How the gateway treats sockets.
    pub gateway: gateway::Config,
    /// The REST side.
    pub host: Host,
    /// The network.
    pub network: Network,
    /// The phone's owner.
    pub person: Person,
    /// What the person at the desktop answers to a captcha; `None` gives up.
    pub captcha_answer: Option<String>,
    /// What the phone's owner answers to the second factor, one after the other.
    pub mfa_answers: Vec<String>,
    /// How long a key takes to make, milliseconds.
    pub key_takes: u64,
    /// The gateway accepts connections and says nothing.
    pub silent: bool,
    /// Changes what the gateway sends.
    pub liar: Option<Liar>,
    seed: u64,
}

/// What happened.
#[derive(Debug)]
pub struct Report {
    /// What the desktop's person saw and how it ended, one line each, without times.
    pub log: Vec<String>,
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
        Self {
            login,
            gateway: gateway::Config::default(),
            host: Host::default(),
            network: Network::default(),
            person: Person::Approves(2_000),
            captcha_answer: None,
            mfa_answers: Vec::new(),
            key_takes: 60,
            silent: false,
            liar: None,
            seed,
        }
    }

    /// Runs until the desktop's login ends, for at most `limit` milliseconds of the world's time.
    ///
    /// # Panics
    ///
    /// If a machine breaks its contract.
    #[must_use]
    pub fn run(self, limit: u64) -> Report {
        let mut rng = SeededEntropy::new(self.seed);
        let desktop = Login::new(
            self.login.clone(),
            Jitter::from_seed(rng.next_u64()),
            MonoTime::ZERO,
        );
        run::Run {
            gateway_config: Arc::new(self.gateway.clone()),
            world: self,
            rng,
            now: 0,
            agenda: Agenda::<Arrival>::new(),
            desktop,
            line: None,
            phone: None,
            qrs: 0,
            ended: false,
            next_key: 1,
            fifo: [0; 2],
            report: Report {
                log: Vec::new(),
                end: None,
                phone: None,
                took: 0,
                connections: 0,
                keys: 0,
                gateway_ends: Vec::new(),
                desktop_sent: Vec::new(),
            },
        }
        .until(limit)
    }
}

/// The fake key number `id`, as the world hands it out.
#[must_use]
pub fn key(id: u64) -> FakeKey {
    FakeKey::new(id)
}
