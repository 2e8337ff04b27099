//! A desktop: `ra-core/src/desktop/session/state.rs`, and the exchange of `ra-core/src/desktop/login/exchange.rs`.

use crate::check::Check;
use crate::parties::{Node, Ticket, Who};
use crate::state::{DesktopAt, Down, Outcome, Sealed, SessionAt, State};
use crate::{Action, World, session};

pub(crate) fn offer(state: &State, who: Who, actions: &mut Vec<Action>) {
    let desktop = &state.desktops[who];
    if desktop.at == DesktopAt::Off && state.alive[Node::of(who)] {
        actions.push(Action::Connect(who));
    }
    if !desktop.coming.is_empty() {
        actions.push(Action::ToDesktop(who));
    }
    if matches!(desktop.at, DesktopAt::Exchange { .. }) && state.takes_calls() {
        actions.push(Action::Exchange(who));
    }
}

pub(crate) fn connect(state: &mut State, who: Who) {
    state.desktops[who].at = DesktopAt::Hello;
    state.sessions[who].at = SessionAt::Init;
    session::send(state, who, Down::Hello);
}

/// The next of what the socket brings. What the desktop answers reaches the gateway at once: until it has, nothing
/// else can come of it.
pub(crate) fn read(world: &World, state: &mut State, who: Who) {
    let frame = state.desktops[who].coming.remove(0);
    let at = state.desktops[who].at;
    match (at, frame) {
        (DesktopAt::Hello, Down::Hello) => send_key(state, who, who),
        (DesktopAt::Nonce { key }, Down::NonceProof { to }) => {
            state.desktops[who].at = DesktopAt::Init { key };
            // whoever claims another's key can but guess
            session::prove(world, state, who, to == who);
        }
        (DesktopAt::Init { key }, Down::PendingRemoteInit { fingerprint }) => {
            if fingerprint == key || !world.makes(Check::OwnFingerprint) {
                state.desktops[who].at = DesktopAt::Scan { code: fingerprint };
            } else {
                end(world, state, who, Outcome::Failed);
            }
        }
        (
            DesktopAt::Scan { code } | DesktopAt::Verdict { code, .. },
            Down::PendingTicket { user, to },
        ) => {
            if opens(world, who, to) {
                state.desktops[who].at = DesktopAt::Verdict { code, user };
            } else {
                end(world, state, who, Outcome::Failed);
            }
        }
        (DesktopAt::Verdict { user, .. }, Down::PendingLogin { ticket }) => {
            state.desktops[who].at = DesktopAt::Exchange { user, ticket };
        }
        (DesktopAt::Scan { .. } | DesktopAt::Verdict { .. }, Down::Cancel) => {
            end(world, state, who, Outcome::Declined);
        }
        // what ends the socket does not end the exchange
        (DesktopAt::Exchange { .. }, Down::Close { .. }) => {}
        (DesktopAt::Ended(_), _) => after_the_end(world, state, who, frame),
        (_, Down::Close { expired: true }) => end(world, state, who, Outcome::Expired),
        _ => end(world, state, who, Outcome::Failed),
    }
}

/// The socket is closed, so nobody reads further frames. If somebody did, [`Check::DesktopEnded`] would ignore them.
fn after_the_end(world: &World, state: &mut State, who: Who, frame: Down) {
    if world.makes(Check::DesktopEnded) {
        return;
    }
    state.desktops[who].went_on = true;
    match frame {
        Down::Cancel => end(world, state, who, Outcome::Declined),
        Down::Close { .. } => end(world, state, who, Outcome::Failed),
        _ => {}
    }
}

pub(crate) fn send_key(state: &mut State, who: Who, key: Who) {
    state.desktops[who].at = DesktopAt::Nonce { key };
    session::challenge(state, who, key);
}

/// At any node that lives: the ticket is in Redis.
pub(crate) fn exchange(world: &World, state: &mut State, who: Who) {
    let DesktopAt::Exchange { user, ticket } = state.desktops[who].at else {
        return;
    };
    let outcome = match redeem(world, state, ticket) {
        Some(sealed) if opens(world, who, sealed.to) => Outcome::LoggedIn {
            shown: user,
            user: sealed.user,
        },
        _ => Outcome::Failed,
    };
    end(world, state, who, outcome);
}

/// Returns whether this desktop's key opens data sealed to that one.
pub(crate) fn opens(world: &World, who: Who, to: Who) -> bool {
    to == who || !world.makes(Check::Sealed)
}

/// Redeems the ticket and returns the sealed token. Anyone holding the ticket can do this.
pub(crate) fn redeem(world: &World, state: &mut State, ticket: Ticket) -> Option<Sealed> {
    let sealed = state.store.tickets[ticket]?;
    if world.makes(Check::OneExchange) {
        state.store.tickets[ticket] = None;
    }
    let redeemed = &mut state.history.redeemed[ticket];
    *redeemed = (*redeemed + 1).min(2);
    Some(sealed)
}

/// The end: the socket closes, which the gateway hears of later.
pub(crate) fn end(world: &World, state: &mut State, who: Who, outcome: Outcome) {
    let desktop = &mut state.desktops[who];
    desktop.at = DesktopAt::Ended(outcome);
    desktop.ends = (desktop.ends + 1).min(2);
    if world.makes(Check::DesktopEnded) {
        desktop.coming.clear();
    }
    if state.sessions[who].at != SessionAt::Ended {
        state.sessions[who].is_left = true;
    }
}
