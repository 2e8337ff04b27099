//! Mallory. Showing people pictures of codes is [`Action::PointAt`] with another's screen; these need more.

use crate::parties::{Ticket, Token, Who};
use crate::state::{Call, DesktopAt, Down, Message, PhoneAt, State, Verdict};
use crate::{Action, World, desktop, phone};

/// A trick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trick {
    /// Bob's desktop sends Ann's public key as its own.
    ClaimKey,
    /// An attacker between the gateway and Ann's desktop, or the gateway itself, sends Ann's desktop the fingerprint of
    /// Bob's key.
    Lie,
    /// An attacker who can write to Redis answers a question for a key with another key.
    AnswerWithKey(Token, u8),
    /// An attacker who can write to Redis replaces the key behind a handshake token.
    SwapKey(Token),
    /// An attacker who has seen a ticket redeems it, and tries to open the result with the key of Bob's desktop.
    Redeem(Ticket),
    /// This desktop is handed the other's ticket in place of its own.
    Misdeliver(Who, Ticket),
    /// Bob's phone uses a handshake token of Ann's.
    Borrow(Token, Verdict),
    /// Bob's phone says yes and no at once.
    Contradict,
}

pub(crate) fn offer(state: &State, actions: &mut Vec<Action>) {
    if state.tricks == 0 {
        return;
    }
    let mut add = |trick| actions.push(Action::Trick(trick));
    if state.desktops[Who::Bob].at == DesktopAt::Hello
        && state.desktops[Who::Bob].coming == [Down::Hello]
    {
        add(Trick::ClaimKey);
    }
    if matches!(
        state.desktops[Who::Ann].coming[..],
        [Down::PendingRemoteInit { .. }, ..]
    ) {
        add(Trick::Lie);
    }
    for token in Token::all() {
        if state.store.handshakes[token].is_some() {
            add(Trick::SwapKey(token));
        }
        if state.last_token(token.of) != Some(token) {
            continue;
        }
        if let (PhoneAt::AsksForKey, Some(seen)) =
            (state.phones[token.of].at, state.history.seen[token])
        {
            add(Trick::AnswerWithKey(token, state.sessions[seen.code].turn));
        }
    }
    for ticket in Ticket::all().filter(|ticket| is_known(state, *ticket)) {
        add(Trick::Redeem(ticket));
        let other = ticket.session.other();
        if matches!(state.desktops[other].at, DesktopAt::Exchange { .. }) {
            add(Trick::Misdeliver(other, ticket));
        }
    }
    let bob = &state.phones[Who::Bob];
    if bob.calls[1] != Call::Unmade {
        return;
    }
    for token in Token::all()
        .filter(|token| token.of == Who::Ann && state.store.handshakes[*token].is_some())
    {
        for verdict in [Verdict::Yes, Verdict::No] {
            add(Trick::Borrow(token, verdict));
        }
    }
    if bob.calls[0] != Call::Unmade && matches!(bob.at, PhoneAt::Decided(_)) {
        add(Trick::Contradict);
    }
}

/// Returns whether a desktop has received this ticket, so that an attacker may have seen it.
fn is_known(state: &State, ticket: Ticket) -> bool {
    let desktop = &state.desktops[ticket.session];
    let is_stored = state.store.tickets[ticket].is_some();
    is_stored
        && (desktop.coming.contains(&Down::PendingLogin { ticket })
            || matches!(desktop.at, DesktopAt::Exchange { ticket: t, .. } if t == ticket)
            || matches!(desktop.at, DesktopAt::Ended(_)))
}

pub(crate) fn play(world: &World, state: &mut State, trick: Trick) {
    state.tricks -= 1;
    match trick {
        Trick::ClaimKey => {
            state.desktops[Who::Bob].coming.clear();
            desktop::send_key(state, Who::Bob, Who::Ann);
        }
        Trick::Lie => {
            let fingerprint = Who::Bob;
            state.desktops[Who::Ann].coming[0] = Down::PendingRemoteInit { fingerprint };
        }
        Trick::AnswerWithKey(token, turn) => {
            if let Some(seen) = state.history.seen[token] {
                let key = seen.code.other();
                state.said.insert(Message::Leave { token, turn, key });
            }
        }
        Trick::SwapKey(token) => {
            if let Some(record) = &mut state.store.handshakes[token] {
                record.key = record.key.other();
            }
        }
        Trick::Redeem(ticket) => {
            let opened = desktop::redeem(world, state, ticket)
                .filter(|sealed| desktop::opens(world, Who::Bob, sealed.to));
            if let Some(sealed) = opened {
                state.history.opened[sealed.user] = true;
            }
        }
        Trick::Misdeliver(who, ticket) => {
            if let DesktopAt::Exchange { user, .. } = state.desktops[who].at {
                state.desktops[who].at = DesktopAt::Exchange { user, ticket };
            }
        }
        Trick::Borrow(token, verdict) => {
            phone::tell_by(world, state, Who::Bob, token, verdict);
        }
        Trick::Contradict => {
            let said = phone::verdict(world, &state.phones[Who::Bob]);
            let other = match said {
                Some(Verdict::Yes) => Verdict::No,
                _ => Verdict::Yes,
            };
            if let Some(token) = state.last_token(Who::Bob) {
                if other == Verdict::Yes {
                    // the person holding the phone decides
                    if let Some(seen) = state.history.seen[token] {
                        state.history.yes[Who::Bob][seen.code] = true;
                        state.history.fooled[Who::Bob] |= seen.screen != Who::Bob;
                    }
                }
                phone::tell_by(world, state, Who::Bob, token, other);
            }
        }
    }
}
