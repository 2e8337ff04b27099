//! Fuzz targets: plain functions that take any bytes and panic where a property does not hold.
//!
//! They never open a socket, read a clock or draw randomness. libFuzzer reaches them through the
//! programs in `fuzz_targets/`, stable Rust through `tests/replay.rs`.
#![forbid(unsafe_code)]

mod desktop;
mod frames;
mod http_response;
mod oauth2;
mod pair;
#[path = "../../crates/ra-proto/tests/wire/reference.rs"]
#[allow(unreachable_pub, clippy::unwrap_used)] // the wire tests' own reading, the long way round
mod reference;
mod script;
mod texts;
mod twins;

pub use desktop::desktop_script;
pub use frames::{desktop_frame, gateway_frame};
pub use http_response::http_response;
pub use oauth2::{
    oauth2_callback, oauth2_error, oauth2_fragment, oauth2_id_token, oauth2_jwks, oauth2_token,
};
pub use pair::pair_script;
pub use texts::{scan_url, user_payload};

/// Panics unless `error` reads as house rules want it: one short line of lower-case letters that
/// cannot hold anything of the input.
fn assert_one_line(error: &dyn core::error::Error) {
    let line = error.to_string();
    let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | ' ' | '_' | '.');
    assert!(
        line.len() <= 80 && line.chars().all(plain) && !line.ends_with('.'),
        "{line:?}"
    );
}
