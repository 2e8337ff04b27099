//! Two desktops, two phones, two accounts, the gateway's sessions and a small REST side, driven against each other by a
//! byte string; a rogue reads every wire, speaks on it, and has a key and a code of its own.

mod desk;
mod host;
mod line;
mod phone;
mod rogue;
mod steps;
#[cfg(test)]
mod tests;
mod truth;
mod world;

use crate::script::Script;
use world::World;

/// Drives whole logins by the bytes: settings, then steps that carry messages on in or out of order, lose or double
/// them, forge and replay them, answer calls or not, move the clock, let persons decide, and start roles anew. Whatever
/// comes:
///
/// * a token gets to a desktop only by an approval of the very session that it has shown a code for;
/// * one approval lets one desktop in, and the token is that of the account which approved;
/// * what a desktop shows is the account that approved, unless the wire was meddled with;
/// * a phone sends a yes only after its owner has said so;
/// * a code is put before phones only for a key whose holder has proven it, and a key is used once;
/// * each machine ends at most once and says nothing after it, its deadline lies ahead, late draining equals early, no
///   secret gets into `Debug`, and waiting alone ends it.
///
/// Not a property: that a person approves their own code only. Who is shown the rogue's code may approve it.
///
/// # Panics
/// Where one of these does not hold.
pub fn pair_script(data: &[u8]) {
    run(data).finish();
}

fn run(data: &[u8]) -> World {
    let mut script = Script::new(data);
    let mut world = World::new(script.byte(), !script.holds_canary);
    while let Some(step) = script.step() {
        steps::take(step, &mut script, &mut world);
    }
    world
}
