//! Messages between nodes through Redis: `ra-gateway/src/backplane/redis/`.

use crate::check::Check;
use crate::parties::{Token, Who};
use crate::state::{Message, PhoneAt, SessionAt, State};
use crate::{Action, World, session};

pub(crate) fn offer(state: &State, actions: &mut Vec<Action>) {
    for message in &state.said {
        match *message {
            Message::Key { code, .. }
            | Message::Scan { code, .. }
            | Message::Verdict { code, .. } => {
                let hearing = Who::BOTH.into_iter();
                let hearing = hearing.filter(|who| state.listens(*who, code));
                actions.extend(hearing.map(|who| Action::Ask(*message, who)));
            }
            _ => actions.push(Action::Answer(*message)),
        }
    }
}

/// At the node with the socket of `who`: `asked` in `node.rs`.
pub(crate) fn asked(world: &World, state: &mut State, message: Message, who: Who) {
    let session = &state.sessions[who];
    let is_over = session.at == SessionAt::Ended;
    match message {
        Message::Key { token, .. } => {
            let turn = session.turn;
            let answer = match session.key {
                Some(key) if !is_over => Message::Leave { token, turn, key },
                _ => Message::Gone { token },
            };
            answer_to(state, answer);
        }
        Message::Scan { token, .. } if is_over => answer_to(state, Message::Gone { token }),
        Message::Scan { token, turn, .. } if turn != session.turn && world.makes(Check::Leave) => {
            answer_to(state, Message::Again { token, turn });
        }
        Message::Scan {
            token, turn, to, ..
        } => {
            if let Some(record) = session::show(state, who, token, to) {
                // stored before the phone hears of it
                state.store.handshakes[token] = Some(record);
                answer_to(state, Message::Shown { token, turn });
            }
        }
        Message::Verdict { token, verdict, .. } => {
            session::decide(world, state, who, token, verdict);
        }
        _ => {}
    }
}

/// An answer to a call that is no longer open finds nobody. Nor does a second one to the same question: they arrive
/// in order.
fn answer_to(state: &mut State, answer: Message) {
    let is_shown = match answer {
        Message::Again { token, turn } => state.said.contains(&Message::Shown { token, turn }),
        _ => false,
    };
    if next(state, answer).is_some() && !is_shown {
        state.said.insert(answer);
    }
}

/// Returns the next phase of the phone that waits for this answer, if there is one: `scan` in `mod.rs`.
fn next(state: &State, answer: Message) -> Option<PhoneAt> {
    let token = answer.answers()?;
    if state.last_token(token.of) != Some(token) {
        return None;
    }
    match (state.phones[token.of].at, answer) {
        (PhoneAt::AsksForKey, Message::Leave { turn, .. }) => Some(PhoneAt::Scans { turn }),
        (PhoneAt::Scans { turn }, Message::Shown { turn: of, .. }) if turn == of => {
            Some(PhoneAt::AsksPerson)
        }
        (PhoneAt::Scans { turn }, Message::Again { turn: of, .. }) if turn == of => {
            Some(PhoneAt::AsksForKey)
        }
        (PhoneAt::AsksForKey | PhoneAt::Scans { .. }, Message::Gone { .. }) => Some(PhoneAt::Over),
        _ => None,
    }
}

/// At the node with the phone's call.
pub(crate) fn answered(world: &World, state: &mut State, answer: Message) {
    let (Some(token), Some(mut at)) = (answer.answers(), next(state, answer)) else {
        return;
    };
    if let (Message::Leave { turn, key, .. }, Some(seen)) = (answer, state.history.seen[token]) {
        let code = seen.code;
        // whoever answers: it is the key that was scanned, or nobody's
        if (key != code && world.makes(Check::ScannedKey)) || !state.is_listened_for(code) {
            at = PhoneAt::Over;
        } else {
            let to = key;
            state.history.missealed |= to != code;
            state.said.insert(Message::Scan {
                token,
                code,
                turn,
                to,
            });
        }
    }
    hang_up(state, token, at);
}

/// The phone's call has its answer, or none is awaited any more.
pub(crate) fn hang_up(state: &mut State, token: Token, at: PhoneAt) {
    state.phones[token.of].at = at;
    state
        .said
        .retain(|message| message.answers() != Some(token));
}
