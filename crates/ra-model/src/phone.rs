//! A phone with its person (`ra-core/src/mobile/state.rs`), and what its calls do at the node that they reach
//! (`ra-gateway/src/api/finish.rs`, `ra-gateway/src/backplane/redis/mod.rs`).

use crate::check::Check;
use crate::parties::{Token, Who};
use crate::state::{
    Call, DesktopAt, Message, Phone, PhoneAt, Record, Sealed, Seen, State, Verdict,
};
use crate::{Action, World};

pub(crate) fn offer(world: &World, state: &State, who: Who, actions: &mut Vec<Action>) {
    let phone = &state.phones[who];
    if !state.takes_calls() {
        return;
    }
    if phone.scans < world.scans && is_free(phone) {
        let screens = Who::BOTH.into_iter();
        let screens = screens.filter(|screen| code_on(state, *screen).is_some());
        actions.extend(screens.map(|screen| Action::PointAt { who, screen }));
    }
    if phone.at == PhoneAt::AsksPerson {
        actions.extend([Verdict::Yes, Verdict::No].map(|verdict| Action::Say(who, verdict)));
    }
    if phone.calls[0] == Call::Unmade && verdict(world, phone).is_some() {
        actions.push(Action::Tell(who));
    }
    for (nth, call) in phone.calls.iter().enumerate() {
        if matches!(call, Call::Looked { .. }) {
            actions.push(Action::Decide(who, nth));
        }
    }
}

/// Returns whether its person may scan another code.
fn is_free(phone: &Phone) -> bool {
    match phone.at {
        PhoneAt::Idle | PhoneAt::Over => true,
        PhoneAt::Decided(_) => phone.calls[0] != Call::Unmade,
        _ => false,
    }
}

/// Returns the code on a screen.
fn code_on(state: &State, screen: Who) -> Option<Who> {
    match state.desktops[screen].at {
        DesktopAt::Scan { code } | DesktopAt::Verdict { code, .. } => Some(code),
        _ => None,
    }
}

pub(crate) fn point_at(state: &mut State, who: Who, screen: Who) {
    let Some(code) = code_on(state, screen) else {
        return;
    };
    let token = Token {
        of: who,
        nth: state.phones[who].scans,
    };
    let is_known = state.is_listened_for(code);
    let phone = &mut state.phones[who];
    phone.scans += 1;
    phone.calls = [Call::Unmade; 2];
    phone.at = PhoneAt::Over; // 404
    if is_known {
        phone.at = PhoneAt::AsksForKey;
        state.history.seen[token] = Some(Seen { screen, code });
        state.said.insert(Message::Key { token, code });
    }
}

pub(crate) fn say(state: &mut State, who: Who, verdict: Verdict) {
    state.phones[who].at = PhoneAt::Decided(verdict);
    let seen = state
        .last_token(who)
        .and_then(|token| state.history.seen[token]);
    if let (Some(seen), Verdict::Yes) = (seen, verdict) {
        state.history.yes[who][seen.code] = true;
        state.history.fooled[who] |= seen.screen != who;
    }
}

/// Returns the verdict that the phone has to send.
pub(crate) fn verdict(world: &World, phone: &Phone) -> Option<Verdict> {
    match phone.at {
        PhoneAt::Decided(verdict) => Some(verdict),
        PhoneAt::AsksPerson if !world.makes(Check::Asked) => Some(Verdict::Yes),
        _ => None,
    }
}

pub(crate) fn tell(world: &World, state: &mut State, who: Who) {
    let verdict = verdict(world, &state.phones[who]);
    if let (Some(token), Some(verdict)) = (state.last_token(who), verdict) {
        tell_by(world, state, who, token, verdict);
    }
}

/// Makes a call with a handshake token, the caller's own or another's.
pub(crate) fn tell_by(world: &World, state: &mut State, who: Who, token: Token, verdict: Verdict) {
    let call = match may_decide(world, state, who, token) {
        Some(record) => Call::Looked {
            token,
            record,
            verdict,
        },
        None => Call::Made, // 404
    };
    let mut calls = state.phones[who].calls.iter_mut();
    if let Some(unmade) = calls.find(|call| **call == Call::Unmade) {
        *unmade = call;
    }
}

/// Returns the record of a handshake token if this account may decide with it: `may_decide`, and again `record`.
fn may_decide(world: &World, state: &State, who: Who, token: Token) -> Option<Record> {
    let record = state.store.handshakes[token]?;
    let scanned = state.history.seen[token]?.code;
    let is_bound = (token.of == who || !world.makes(Check::Account))
        && (record.key == scanned || !world.makes(Check::BoundKey));
    (is_bound && state.is_listened_for(record.key)).then_some(record)
}

/// Carries out `finish` or `cancel`: mints and seals the token; one script does the rest.
pub(crate) fn decide(world: &World, state: &mut State, who: Who, nth: usize) {
    let Call::Looked {
        token,
        record,
        verdict,
        ..
    } = state.phones[who].calls[nth]
    else {
        return;
    };
    state.phones[who].calls[nth] = Call::Made;
    if state.store.handshakes[token] != Some(record) && world.makes(Check::OneVerdict) {
        return; // 404
    }
    let code = record.key;
    if !state.is_listened_for(code) {
        return; // 404
    }
    if verdict == Verdict::Yes {
        state.store.tickets[record.ticket] = Some(Sealed {
            user: who,
            to: record.key,
            scanned: state.history.seen[token].map_or(record.key, |seen| seen.code),
        });
    }
    state.store.handshakes[token] = None;
    let verdicts = &mut state.history.verdicts[token];
    *verdicts = (*verdicts + 1).min(2);
    state.said.insert(Message::Verdict {
        token,
        code,
        verdict,
    });
}
