//! The machines as an embedder sees them: one file a phase or a concern.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod desktop_login;
mod desktop_session;
mod gateway_session;
mod mobile_session;
mod properties;
mod table;
mod world;
