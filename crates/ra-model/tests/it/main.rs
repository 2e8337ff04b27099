//! Checks the model, and compares `docs/model.md` with what the checker finds.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "tests")]

mod checks_left_out;
mod docs;
mod no_deadlock;
mod page;
mod properties_hold;
