//! The other side of a login, message by message: gateway sessions, the REST calls, and the faults a test asks for.
//! No sockets, no clock: [`crate::world`] drives it on a virtual clock, [`crate::net`] over real bytes.

mod fault;
mod host;

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use ra_core::{Misuse, MonoTime, gateway};
use ra_proto::{CloseCode, Fingerprint};

use crate::differential::{Differential, GatewaySession, Machine as _};
use crate::{Fake, SeededEntropy};

pub use fault::{Does, Fault, Refusal};
pub use host::{Account, Canned, Host, Issued};

/// A gateway that lies: gets each text for the desktop, and returns the texts that are sent instead.
pub type Liar = Box<dyn FnMut(String, &mut SeededEntropy) -> Vec<String> + Send>;

/// Number of a desktop's socket, counted from 1.
pub type LineId = u32;

/// A message on a socket, in either direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A text message.
    Text(String),
    /// A text message in two fragments, with a ping between them.
    Pieces(String),
    /// A binary message.
    Binary,
    /// A close; later messages do not count.
    Close(Option<CloseCode>),
    /// The connection goes away without a close.
    Lost,
}

impl Wire {
    /// Returns the input for the machine that receives the message.
    #[must_use]
    pub fn input(&self) -> gateway::Input<'_> {
        match self {
            Self::Text(text) | Self::Pieces(text) => gateway::Input::Text(text),
            Self::Binary => gateway::Input::Binary,
            Self::Close(code) => gateway::Input::Closed(*code),
            Self::Lost => gateway::Input::Lost,
        }
    }

    /// Returns whether the socket is over after this message.
    #[must_use]
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Close(_) | Self::Lost)
    }
}

/// Gateway and REST side in one.
pub struct Service {
    /// Configuration of the gateway sessions.
    pub gateway: gateway::Config,
    /// Timeouts of the sessions on the first sockets; later ones have [`Service::gateway`]'s.
    pub timeouts: Vec<Duration>,
    /// The REST side.
    pub host: Host,
    /// Refusals of the first attempts to open a socket.
    pub refusals: VecDeque<Refusal>,
    /// Faults in what the gateway sends.
    pub faults: Vec<Fault>,
    /// Changes what the gateway sends.
    pub liar: Option<Liar>,
    /// Ends of the gateway sessions, oldest first.
    pub ends: Vec<Result<gateway::Outcome, gateway::SessionError>>,
    /// False if the test's own input contains the word `canary`; see [`Differential`].
    pub check_canary: bool,
    seed: u64,
    entropy: SeededEntropy,
    lines: BTreeMap<LineId, Differential<GatewaySession>>,
    opened: LineId,
    out: VecDeque<(LineId, Wire)>,
    /// The socket of each fingerprint that phones may scan.
    ready: HashMap<Fingerprint, LineId>,
}

impl Service {
    /// Makes a service without faults.
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
            check_canary: true,
            seed,
            entropy: SeededEntropy::new(seed),
            lines: BTreeMap::new(),
            opened: 0,
            out: VecDeque::new(),
            ready: HashMap::new(),
        }
    }

    /// Opens a socket for a desktop.
    ///
    /// # Errors
    ///
    /// The next of [`Service::refusals`], while there are any.
    pub fn connect(&mut self, now: MonoTime) -> Result<LineId, Refusal> {
        if let Some(refusal) = self.refusals.pop_front() {
            return Err(refusal);
        }
        let mut config = self.gateway.clone();
        if let Some(timeout) = self.timeouts.get(self.opened as usize) {
            config.timeout = *timeout;
        }
        self.opened += 1;
        let (line, config) = (self.opened, Arc::new(config));
        let seed = self.seed.wrapping_add(line.into());
        let make = |now| GatewaySession {
            session: gateway::Session::new(Arc::clone(&config), Arc::new(Fake), now),
            entropy: SeededEntropy::new(seed),
        };
        let mut session = Differential::new(now, make, self.check_canary);
        let outputs = session.command(|_, _| {});
        self.lines.insert(line, session);
        self.carry_out(line, outputs);
        Ok(line)
    }

    /// Returns how many sockets were opened.
    #[must_use]
    pub fn opened(&self) -> LineId {
        self.opened
    }

    /// Gives the gateway a message of a desktop.
    pub fn hear(&mut self, now: MonoTime, line: LineId, wire: &Wire) {
        self.input(now, line, |it, now| {
            it.session.handle(now, wire.input(), &mut it.entropy);
        });
    }

    /// Tells all sessions the time.
    pub fn tick(&mut self, now: MonoTime) {
        for line in 1..=self.opened {
            self.input(now, line, |it, now| it.tick(now));
        }
    }

    /// Returns when to call [`Service::tick`] at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<MonoTime> {
        self.lines.values().filter_map(Differential::deadline).min()
    }

    /// Takes the next message to send, and its socket.
    pub fn poll(&mut self) -> Option<(LineId, Wire)> {
        self.out.pop_front()
    }

    /// Shuts all sessions down and forgets what was kept in memory.
    pub fn restart(&mut self, now: MonoTime) {
        for line in 1..=self.opened {
            self.command(now, line, |it, now| {
                it.session.shut_down(now, CloseCode::GOING_AWAY);
                Ok(())
            });
        }
        self.ready.clear();
        self.host.forget();
    }

    /// Waits until all sessions end, and checks their contract.
    pub fn finish(self) {
        self.lines.into_values().for_each(Differential::finish);
    }

    fn input(
        &mut self,
        now: MonoTime,
        line: LineId,
        handle: impl Fn(&mut GatewaySession, MonoTime),
    ) {
        if let Some(session) = self.lines.get_mut(&line) {
            let outputs = session.at(now).input(handle);
            self.carry_out(line, outputs);
        }
    }

    /// Gives a session a command, and returns whether it took it.
    fn command(
        &mut self,
        now: MonoTime,
        line: LineId,
        act: impl Fn(&mut GatewaySession, MonoTime) -> Result<(), Misuse>,
    ) -> bool {
        let done = Cell::new(false);
        if let Some(session) = self.lines.get_mut(&line) {
            let session = session.at(now);
            let outputs = session.command(|session, now| done.set(act(session, now).is_ok()));
            self.carry_out(line, outputs);
        }
        done.get()
    }

    fn carry_out(&mut self, line: LineId, outputs: Vec<gateway::Output>) {
        let mut is_open = true;
        for output in outputs {
            match output {
                gateway::Output::Send(text) if is_open => {
                    is_open = self.send(line, text.into_string());
                }
                gateway::Output::Close(code) if is_open => {
                    self.out.push_back((line, Wire::Close(Some(code))));
                }
                gateway::Output::Event(gateway::Event::Ready(code)) => {
                    self.ready.insert(code, line);
                    self.host.issued.push(Issued::Ready(code));
                }
                gateway::Output::End(end) => {
                    self.ends.push(end);
                    self.forget(line);
                }
                _ => {}
            }
        }
    }

    /// Sends a text, or what the liar and the faults make of it. Returns whether the socket is still there.
    fn send(&mut self, line: LineId, text: String) -> bool {
        let texts = match &mut self.liar {
            Some(liar) => liar(text, &mut self.entropy),
            None => vec![text],
        };
        for text in texts {
            let fault = self.faults.iter().find(|fault| fault.strikes(line, &text));
            let wires = match fault {
                Some(fault) => fault.does.made_of(text),
                None => vec![Wire::Text(text)],
            };
            let is_over = wires.iter().any(Wire::is_last);
            self.out.extend(wires.into_iter().map(|wire| (line, wire)));
            if is_over {
                self.lines.remove(&line);
                self.forget(line);
                return false;
            }
        }
        true
    }

    fn forget(&mut self, line: LineId) {
        self.ready.retain(|_, of| *of != line);
        self.host.forget_handshake_of(line);
    }
}
