//! Target `pair_script`: two desktops, two phones, two accounts and the service of the test kit, driven by a byte
//! string. An adversary reads every socket, sends on it, and has a key and a code of its own.

mod adversary;
mod oracle;
mod steps;
#[cfg(test)]
mod tests;
mod world;

use crate::script::Script;
use world::World;

/// Drives whole logins by the bytes: settings, then steps that carry messages in or out of order, lose, double, forge
/// or replay them, answer calls or not, move the clock, let persons decide, and restart roles. These properties hold:
///
/// * A token reaches a desktop only by an approval of the session whose code that desktop has shown.
/// * An approval lets one desktop in. The token belongs to the account that approved.
/// * A desktop shows the account that approved, unless somebody meddled with its socket.
/// * A phone sends an approval only after its owner gave it.
/// * Phones may scan a code only after the holder of its key has proven it. A desktop uses each key once.
/// * Each machine ends once and last, its deadline lies ahead, late draining equals early draining, `Debug` shows no
///   secret, and waiting alone ends it (see [`ra_testkit::differential::Differential`]).
///
/// Not a property: a person may approve the code of somebody else. A person who scans the adversary's code may let the
/// adversary in.
///
/// # Panics
/// If a property does not hold.
pub fn pair_script(data: &[u8]) {
    run(data).parties.finish();
}

fn run(data: &[u8]) -> World {
    let mut script = Script::new(data);
    let mut world = World::new(script.byte(), !script.holds_canary);
    while let Some(step) = script.step() {
        steps::take(step, &mut script, &mut world);
    }
    world
}
