//! Checks that nobody hangs: without mishaps, a login can reach its end from every state.

use std::collections::{HashMap, VecDeque};

use ra_model::World;
use ra_model::parties::Who;
use ra_model::state::{DesktopAt, Outcome, PhoneAt, SessionAt, State};
use stateright::Model as _;

/// Every state of a world, and from where each is reached in one step.
fn explore(world: World) -> (Vec<State>, Vec<Vec<usize>>) {
    let mut found = HashMap::new();
    let (mut states, mut before) = (world.init_states(), vec![Vec::new()]);
    found.insert(states[0].clone(), 0);
    let mut at = 0;
    while at < states.len() {
        for next in world.next_states(&states[at]) {
            let place = *found.entry(next.clone()).or_insert(states.len());
            if place == states.len() {
                states.push(next);
                before.push(Vec::new());
            }
            before[place].push(at);
        }
        at += 1;
    }
    (states, before)
}

/// Returns the states from which one of these can be reached.
fn can_reach(states: &[State], before: &[Vec<usize>], goal: impl Fn(&State) -> bool) -> Vec<bool> {
    let mut can: Vec<bool> = states.iter().map(goal).collect();
    let mut waiting: VecDeque<usize> = (0..can.len()).filter(|place| can[*place]).collect();
    while let Some(place) = waiting.pop_front() {
        for from in &before[place] {
            if !std::mem::replace(&mut can[*from], true) {
                waiting.push_back(*from);
            }
        }
    }
    can
}

#[test]
fn from_every_state_all_can_come_to_rest_and_who_has_a_code_can_log_in() {
    let (states, before) = explore(World::new(0, 0));
    assert_eq!(states.len(), crate::page::size("0", "0", "1")[0]);

    let rest = can_reach(&states, &before, |state| {
        Who::BOTH.into_iter().all(|who| {
            let phone_rests = matches!(state.phones[who].at, PhoneAt::Decided(_) | PhoneAt::Over);
            let desktop_rests = matches!(
                state.desktops[who].at,
                DesktopAt::Ended(_) | DesktopAt::Scan { .. } | DesktopAt::Verdict { .. }
            );
            phone_rests && desktop_rests && state.desktops[who].coming.is_empty()
        })
    });
    let hanging = rest.iter().position(|can| !can);
    assert_eq!(hanging.map(|place| &states[place]), None);

    // nobody can keep Ann, who has not scanned yet, from a code that nobody has scanned
    let outcome = Outcome::LoggedIn {
        shown: Who::Ann,
        user: Who::Ann,
    };
    let logged_in = can_reach(&states, &before, |state| {
        state.desktops[Who::Ann].at == DesktopAt::Ended(outcome)
    });
    let mut waiting = 0;
    for (state, can) in states.iter().zip(logged_in) {
        if state.sessions[Who::Ann].at == SessionAt::Scan
            && state.phones[Who::Ann].at == PhoneAt::Idle
        {
            waiting += 1;
            assert!(can, "{state:?}");
        }
    }
    assert!(waiting > 20, "the states that matter are missing");
}
