//! Mishaps: faults without an attacker. Lost, repeated and reordered messages are not here, because they always happen.

use crate::parties::{Node, Ticket, Token, Who};
use crate::state::{Call, DesktopAt, Down, Outcome, PhoneAt, SessionAt, State};
use crate::{Action, World, desktop, fleet, phone, session};

/// A mishap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mishap {
    /// A node dies, and all sockets with it.
    Death(Node),
    /// A socket is cut, with what was on its way.
    Cut(Who),
    /// A session expires at the gateway.
    SessionExpires(Who),
    /// A session expires by the desktop's own clock.
    DesktopExpires(Who),
    /// A handshake token expires.
    HandshakeExpires(Token),
    /// A ticket expires.
    TicketExpires(Ticket),
    /// The answer to the exchange is lost: the ticket is used up.
    AnswerLost(Who),
    /// The phone hears no answer to its verdict and calls again.
    CallAgain(Who),
    /// The phone hears no answer to its scan, its node may have died, and gives up.
    GiveUp(Who),
}

pub(crate) fn offer(state: &State, actions: &mut Vec<Action>) {
    if state.mishaps == 0 {
        return;
    }
    let mut add = |mishap| actions.push(Action::Mishap(mishap));
    let alive = Node::BOTH.into_iter().filter(|node| state.alive[*node]);
    alive.for_each(|node| add(Mishap::Death(node)));
    for who in Who::BOTH {
        let desktop = &state.desktops[who];
        let session = &state.sessions[who];
        if !matches!(session.at, SessionAt::Off | SessionAt::Ended) {
            add(Mishap::Cut(who));
            add(Mishap::SessionExpires(who));
        }
        match desktop.at {
            DesktopAt::Off | DesktopAt::Ended(_) => {}
            DesktopAt::Exchange { .. } => add(Mishap::AnswerLost(who)),
            _ => add(Mishap::DesktopExpires(who)),
        }
        let phone = &state.phones[who];
        match phone.at {
            PhoneAt::AsksForKey | PhoneAt::Scans { .. } => add(Mishap::GiveUp(who)),
            PhoneAt::Decided(_)
                if phone.calls[0] != Call::Unmade && phone.calls[1] == Call::Unmade =>
            {
                add(Mishap::CallAgain(who));
            }
            _ => {}
        }
    }
    for token in Token::all().filter(|token| state.store.handshakes[*token].is_some()) {
        add(Mishap::HandshakeExpires(token));
    }
    for ticket in Ticket::all().filter(|ticket| state.store.tickets[*ticket].is_some()) {
        add(Mishap::TicketExpires(ticket));
    }
}

pub(crate) fn happen(world: &World, state: &mut State, mishap: Mishap) {
    state.mishaps -= 1;
    match mishap {
        Mishap::Death(node) => {
            state.alive[node] = false;
            for who in Who::BOTH {
                let at = state.sessions[who].at;
                if Node::of(who) == node && !matches!(at, SessionAt::Off | SessionAt::Ended) {
                    // what it has sent before may still arrive
                    session::close(world, state, who, false);
                }
            }
        }
        Mishap::Cut(who) => {
            state.sessions[who].is_left = true;
            if !matches!(state.desktops[who].at, DesktopAt::Ended(_)) {
                state.desktops[who].coming = vec![Down::Close { expired: false }];
            }
        }
        Mishap::SessionExpires(who) => session::close(world, state, who, true),
        Mishap::DesktopExpires(who) => desktop::end(world, state, who, Outcome::Expired),
        Mishap::HandshakeExpires(token) => state.store.handshakes[token] = None,
        Mishap::TicketExpires(ticket) => state.store.tickets[ticket] = None,
        Mishap::AnswerLost(who) => {
            if let DesktopAt::Exchange { ticket, .. } = state.desktops[who].at {
                desktop::redeem(world, state, ticket);
                desktop::end(world, state, who, Outcome::Failed);
            }
        }
        Mishap::CallAgain(who) => {
            let verdict = phone::verdict(world, &state.phones[who]);
            if let (Some(token), Some(verdict)) = (state.last_token(who), verdict) {
                phone::tell_by(world, state, who, token, verdict);
            }
        }
        Mishap::GiveUp(who) => {
            if let Some(token) = state.last_token(who) {
                fleet::hang_up(state, token, PhoneAt::Over);
            }
        }
    }
}
