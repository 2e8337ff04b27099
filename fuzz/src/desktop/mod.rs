//! Both machines of the desktop, driven by a byte string.

mod frames;
mod login;
mod session;

use crate::script::Script;

/// Drives a `Session` (first byte even) or a whole `Login` (odd) by the rest of the bytes: frames good
/// and bad, closes, losses, replies, time in any direction, commands. Whatever comes, there is at
/// most one end and it is last, the deadline lies ahead, late draining equals early, no secret gets
/// into `Debug`, and waiting alone ends the machine.
///
/// # Panics
/// Where one of these does not hold.
pub fn desktop_script(data: &[u8]) {
    let mut script = Script::new(data);
    if script.byte().is_multiple_of(2) {
        session::run(script);
    } else {
        login::run(script);
    }
}
