use std::collections::VecDeque;
use std::sync::Arc;

use ra_core::gateway::{Config, Input, Output, Phase, Session};
use ra_core::{Deadline, MonoTime};
use ra_proto::CloseCode;
use ra_testkit::{Fake, SeededEntropy};

use crate::twins::{Machine, Twins};

/// One socket, with what is under way on it. Lines are never removed, so that their numbers stay.
pub(super) struct Line {
    pub(super) gate: Twins<Gate>,
    /// Whose it is; `None` for one that the rogue has opened.
    pub(super) desk: Option<usize>,
    pub(super) up: VecDeque<Wire>,
    pub(super) down: VecDeque<Wire>,
    /// The text that the gateway heard last.
    pub(super) heard: String,
}

/// What goes over a socket, either way.
#[derive(Clone)]
pub(super) enum Wire {
    Text(String),
    Close(CloseCode),
    Lost,
}

impl Line {
    pub(super) fn new(
        now: MonoTime,
        config: &Arc<Config>,
        number: usize,
        desk: Option<usize>,
        check_canary: bool,
    ) -> Self {
        let make = |now| Gate {
            session: Session::new(config.clone(), Arc::new(Fake), now),
            entropy: SeededEntropy::new(number as u64),
        };
        Self {
            gate: Twins::new(now, make, check_canary),
            desk,
            up: VecDeque::new(),
            down: VecDeque::new(),
            heard: String::new(),
        }
    }
}

/// A gateway's session with the randomness that it draws on.
pub(super) struct Gate {
    pub(super) session: Session,
    pub(super) entropy: SeededEntropy,
}

impl Gate {
    pub(super) fn hear(&mut self, now: MonoTime, wire: &Wire) {
        let input = match wire {
            Wire::Text(text) => Input::Text(text),
            Wire::Close(code) => Input::Closed(Some(*code)),
            Wire::Lost => Input::Lost,
        };
        self.session.handle(now, input, &mut self.entropy);
    }
}

impl Machine for Gate {
    type Output = Output;

    fn tick(&mut self, now: MonoTime) {
        self.session.handle(now, Input::Tick, &mut self.entropy);
    }

    fn poll(&mut self) -> Option<Output> {
        self.session.poll_output()
    }

    fn deadline(&self) -> Option<Deadline> {
        self.session.deadline()
    }

    fn has_ended(&self) -> bool {
        self.session.phase() == Phase::Ended
    }

    fn is_end(output: &Output) -> bool {
        matches!(output, Output::End(_))
    }

    fn secret(output: &Output) -> Option<String> {
        match output {
            Output::Send(text) => Some(text.expose().to_owned()),
            _ => None,
        }
    }
}
