//! Actions: the steps of the model.

use stateright::{Model, Property};

use crate::parties::Who;
use crate::state::{Message, State, Verdict};
use crate::{Mishap, Trick, World};
use crate::{desktop, fleet, mallory, mishap, phone, properties, session};

/// A step. All possible steps may happen, in any order.
///
/// Calls of phones and exchanges reach any node that lives. Which one is not said, as it makes no difference but
/// whose death ends the call, and that is [`Mishap::GiveUp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A desktop opens its socket: Ann's at node A, Bob's at node B.
    Connect(Who),
    /// The next frame, or the end of the socket, reaches the desktop.
    ToDesktop(Who),
    /// The gateway notices that the desktop has closed its socket.
    Leave(Who),
    /// Someone points the phone at what is on this screen, there or on a picture that Mallory shows.
    PointAt {
        /// The person.
        who: Who,
        /// Owner of the screen.
        screen: Who,
    },
    /// Asked whether to let the desktop in, the person answers.
    Say(Who, Verdict),
    /// The phone tells a node, which looks what the handshake token is good for.
    Tell(Who),
    /// The node carries one of these calls out.
    Decide(Who, usize),
    /// This session's node hears what another has asked.
    Ask(Message, Who),
    /// The node that has asked hears an answer.
    Answer(Message),
    /// The desktop exchanges its ticket, at whatever node.
    Exchange(Who),
    /// A mishap happens.
    Mishap(Mishap),
    /// Mallory uses a trick.
    Trick(Trick),
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for who in Who::BOTH {
            desktop::offer(state, who, actions);
            session::offer(state, who, actions);
            phone::offer(self, state, who, actions);
        }
        fleet::offer(state, actions);
        mishap::offer(state, actions);
        mallory::offer(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Connect(who) => desktop::connect(&mut next, who),
            Action::ToDesktop(who) => desktop::read(self, &mut next, who),
            Action::Exchange(who) => desktop::exchange(self, &mut next, who),
            Action::Leave(who) => session::end(self, &mut next, who),
            Action::PointAt { who, screen } => phone::point_at(&mut next, who, screen),
            Action::Say(who, verdict) => phone::say(&mut next, who, verdict),
            Action::Tell(who) => phone::tell(self, &mut next, who),
            Action::Decide(who, call) => phone::decide(self, &mut next, who, call),
            Action::Ask(message, who) => fleet::asked(self, &mut next, message, who),
            Action::Answer(message) => fleet::answered(self, &mut next, message),
            Action::Mishap(mishap) => mishap::happen(self, &mut next, mishap),
            Action::Trick(trick) => mallory::play(self, &mut next, trick),
        }
        (next != *state).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all(self)
    }
}
