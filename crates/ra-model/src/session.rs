//! The gateway's side of a socket: `ra-core/src/gateway/state.rs`, found as in `ra-gateway/src/session/registry.rs`.

use crate::check::Check;
use crate::parties::{Ticket, Token, Who};
use crate::state::{DesktopAt, Down, Record, SessionAt, State, Verdict};
use crate::{Action, World};

pub(crate) fn offer(state: &State, who: Who, actions: &mut Vec<Action>) {
    let session = &state.sessions[who];
    if session.is_left {
        actions.push(Action::Leave(who));
    }
}

/// The desktop has sent its key.
pub(crate) fn challenge(state: &mut State, who: Who, key: Who) {
    let session = &mut state.sessions[who];
    if session.at == SessionAt::Init {
        session.at = SessionAt::Proof;
        session.key = Some(key);
        send(state, who, Down::NonceProof { to: key });
    }
}

/// The desktop has answered the challenge.
pub(crate) fn prove(world: &World, state: &mut State, who: Who, is_right: bool) {
    let session = &mut state.sessions[who];
    let (SessionAt::Proof, Some(fingerprint)) = (session.at, session.key) else {
        return;
    };
    if is_right || !world.makes(Check::Proof) {
        session.at = SessionAt::Scan;
        send(state, who, Down::PendingRemoteInit { fingerprint });
    } else {
        close(world, state, who, false);
    }
}

/// Sends a frame to the desktop, unless its login has ended.
pub(crate) fn send(state: &mut State, who: Who, frame: Down) {
    if state.sessions[who].at == SessionAt::Ended {
        state.sessions[who].went_on = true;
    }
    if !matches!(state.desktops[who].at, DesktopAt::Ended(_)) {
        state.desktops[who].coming.push(frame);
    }
}

/// The session ends by itself.
pub(crate) fn close(world: &World, state: &mut State, who: Who, expired: bool) {
    send(state, who, Down::Close { expired });
    end(world, state, who);
}

/// The session is over.
pub(crate) fn end(world: &World, state: &mut State, who: Who) {
    let session = &mut state.sessions[who];
    if !matches!(session.at, SessionAt::Scan | SessionAt::Scanned) {
        session.key = None; // nobody has ever found it
    }
    session.at = SessionAt::Ended;
    session.is_left = false;
    if world.makes(Check::SessionEnded) {
        session.standing = None;
    }
}

/// Shows who has scanned. The ticket is made here and now, for this handshake token to bring.
pub(crate) fn show(state: &mut State, who: Who, token: Token, to: Who) -> Option<Record> {
    let session = &mut state.sessions[who];
    let (SessionAt::Scan | SessionAt::Scanned, Some(key)) = (session.at, session.key) else {
        return None;
    };
    if session.turn == Ticket::TURNS {
        return None; // only without `Check::Leave`
    }
    let ticket = Ticket {
        session: who,
        turn: session.turn,
    };
    session.at = SessionAt::Scanned;
    session.turn += 1;
    if let Some((replaced, _)) = session.standing.replace((token, ticket)) {
        state.store.handshakes[replaced] = None;
        state.history.withdrawn[replaced] |= replaced != token;
    }
    send(state, who, Down::PendingTicket { user: token.of, to });
    Some(Record { key, ticket })
}

/// A verdict has come. What is standing when a session ends, ends with it.
pub(crate) fn decide(world: &World, state: &mut State, who: Who, token: Token, verdict: Verdict) {
    let session = &state.sessions[who];
    let has_ended = session.at == SessionAt::Ended;
    let Some((standing, ticket)) = session.standing else {
        return;
    };
    if standing != token && world.makes(Check::LastScan) {
        return;
    }
    let history = &mut state.history;
    history.withdrawn_decided |= history.withdrawn[token];
    if verdict == Verdict::Yes {
        history.handed[token][who] = true;
        send(state, who, Down::PendingLogin { ticket });
    } else {
        send(state, who, Down::Cancel);
    }
    if !has_ended {
        close(world, state, who, false);
    }
}
