//! Properties that always hold, and goals that can be reached.

use stateright::Property;

use crate::World;
use crate::parties::{Both, Node, Ticket, Token, Who};
use crate::state::{DesktopAt, Outcome, State};

pub(crate) fn all(world: &World) -> Vec<Property<World>> {
    let mut all = always();
    all.extend(sometimes());
    if world.mishaps > 0 {
        all.extend(in_spite_of_mishaps());
    }
    all
}

fn always() -> Vec<Property<World>> {
    vec![
        Property::always(
            "a token is given only after its user approved that session",
            |_, state: &State| {
                tokens(state).all(|(desktop, user)| state.history.yes[user][desktop])
            },
        ),
        Property::always(
            "a person who is not deceived logs in only their own desktop",
            |_, state: &State| {
                tokens(state).all(|(desktop, user)| desktop == user || state.history.fooled[user])
            },
        ),
        Property::always(
            "an approval reaches at most one desktop",
            |_, state: &State| {
                let handed = Token::all().map(|token| &state.history.handed[token]);
                handed.map(count).all(|desktops| desktops <= 1)
            },
        ),
        Property::always(
            "an approval reaches only the holder of the scanned key",
            |_, state: &State| {
                Token::all().all(|token| {
                    let handed = &state.history.handed[token];
                    let scanned = state.history.seen[token].map(|seen| seen.code);
                    Who::BOTH
                        .into_iter()
                        .all(|who| !handed[who] || scanned == Some(who))
                })
            },
        ),
        Property::always(
            "the data of a scan is sealed to the scanned key",
            |_, state: &State| {
                let tokens = Ticket::all().filter_map(|ticket| state.store.tickets[ticket]);
                !state.history.missealed
                    && tokens.into_iter().all(|sealed| sealed.to == sealed.scanned)
            },
        ),
        Property::always(
            "a desktop gets the token of the user it shows",
            |_, state: &State| {
                outcomes(state).all(|outcome| match outcome {
                    Outcome::LoggedIn { shown, user } => shown == user,
                    _ => true,
                })
            },
        ),
        Property::always(
            "a handshake token brings at most one verdict",
            |_, state: &State| state.history.verdicts.iter().all(|verdicts| *verdicts <= 1),
        ),
        Property::always("a withdrawn scan decides nothing", |_, state: &State| {
            !state.history.withdrawn_decided
        }),
        Property::always("a ticket is redeemed at most once", |_, state: &State| {
            state.history.redeemed.iter().all(|redeemed| *redeemed <= 1)
        }),
        Property::always("a login ends at most once", |_, state: &State| {
            state.desktops.iter().all(|desktop| desktop.ends <= 1)
        }),
        Property::always("nothing happens after an end", |_, state: &State| {
            state.desktops.iter().all(|desktop| !desktop.went_on)
                && state.sessions.iter().all(|session| !session.went_on)
        }),
    ]
}

fn sometimes() -> Vec<Property<World>> {
    vec![
        Property::sometimes("Ann's desktop gets Ann's token", |_, state: &State| {
            has(state, Who::Ann, Who::Ann) && !state.history.fooled[Who::Ann]
        }),
        Property::sometimes(
            "both desktops get their own users' tokens",
            |_, state: &State| has(state, Who::Ann, Who::Ann) && has(state, Who::Bob, Who::Bob),
        ),
        Property::sometimes(
            "when two phones scan one code, the last one decides",
            |_, state: &State| {
                let first = Token {
                    of: Who::Bob,
                    nth: 0,
                };
                has(state, Who::Ann, Who::Ann) && state.history.withdrawn[first]
            },
        ),
        Property::sometimes("a login ends as declined", |_, state: &State| {
            outcomes(state).any(|outcome| outcome == Outcome::Declined)
        }),
        // the known limit: `docs/threat-model.md`, QR phishing
        Property::sometimes(
            "Ann approves a relayed code, and Mallory's desktop gets Ann's token",
            |_, state: &State| {
                has(state, Who::Bob, Who::Ann)
                    && state.history.fooled[Who::Ann]
                    && state.history.yes[Who::Ann][Who::Bob]
            },
        ),
    ]
}

fn in_spite_of_mishaps() -> Vec<Property<World>> {
    vec![
        Property::sometimes("a code expires", |_, state: &State| {
            outcomes(state).any(|outcome| outcome == Outcome::Expired)
        }),
        Property::sometimes(
            "a token arrives although its socket's node has died",
            |_, state: &State| has(state, Who::Ann, Who::Ann) && !state.alive[Node::A],
        ),
    ]
}

/// Returns pairs of a desktop whose key opened a token, by a login or a trick, and the token's user.
fn tokens(state: &State) -> impl Iterator<Item = (Who, Who)> {
    let opened = Who::BOTH
        .into_iter()
        .filter(|user| state.history.opened[*user]);
    logged_in(state).chain(opened.map(|user| (Who::Bob, user)))
}

/// Returns pairs of a desktop that got a token and the token's user.
fn logged_in(state: &State) -> impl Iterator<Item = (Who, Who)> {
    Who::BOTH
        .into_iter()
        .filter_map(|desktop| match state.desktops[desktop].at {
            DesktopAt::Ended(Outcome::LoggedIn { user, .. }) => Some((desktop, user)),
            _ => None,
        })
}

fn has(state: &State, desktop: Who, of: Who) -> bool {
    logged_in(state).any(|login| login == (desktop, of))
}

fn outcomes(state: &State) -> impl Iterator<Item = Outcome> {
    state
        .desktops
        .iter()
        .filter_map(|desktop| match desktop.at {
            DesktopAt::Ended(outcome) => Some(outcome),
            _ => None,
        })
}

fn count(desktops: &Both<bool>) -> usize {
    desktops.iter().filter(|one| **one).count()
}
