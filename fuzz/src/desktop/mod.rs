//! Target `desktop_script`: both machines of the desktop, driven by a byte string.

mod frames;
mod login;
mod session;

use crate::script::Script;

/// Drives a `Session` (first byte even) or a `Login` (odd) by the rest of the bytes: good and bad frames, closes,
/// losses, replies, time in any direction, commands. The machine ends once and last, its deadline lies ahead, late
/// draining equals early draining, `Debug` shows no secret, and waiting alone ends it.
///
/// # Panics
/// If a property does not hold.
pub fn desktop_script(data: &[u8]) {
    let mut script = Script::new(data);
    if script.byte().is_multiple_of(2) {
        session::run(script);
    } else {
        login::run(script);
    }
}
