//! Runs the built `ra` on loopback, as programs and people do.

#![cfg(unix)]
#![allow(unreachable_pub)] // nothing here is public
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // a test may fail anywhere

mod approve;
mod config;
mod demo;
mod exchange_faults;
mod faults;
mod fleet;
mod log;
mod login;
mod network;
mod oauth2;
mod open_files;
mod operation;
mod proxy;
mod support;
mod terminal;
mod three;
mod usage;
