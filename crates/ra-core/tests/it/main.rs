//! The machines as an embedder sees them: one file a phase or a concern.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod desktop_login;
mod desktop_session;
mod gateway_session;
// The interpreter's memory is not the one to count.
#[cfg(not(miri))]
mod memory;
mod mobile_session;
mod properties;
// In Miri, what the machines do step by step is enough: all cells of all tables, and worlds in which hours pass, call
// the same code for a long time.
#[cfg(not(miri))]
mod table;
#[cfg(not(miri))]
mod world;
