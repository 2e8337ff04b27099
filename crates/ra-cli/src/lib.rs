//! The command line: reads arguments, draws what drivers report, asks the person, and turns endings into exit
//! codes. It never speaks the protocol itself and never approves anything that nobody was asked about.

#![forbid(unsafe_code)]

pub mod args;
pub mod exit;
pub mod failure;
pub mod files;
pub mod output;
pub mod plain;
pub mod qr;

mod commands;
mod desktop;
mod network;
mod nobody;
mod prompt;
mod run;
mod stop;

pub use run::{refuse, run};
