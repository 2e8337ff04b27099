//! Fuzz targets: functions that take any bytes and panic if a property does not hold.
//!
//! They open no socket, read no clock and draw no randomness. libFuzzer calls them from `fuzz_targets/`, stable Rust
//! from `tests/replay.rs`.
#![forbid(unsafe_code)]

mod desktop;
mod frames;
mod http_response;
mod oauth2;
mod pair;
#[path = "../../crates/ra-proto/tests/it/reference.rs"]
#[allow(unreachable_pub, clippy::unwrap_used)] // the reference decoder of the wire tests
mod reference;
mod script;
mod texts;

pub use desktop::desktop_script;
pub use frames::{desktop_frame, gateway_frame};
pub use http_response::http_response;
pub use oauth2::{
    oauth2_callback, oauth2_error, oauth2_fragment, oauth2_id_token, oauth2_jwks, oauth2_token,
};
pub use pair::pair_script;
pub use texts::{scan_url, user_payload};

/// Panics unless `error` displays as one short line of lower-case letters, without anything of the input.
fn assert_one_line(error: &dyn core::error::Error) {
    let line = error.to_string();
    let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | ' ' | '_' | '.');
    assert!(
        line.len() <= 80 && line.chars().all(plain) && !line.ends_with('.'),
        "{line:?}"
    );
}
