//! Endpoints over real carriers and real sockets: two of the examples, `ra-tokio`, and closures written here. None of
//! them makes an answer better than it is.
#![forbid(unsafe_code)]
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::duplicate_mod)] // each example brings its server along

mod closures;
mod examples;
mod hostile;
mod limits;
mod requests;
mod support;

#[path = "../../examples/with_reqwest.rs"]
#[allow(dead_code)]
mod with_reqwest;
#[path = "../../examples/with_ureq.rs"]
#[allow(dead_code)]
mod with_ureq;
