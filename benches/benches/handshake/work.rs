//! The work of the bench `handshake`: both machines, and rivals that handle the same frames.

use std::sync::Arc;
use std::time::Duration;

use ra_core::desktop::session as desktop;
use ra_core::{Jitter, MonoTime, gateway};
use ra_crypto::{Backend, SessionKey};
use ra_proto::{Ticket, User, base64};
use ra_testkit::{Fake, FakeKey, SeededEntropy};

use super::derived;

pub const START: MonoTime = MonoTime::from_millis(0);
pub const HEARTBEAT: &str = r#"{"op":"heartbeat"}"#;
pub const HEARTBEAT_ACK: &str = r#"{"op":"heartbeat_ack"}"#;

/// Returns a fake key, which costs no more than copying.
pub fn fake_key() -> Box<dyn SessionKey> {
    Box::new(FakeKey::new(1))
}

/// State that all logins share.
pub struct Scene {
    config: Arc<gateway::Config>,
    backend: Arc<dyn Backend>,
    user: User,
    ticket: Ticket,
}

/// The two ends of one socket.
pub struct Pair {
    pub desktop: desktop::Session,
    pub gateway: gateway::Session,
    entropy: SeededEntropy,
    approved: bool,
}

/// A frame on its way.
pub enum Sent<'a> {
    ByGateway(&'a str),
    ByDesktop(&'a str),
}

impl Scene {
    pub fn new(backend: impl Backend + 'static) -> Self {
        Self {
            config: Arc::default(),
            backend: Arc::new(backend),
            user: User::parse(b"80351110224678912:1337:0:name").unwrap(),
            ticket: Ticket::new("x".repeat(80)),
        }
    }

    pub fn fake() -> Self {
        Self::new(Fake)
    }

    pub fn pair(&self, key: Box<dyn SessionKey>) -> Pair {
        let (config, backend) = (Arc::clone(&self.config), Arc::clone(&self.backend));
        let desktop = desktop::Config::default();
        Pair {
            desktop: desktop::Session::new(desktop, key, Jitter::from_seed(1), START),
            gateway: gateway::Session::new(config, backend, START),
            entropy: SeededEntropy::new(1),
            approved: false,
        }
    }

    /// Runs a whole login. Returns whether the desktop ends with the ticket.
    pub fn play(&self, key: Box<dyn SessionKey>) -> bool {
        self.play_before(key, |_| {})
    }

    /// Runs a whole login, and shows each frame to `hear`.
    pub fn play_before(&self, key: Box<dyn SessionKey>, mut hear: impl FnMut(Sent<'_>)) -> bool {
        let mut pair = self.pair(key);
        pair.talk(&mut hear);
        let (gateway, entropy) = (&mut pair.gateway, &mut pair.entropy);
        gateway.attach(START, &self.user, entropy).unwrap();
        gateway.approve(START, &self.ticket).unwrap();
        pair.talk(&mut hear);
        pair.approved
    }

    /// Returns a gateway session after its hello.
    pub fn greeted(&self) -> gateway::Session {
        let (config, backend) = (Arc::clone(&self.config), Arc::clone(&self.backend));
        let mut session = gateway::Session::new(config, backend, START);
        while session.poll_output().is_some() {}
        session
    }

    /// A pair whose code is shown, with nothing left to say.
    pub fn waiting(&self, key: Box<dyn SessionKey>) -> Pair {
        let mut pair = self.pair(key);
        pair.talk(&mut |_| {});
        assert_eq!(pair.gateway.phase(), gateway::Phase::AwaitScan);
        pair
    }

    /// The same for as many heartbeats as a desktop takes part in: nine hundred.
    pub fn long_lived(&self, key: Box<dyn SessionKey>) -> Pair {
        let mut config = gateway::Config::default();
        config.timeout = Duration::from_secs(15 * 60);
        config.heartbeat_interval = Duration::from_secs(1);
        let (config, backend) = (Arc::new(config), Arc::clone(&self.backend));
        let mut pair = self.pair(key);
        pair.gateway = gateway::Session::new(config, backend, START);
        pair.talk(&mut |_| {});
        pair
    }
}

impl Pair {
    /// Carries what both have to say until neither has anything.
    fn talk(&mut self, hear: &mut impl FnMut(Sent<'_>)) {
        while let Some(output) = self.gateway.poll_output() {
            if let gateway::Output::Send(text) = output {
                hear(Sent::ByGateway(text.expose()));
                let input = desktop::Input::Text(text.expose());
                self.desktop.handle(START, input);
                self.answer(hear);
            }
        }
    }

    fn answer(&mut self, hear: &mut impl FnMut(Sent<'_>)) {
        while let Some(output) = self.desktop.poll_output() {
            match output {
                desktop::Output::Send(text) => {
                    hear(Sent::ByDesktop(text.expose()));
                    self.gateway_hears(text.expose());
                }
                desktop::Output::End(end) => {
                    self.approved = matches!(end, Ok(desktop::Outcome::Approved { .. }));
                }
                _ => {}
            }
        }
    }

    pub fn gateway_hears(&mut self, text: &str) {
        let input = gateway::Input::Text(text);
        self.gateway.handle(START, input, &mut self.entropy);
    }

    /// The gateway's step of a heartbeat: frame in, answer out.
    pub fn gateway_heartbeat(&mut self) -> usize {
        self.gateway_hears(HEARTBEAT);
        match self.gateway.poll_output() {
            Some(gateway::Output::Send(text)) => text.expose().len(),
            _ => 0,
        }
    }

    /// The desktop's step when a heartbeat is due: how many bytes it sends. `None` once the session is over.
    pub fn desktop_heartbeat(&mut self) -> Option<usize> {
        let due = self.desktop.deadline()?.at;
        self.desktop.handle(due, desktop::Input::Tick);
        match self.desktop.poll_output() {
            Some(desktop::Output::Send(text)) => Some(text.expose().len()),
            _ => None,
        }
    }

    pub fn desktop_heartbeat_ack(&mut self) {
        let input = desktop::Input::Text(HEARTBEAT_ACK);
        self.desktop.handle(START, input); // an earlier time counts as the latest
    }
}

/// The gateway's step of a handshake: frame in, answer out. How many bytes the answer has.
pub fn gateway_answers(session: &mut gateway::Session, text: &str) -> usize {
    let input = gateway::Input::Text(text);
    session.handle(START, input, &mut SeededEntropy::new(1));
    let mut length = 0;
    while let Some(output) = session.poll_output() {
        if let gateway::Output::Send(text) = output {
            length += text.expose().len();
        }
    }
    assert!(length > 0);
    length
}

/// What a desktop with the fake key sends to a gateway whose entropy is that of [`gateway_answers`], and the nonce of
/// it.
pub struct Texts {
    pub init: String,
    pub proof: String,
    pub nonce: Vec<u8>,
}

impl Texts {
    pub fn of_a_login() -> Self {
        let (mut texts, mut nonce) = (Vec::new(), Vec::new());
        Scene::fake().play_before(fake_key(), |sent| match sent {
            Sent::ByDesktop(text) => texts.push(text.to_owned()),
            Sent::ByGateway(text) => {
                if let Ok(derived::Gateway::NonceProof { encrypted_nonce }) =
                    serde_json::from_str(text)
                {
                    let sealed = base64::decode(&encrypted_nonce).unwrap();
                    nonce = fake_key().open(&sealed).unwrap().expose().to_vec();
                }
            }
        });
        let [init, proof] = texts.try_into().unwrap();
        Self { init, proof, nonce }
    }
}

/// The frames of a login, as values of the derived enums and as texts: no machine, no key, no clock.
pub struct Frames {
    gateway: Vec<(derived::Gateway, String)>,
    desktop: Vec<(derived::Desktop, String)>,
}

impl Frames {
    pub fn of_a_login() -> Self {
        let (mut gateway, mut desktop) = (Vec::new(), Vec::new());
        let approved = Scene::fake().play_before(fake_key(), |sent| match sent {
            Sent::ByGateway(text) => {
                gateway.push((serde_json::from_str(text).unwrap(), text.to_owned()));
            }
            Sent::ByDesktop(text) => {
                desktop.push((serde_json::from_str(text).unwrap(), text.to_owned()));
            }
        });
        assert!(approved);
        assert_eq!((gateway.len(), desktop.len()), (5, 2));
        Self { gateway, desktop }
    }

    /// Each is written once and read once.
    pub fn write_and_read(&self) -> usize {
        let mut length = 0;
        for (frame, text) in &self.gateway {
            length += serde_json::to_string(frame).unwrap().len();
            drop(serde_json::from_str::<derived::Gateway>(text).unwrap());
        }
        for (frame, text) in &self.desktop {
            length += serde_json::to_string(frame).unwrap().len();
            drop(serde_json::from_str::<derived::Desktop>(text).unwrap());
        }
        length
    }
}
