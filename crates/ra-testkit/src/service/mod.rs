//! The other side of a login, message by message: the gateway's sessions and the REST side, and what a test wants to go
//! wrong there. No sockets, no clock: the world drives it on a virtual clock, `net` over real bytes.

mod fault;
mod host;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use ra_core::{MonoTime, gateway};
use ra_http::Body;
use ra_proto::{CloseCode, Fingerprint};

use crate::{Fake, SeededEntropy};

pub use fault::{Does, Fault, Refusal};
pub use host::{Canned, Host};

use host::Wish;

/// A gateway that lies: gets each text for the desktop, answers what is sent instead.
pub type Liar = Box<dyn FnMut(String, &mut SeededEntropy) -> Vec<String> + Send>;

/// A socket of a desktop.
pub type LineId = u32;

/// What goes over a socket, either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A text message.
    Text(String),
    /// The same in two fragments, with a ping between them.
    Pieces(String),
    /// A binary message.
    Binary,
    /// A close; what comes after it does not count.
    Close(Option<CloseCode>),
    /// The connection goes away without one.
    Lost,
}

/// Gateway and REST side in one.
pub struct Service {
    /// How sockets are treated.
    pub gateway: gateway::Config,
    /// How long the sessions on the first sockets live, before [`Service::gateway`]'s timeout counts.
    pub timeouts: Vec<Duration>,
    /// The REST side.
    pub host: Host,
    /// What the first attempts to open a socket meet.
    pub refusals: VecDeque<Refusal>,
    /// What goes wrong with what the gateway says.
    pub faults: Vec<Fault>,
    /// Changes what the gateway says.
    pub liar: Option<Liar>,
    /// How each of the gateway's sessions ended.
    pub ends: Vec<Result<gateway::Outcome, gateway::SessionError>>,
    entropy: SeededEntropy,
    lines: BTreeMap<LineId, gateway::Session>,
    opened: LineId,
    out: VecDeque<(LineId, Wire)>,
}

impl Service {
    /// A service where all goes well.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            gateway: gateway::Config::default(),
            timeouts: Vec::new(),
            host: Host::default(),
            refusals: VecDeque::new(),
            faults: Vec::new(),
            liar: None,
            ends: Vec::new(),
            entropy: SeededEntropy::new(seed),
            lines: BTreeMap::new(),
            opened: 0,
            out: VecDeque::new(),
        }
    }

    /// A desktop opens a socket.
    ///
    /// # Errors
    ///
    /// What it meets instead, as long as [`Service::refusals`] has any.
    pub fn connect(&mut self, now: MonoTime) -> Result<LineId, Refusal> {
        if let Some(refusal) = self.refusals.pop_front() {
            return Err(refusal);
        }
        let mut config = self.gateway.clone();
        if let Some(timeout) = self.timeouts.get(self.opened as usize) {
            config.timeout = *timeout;
        }
        self.opened += 1;
        let id = self.opened;
        let session = gateway::Session::new(Arc::new(config), Arc::new(Fake), now);
        self.lines.insert(id, session);
        self.drain(id);
        Ok(id)
    }

    /// What a desktop says. A socket that is over hears nothing.
    pub fn hear(&mut self, now: MonoTime, id: LineId, wire: &Wire) {
        if let Some(session) = self.lines.get_mut(&id) {
            let input = match wire {
                Wire::Text(text) | Wire::Pieces(text) => gateway::Input::Text(text),
                Wire::Binary => gateway::Input::Binary,
                Wire::Close(code) => gateway::Input::Closed(*code),
                Wire::Lost => gateway::Input::Lost,
            };
            session.handle(now, input, &mut self.entropy);
            self.drain(id);
        }
    }

    /// Answers a REST call.
    pub fn answer(&mut self, now: MonoTime, request: &Request<Body>) -> Response<Body> {
        let lines = &self.lines;
        let (response, wish) = self.host.answer(request, &|fingerprint| {
            let session = lines
                .values()
                .find(|session| session.fingerprint() == Some(fingerprint))?;
            session.public_key().map(<[u8]>::to_vec)
        });
        // a session that has just ended takes no more wishes
        match wish {
            Wish::Nothing => {}
            Wish::Attach(fingerprint) => {
                let user = self.host.user.clone();
                self.with(fingerprint, |session, entropy| {
                    let _ = session.attach(now, &user, entropy);
                });
            }
            Wish::Approve(fingerprint, ticket) => self.with(fingerprint, |session, _| {
                let _ = session.approve(now, &ticket);
            }),
            Wish::Decline(fingerprint) => self.with(fingerprint, |session, _| {
                let _ = session.decline(now);
            }),
        }
        response
    }

    /// Time has passed.
    pub fn tick(&mut self, now: MonoTime) {
        let ids: Vec<LineId> = self.lines.keys().copied().collect();
        for id in ids {
            if let Some(session) = self.lines.get_mut(&id) {
                session.handle(now, gateway::Input::Tick, &mut self.entropy);
                self.drain(id);
            }
        }
    }

    /// When to call [`Service::tick`] at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<MonoTime> {
        let deadlines = self.lines.values().filter_map(gateway::Session::deadline);
        deadlines.map(|deadline| deadline.at).min()
    }

    /// The next thing to send, and where.
    pub fn poll(&mut self) -> Option<(LineId, Wire)> {
        self.out.pop_front()
    }

    fn with(
        &mut self,
        fingerprint: Fingerprint,
        act: impl FnOnce(&mut gateway::Session, &mut SeededEntropy),
    ) {
        let found = self
            .lines
            .iter_mut()
            .find(|(_, session)| session.fingerprint() == Some(fingerprint));
        if let Some((&id, session)) = found {
            act(session, &mut self.entropy);
            self.drain(id);
        }
    }

    fn drain(&mut self, id: LineId) {
        let Some(session) = self.lines.get_mut(&id) else {
            return;
        };
        let mut said = Vec::new();
        let mut end = None;
        while let Some(output) = session.poll_output() {
            assert!(end.is_none(), "an output after the end: {output:?}");
            match output {
                gateway::Output::Send(text) => said.push(Wire::Text(text.into_string())),
                gateway::Output::Close(code) => said.push(Wire::Close(Some(code))),
                gateway::Output::End(how) => end = Some(how),
                _ => {}
            }
        }
        if let Some(how) = end {
            self.lines.remove(&id);
            self.ends.push(how);
        }
        for wire in said {
            let Wire::Text(text) = wire else {
                self.out.push_back((id, wire));
                continue;
            };
            let texts = match &mut self.liar {
                Some(liar) => liar(text, &mut self.entropy),
                None => vec![text],
            };
            for text in texts {
                if !self.say(id, text) {
                    self.lines.remove(&id);
                    return;
                }
            }
        }
    }

    /// Says it, or what a fault makes of it. Whether the socket is still there.
    fn say(&mut self, id: LineId, text: String) -> bool {
        let fault = self.faults.iter().find(|fault| fault.strikes(id, &text));
        let wires = match fault {
            Some(fault) => fault.does.made_of(text),
            None => vec![Wire::Text(text)],
        };
        let gone = wires
            .iter()
            .any(|wire| matches!(wire, Wire::Close(_) | Wire::Lost));
        self.out.extend(wires.into_iter().map(|wire| (id, wire)));
        !gone
    }
}
